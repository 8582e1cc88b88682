"""Place one call with the official Python SDK (PureCloudPlatformClientV2), as its documentation shows.

The SDK finds the mock through ~/.genesyscloudpython/config, which the crash test writes:

    ringback crash-test -- python examples/official_sdk.py
"""

from __future__ import annotations

import os
import sys

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException

NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"


def main() -> int:
    """Place the call; 0 when the SDK says that it was placed, 1 when it says otherwise."""
    login = (
        setting("GENESYSCLOUD_OAUTHCLIENT_ID", "demo-service"),
        setting("GENESYSCLOUD_OAUTHCLIENT_SECRET", "demo-secret"),
    )
    try:
        client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(*login)
        conversations = PureCloudPlatformClientV2.ConversationsApi(client)
        request = PureCloudPlatformClientV2.CreateCallRequest()
        request.phone_number = NUMBER
        placed = conversations.post_conversations_calls_user_user_id(ALICE, request)
        print(f"PLACED: {placed.id}")
        for leg in conversations.get_conversations_call(placed.id).participants:
            print(f"  {leg.purpose}: {leg.state}")
    except ApiException as error:
        print(f"FAILED: {error.status} {error.reason}")
        return 1
    return 0


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

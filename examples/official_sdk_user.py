"""Place one call as a user with the official Python SDK, which then holds a refresh token.

The crash test has an authorization code ready, as if the user had just logged in:

    ringback crash-test -- python examples/official_sdk_user.py
"""

from __future__ import annotations

import os
import sys

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException

NUMBER = "+442079460100"


def main() -> int:
    """Place the call; 0 when the SDK says that it was placed, 1 when it says otherwise."""
    login = (
        setting("RINGBACK_CODE_CLIENT_ID", "demo-app"),
        setting("RINGBACK_CODE_CLIENT_SECRET", "demo-secret"),
        setting("RINGBACK_CODE", "the-code-of-the-redirect"),
        setting("RINGBACK_REDIRECT_URI", "http://localhost:8000/callback"),
    )
    try:
        client = PureCloudPlatformClientV2.api_client.ApiClient()
        client.get_code_authorization_token(*login)
        request = PureCloudPlatformClientV2.CreateCallRequest()
        request.phone_number = NUMBER
        placed = PureCloudPlatformClientV2.ConversationsApi(client).post_conversations_calls(request)
        print(f"PLACED: {placed.id}")
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

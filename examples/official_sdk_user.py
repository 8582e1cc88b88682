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
    try:
        client = PureCloudPlatformClientV2.api_client.ApiClient()
        client.get_code_authorization_token(
            os.environ["RINGBACK_CODE_CLIENT_ID"],
            os.environ["RINGBACK_CODE_CLIENT_SECRET"],
            os.environ["RINGBACK_CODE"],
            os.environ["RINGBACK_REDIRECT_URI"],
        )
        request = PureCloudPlatformClientV2.CreateCallRequest()
        request.phone_number = NUMBER
        placed = PureCloudPlatformClientV2.ConversationsApi(client).post_conversations_calls(request)
        print(f"PLACED: {placed.id}")
    except ApiException as error:
        print(f"FAILED: {error.status} {error.reason}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The official Python SDK, kept from dialling twice: what official_sdk.py lacks, in one place.

It sends a call again only where the platform has said that it did not act on it, and waits before it does:

    ringback crash-test -- python examples/official_sdk_careful.py
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import PureCloudPlatformClientV2
import urllib3
from PureCloudPlatformClientV2.rest import ApiException

NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"
ATTEMPTS = 4
T = TypeVar("T")


def main() -> int:
    """Place the call; 0 when it was placed, 1 when it was not, 2 when nobody can tell."""
    login = (
        setting("GENESYSCLOUD_OAUTHCLIENT_ID", "demo-service"),
        setting("GENESYSCLOUD_OAUTHCLIENT_SECRET", "demo-secret"),
    )
    client = careful(PureCloudPlatformClientV2.api_client.ApiClient())
    try:
        patiently(lambda: client.get_client_credentials_token(*login), also=(503,))
        placed = once_more_after_401(
            lambda: client.get_client_credentials_token(*login), lambda: patiently(lambda: place(client))
        )
    except ApiException as error:
        print(f"{error.status} {error.reason}")
        return 2 if error.status >= 500 else 1
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        print(f"UNKNOWN: {type(error).__name__}; look for the call before placing it again")
        return 2
    print(f"PLACED: {placed.id}")
    look(client, placed.id)
    return 0


def careful(client: Any) -> Any:
    """The client without the retries that its HTTP library makes by itself, and with timeouts."""
    pool = client.get_http_client().rest_client.pool_manager.connection_pool_kw
    pool["retries"] = urllib3.Retry(total=0, redirect=False, respect_retry_after_header=False)
    pool["timeout"] = urllib3.Timeout(connect=5, read=10)
    return client


def patiently(send: Callable[[], T], also: tuple[int, ...] = ()) -> T:
    """Send, and send again after 429, after 503 with Retry-After, and after the statuses ``also``."""
    for attempt in range(1, ATTEMPTS):
        try:
            return send()
        except ApiException as error:
            asked = (error.headers or {}).get("Retry-After")
            if not (error.status == 429 or error.status in also or (error.status == 503 and asked)):
                raise
            time.sleep(urllib3.Retry().parse_retry_after(asked) if asked else 0.5 * 2**attempt)
    return send()


def once_more_after_401(log_in: Callable[[], object], send: Callable[[], T]) -> T:
    """Send, and once more with a new token if the first one is refused."""
    try:
        return send()
    except ApiException as error:
        if error.status != 401:
            raise
    log_in()
    return send()


def place(client: Any) -> Any:
    """Send the call once."""
    request = PureCloudPlatformClientV2.CreateCallRequest()
    request.phone_number = NUMBER
    calls = PureCloudPlatformClientV2.ConversationsApi(client)
    placed = calls.post_conversations_calls_user_user_id(ALICE, request)
    if not getattr(placed, "id", None):
        raise ValueError("an answer without the id of a call")
    return placed


def look(client: Any, call_id: str) -> None:
    """Show the call's legs. It is placed whether or not it can be read."""
    try:
        call = PureCloudPlatformClientV2.ConversationsApi(client).get_conversations_call(call_id)
    except (ApiException, urllib3.exceptions.HTTPError, ValueError) as error:
        print(f"  cannot be read now: {type(error).__name__}")
        return
    for leg in call.participants:
        print(f"  {leg.purpose}: {leg.state}")


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

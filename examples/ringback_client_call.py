"""Place one call with Ringback's client, look at it, and say honestly what is known.

Try it against a platform that misbehaves:

    ringback crash-test -- python examples/ringback_client_call.py
"""

from __future__ import annotations

import os
import sys

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    ClientCredentials,
    RingbackError,
    Timeouts,
)

NUMBER = "tel:+442079460100"
ALICE = "user:a11ce000-0000-4000-8000-000000000001"


def main() -> int:
    """Place the call; 0 when it was placed, 1 when it was not, 2 when nobody can tell."""
    with make_client() as client:
        try:
            placed = client.place_call(NUMBER, ALICE)
        except CallOutcomeUnknown as error:
            print(f"UNKNOWN: {error}")
            return 2
        except RingbackError as error:
            print(f"NOT PLACED: {error}")
            return 1
        print(f"PLACED: {placed.id}")
        look(client, placed.id)
    return 0


def make_client() -> CallsClient:
    """A client that logs in as a service, and waits for no answer longer than ten seconds."""
    return CallsClient(
        setting("RINGBACK_URL", "http://127.0.0.1:8010"),
        ClientCredentials(
            setting("GENESYSCLOUD_OAUTHCLIENT_ID", "demo-service"),
            setting("GENESYSCLOUD_OAUTHCLIENT_SECRET", "demo-secret"),
        ),
        timeouts=Timeouts(read=10, total=15),
        verify=os.environ.get("RINGBACK_CA") or True,
    )


def look(client: CallsClient, call_id: str) -> None:
    """Show the call's legs. It is placed whether or not it can be read."""
    try:
        for leg in client.get_call(call_id).participants:
            print(f"  {leg.purpose}: {leg.state}")
    except RingbackError as error:
        print(f"  cannot be read now: {error}")


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

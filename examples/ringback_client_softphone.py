"""A call with Ringback's client: consult somebody, call that off, transfer, and follow it to the end.

Try it against a platform that loses answers, and sockets that break or fall silent:

    ringback crash-test -- python examples/ringback_client_softphone.py
"""

from __future__ import annotations

import os
import sys

from ringback_client import (
    AccessToken,
    CallOutcomeUnknown,
    CallsClient,
    PlacedCall,
    RingbackError,
    Timeouts,
)

CUSTOMER = "tel:+442079460100"
COLLEAGUE = "tel:+442079460106"
OTHER = "tel:+442079460107"


def main() -> int:
    """Do it; 0 when it was done and the call is over, 1 when it was not, 2 when nobody can tell."""
    with make_client() as client:
        try:
            call = client.place_call(CUSTOMER)
        except CallOutcomeUnknown as error:
            print(f"UNKNOWN: {error}")
            return 2
        except RingbackError as error:
            print(f"NOT PLACED: {error}")
            return 1
        print(f"PLACED: {call.id}")
        try:
            talk(call)
            call.hang_up()
            print(f"OVER: {call.wait_for('terminated', timeout=20).id}")
        except RingbackError as error:
            print(f"NOT FOLLOWED: {error}")
    return 0


def talk(call: PlacedCall) -> None:
    """Ask a colleague, go back to the customer, and give the call to somebody else."""
    call.wait_for("connected", timeout=20)
    try:
        call.consult(COLLEAGUE)
    except CallOutcomeUnknown:
        print("whether the consult began is unknown: look")
    # Whoever consults has a leg that names the other; a consult that never began needs no end.
    if any(leg.consult_participant_id for leg in call.look().participants):
        call.cancel_consult()
    try:
        call.transfer(OTHER)
    except CallOutcomeUnknown:
        print("whether the call was transferred is unknown: look")


def make_client() -> CallsClient:
    """A client with a user's ready token, which waits for no answer longer than ten seconds."""
    return CallsClient(
        setting("RINGBACK_URL", "http://127.0.0.1:8010"),
        AccessToken(setting("RINGBACK_ACCESS_TOKEN", "alice")),
        timeouts=Timeouts(read=10, total=15),
        verify=os.environ.get("RINGBACK_CA") or True,
    )


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

"""Place a call as a service, on behalf of a user, and say what each kind of error means.

It re-tells a tutorial on "400 malformed participant address" with Ringback's client. Its environment is kept:
GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and GENESYS_BASE_URL (https://api.mypurecloud.com is a region, and so
needs --allow-calls). On a mock:

    ringback serve &
    export GENESYS_BASE_URL=http://127.0.0.1:8010
    export GENESYS_CLIENT_ID=demo-service GENESYS_CLIENT_SECRET=demo-secret
    python examples/tutorial_call.py a11ce000-0000-4000-8000-000000000001 +442079460100
"""

from __future__ import annotations

import argparse
import sys

import phonenumbers

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    ConfigurationError,
    InvalidNumber,
    MalformedAddress,
    NotAuthenticated,
    NotAuthorized,
    RateLimited,
    RingbackError,
    TransportError,
)

MEANINGS: dict[type[RingbackError], str] = {
    MalformedAddress: (
        "An address of a participant cannot be read. A number is tel:+ and its digits in E.164, a user is "
        "user: and the id, a SIP address is sip:user@host."
    ),
    NotAuthorized: (
        "The user must be enabled and set up for outbound calls, and whoever asks must hold "
        "conversation:call:add; a token of a user needs the scope 'conversations' as well."
    ),
    InvalidNumber: "The address is well formed, but no network assigns the number, so it cannot ring.",
    NotAuthenticated: "The login failed: check the client's id, its secret and the region it belongs to.",
    RateLimited: "Too many requests: wait as long as Retry-After says.",
    CallOutcomeUnknown: "The call may be ringing. Look with find_calls(error.attempt) before calling again.",
    TransportError: "The target did not answer. Nothing was dialled.",
}


def main() -> int:
    """Place the call of the command line; 0 when it was placed, 1 when it was not, 2 for a wrong set-up."""
    arguments = parse()
    try:
        client = CallsClient.from_env(allow_calls=arguments.allow_calls)
    except ConfigurationError as error:
        print(f"Failed to set up the client: {error}")
        return 2
    with client:
        return place(client, arguments.from_user_id, arguments.to_number)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Place a call on behalf of a user.")
    parser.add_argument("from_user_id", help="the user whose telephone places the call")
    parser.add_argument("to_number", help="the number to ring, in E.164")
    parser.add_argument("--allow-calls", action="store_true", help="let a call to a region ring people")
    return parser.parse_args()


def place(client: CallsClient, from_user_id: str, to_number: str) -> int:
    """Place the call and show it, or why it failed."""
    print(f"Placing a call on {client.target} ...")
    try:
        placed = client.place_call(f"tel:{to_number}", f"user:{from_user_id}", contract="participants")
    except RingbackError as error:
        explain(error, to_number)
        return 1
    print(f"SUCCESS\nConversation id:  {placed.id}")
    print(f"Conversation URI: {placed.uri or placed.self_uri}")
    print(f"Created:          {placed.created_time or 'not said'}")
    return 0


def explain(error: RingbackError, to_number: str) -> None:
    """Say what went wrong and what it means."""
    print(f"FAILED: {error}")
    for kind, meaning in MEANINGS.items():
        if isinstance(error, kind):
            print(f"DIAGNOSIS: {meaning}")
            break
    if isinstance(error, InvalidNumber | MalformedAddress):
        opinion = "is valid" if is_valid(to_number) else "is not valid"
        print(f"DIAGNOSIS: libphonenumber says that the number {opinion}.")


def is_valid(number: str) -> bool:
    """Whether a network can assign the number, given in E.164."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


if __name__ == "__main__":
    sys.exit(main())

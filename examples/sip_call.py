"""Ring a SIP address: the body that is refused with "Invalid participant address", and the one that is taken.

It re-tells a forum thread with Ringback's client. The asker sent ``toAddress`` and ``fromAddress``; what
works says the type of each party, or is the published form, in which a SIP address is a ``phoneNumber``. As
in the thread, the token is kept in Redis: set REDIS_URL (``pip install 'ringback[redis]'``). On a mock:

    ringback serve &
    export RINGBACK_URL=http://127.0.0.1:8010 REDIS_URL=redis://127.0.0.1:6379/0
    export GENESYSCLOUD_OAUTHCLIENT_ID=demo-service GENESYSCLOUD_OAUTHCLIENT_SECRET=demo-secret
    python examples/sip_call.py sip:agent@example.com a11ce000-0000-4000-8000-000000000001
"""

from __future__ import annotations

import os
import sys

from ringback_client import (
    CallsClient,
    MemoryTokenCache,
    PlacedCall,
    RedisTokenCache,
    RingbackError,
    StatusError,
    TokenCache,
)

USAGE = "usage: python sip_call.py SIP_ADDRESS USER_ID [--allow-calls]"


def main(arguments: list[str]) -> int:
    """Try the asker's body, then the two that work; 0 when both were taken, 1 when not, 2 for wrong usage."""
    allow_calls = "--allow-calls" in arguments
    match [argument for argument in arguments if argument != "--allow-calls"]:
        case [address, user_id]:
            pass
        case _:
            print(USAGE)
            return 2
    try:
        # Without preflight the target itself says what it thinks of each body.
        with CallsClient.from_env(cache=token_cache(), preflight=False, allow_calls=allow_calls) as client:
            ask_in_vain(client, address, user_id)
            show("with the type of each party", typed(client, address, user_id))
            show("in the published form", client.place_call(address, f"user:{user_id}"))
    except RingbackError as error:
        print(f"FAILED: {error}")
        return 1
    return 0


def token_cache() -> TokenCache:
    """Redis, where REDIS_URL says which; this process's memory otherwise."""
    url = os.environ.get("REDIS_URL")
    return RedisTokenCache(url) if url else MemoryTokenCache()


def ask_in_vain(client: CallsClient, address: str, user_id: str) -> None:
    """Send what the thread sent, and show why it is refused."""
    try:
        show("as the thread asked", client.post_body({"toAddress": address, "fromAddress": user_id}))
    except StatusError as error:
        print(f"as the thread asked: refused\n  {error}")


def typed(client: CallsClient, address: str, user_id: str) -> PlacedCall:
    """Send the body that the thread's answer gives."""
    return client.post_body(
        {
            # White space around the address is enough to have it refused.
            "to": {"type": "sip", "address": address.strip(), "name": "SIP call"},
            "from": {"type": "user", "id": user_id},
            "type": "call",
        }
    )


def show(how: str, placed: PlacedCall) -> None:
    """Say how a call was asked for, and its id."""
    print(f"{how}: placed\n  conversation {placed.id}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

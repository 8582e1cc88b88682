"""Place one call with requests and nothing else, as most scripts do.

Try it against a platform that misbehaves:

    ringback crash-test -- python examples/plain_requests.py
"""

from __future__ import annotations

import os
import sys

import requests

NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"


def main() -> int:
    """Log in and place the call; 0 when it was placed, 1 when a request failed."""
    url = setting("GENESYS_BASE_URL", "http://127.0.0.1:8010")
    client = setting("GENESYS_CLIENT_ID", "demo-service"), setting("GENESYS_CLIENT_SECRET", "demo-secret")
    try:
        token = log_in(url, client)
        reply = requests.post(  # noqa: S113 - most scripts give no timeout, and this shows what comes of it
            f"{url}/api/v2/conversations/calls/user/{ALICE}",
            json={"phoneNumber": NUMBER},
            headers={"Authorization": f"Bearer {token}"},
        )
        reply.raise_for_status()
        print(f"PLACED: {reply.json()['id']}")
    except requests.RequestException as error:
        print(f"FAILED: {error}")
        return 1
    return 0


def log_in(url: str, client: tuple[str, str]) -> str:
    """A token by the client-credentials grant; raises ``requests.RequestException``."""
    reply = requests.post(  # noqa: S113 - the same
        f"{url}/oauth/token",
        auth=client,
        data={"grant_type": "client_credentials"},
    )
    reply.raise_for_status()
    token: str = reply.json()["access_token"]
    return token


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

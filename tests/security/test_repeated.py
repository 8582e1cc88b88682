"""A secret that was met once is not kept in any spelling, whole or cut."""

from __future__ import annotations

import html
import json
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.privacy.known import KnownSecrets
from ringback_harness.cassettes.cleaning import Cleaner
from tests.security.keeping import in_the_journal

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 behind one octet": lambda secret: b64encode(b"x" + secret.encode()).decode(),
    "base64 behind two octets": lambda secret: b64encode(b":x" + secret.encode() + b"yz").decode(),
    "base64 of credentials": lambda secret: b64encode(f"client-id:{secret}".encode()).decode(),
    "base64url": lambda secret: urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a form": quote_plus,
    "in a URL in lower case": lambda secret: lowered(quote(secret, safe="")),
    "in a URL in a URL": lambda secret: quote(quote(secret, safe=""), safe=""),
    "every octet encoded": lambda secret: "".join(f"%{octet:02X}" for octet in secret.encode()),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "hexadecimal in capitals": lambda secret: secret.encode().hex().upper(),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "base32": lambda secret: b32encode(secret.encode()).decode(),
    "every character a reference": lambda secret: "".join(f"&#{ord(character)};" for character in secret),
    "the same in hexadecimal": lambda secret: "".join(f"&#x{ord(character):02X};" for character in secret),
    "every octet encoded twice": lambda secret: "".join(f"%25{octet:02x}" for octet in secret.encode()),
    "every character escaped": lambda secret: "".join(f"\\u{ord(character):04x}" for character in secret),
    "the same in JSON": lambda secret: "".join(f"\\\\u{ord(character):04X}" for character in secret),
    "in a literal": lambda secret: "".join(f"\\x{octet:02x}" for octet in secret.encode()),
    "in JSON for HTML": lambda secret: (
        json.dumps(secret)[1:-1].replace("<", "\\u003c").replace("&", "\\u0026")
    ),
    "in HTML twice": lambda secret: html.escape(html.escape(secret)),
    "base64 twice": lambda secret: b64encode(b64encode(secret.encode())).decode(),
    "in HTML": html.escape,
    "in HTML without quotes": lambda secret: html.escape(secret, quote=False),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret)[1:-1])[1:-1],
    "in JSON with escaped slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "cut to twenty": lambda secret: secret[:20],
    "only its end": lambda secret: secret[-20:],
    "base64, cut": lambda secret: b64encode(secret.encode()).decode()[:20],
}
PRINTED = "".join(map(chr, range(0x21, 0x7F)))


def lowered(encoded: str) -> str:
    first, *others = encoded.split("%")
    return "%".join([first, *(other[:2].lower() + other[2:] for other in others)])


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=st.text(PRINTED, min_size=24, max_size=90).filter(lambda text: "*" not in text))
def test_a_known_secret_is_hidden_in_every_spelling(spelling: str, secret: str) -> None:
    known = KnownSecrets()
    known.add(secret)
    written = SPELLINGS[spelling](secret)
    shown = known.hidden_in(f"before {written} behind")
    # Of base64, the first and the last characters belong to what stands beside as well.
    assert written[8:-8] not in shown or not written[8:-8]
    assert "***" in shown


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_token_of_a_run_is_in_no_cassette_whoever_spells_it(spelling: str) -> None:
    token = "kX9/vL2+mQ7&zR4<wT1>pN8=hB5'yD3\"sF6"
    cleaner = Cleaner()
    cleaner.secrets.add(token)
    written = SPELLINGS[spelling](token)
    clean = cleaner.body(
        json.dumps({"message": f"no {written} here"}).encode(), "application/json", answer=True
    )
    assert written[4:-4] not in clean.decode()


def test_the_journal_hides_what_an_exchange_repeats_of_its_secrets() -> None:
    kept = in_the_journal(
        '{"password": "plainly-Here99", "note": "I said plainly-Here99"}', "application/json"
    )
    assert "Here99" not in kept
    assert "I said ***" in kept

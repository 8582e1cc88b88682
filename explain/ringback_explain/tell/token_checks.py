"""What a request for a token can have wrong, one check for each step of the login."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringback_contracts.core.credentials import credentials
from ringback_contracts.core.model import Request
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain.meant.body import Form, ReadBody, read
from ringback_explain.meant.placeholders import gap_in

SAML = "urn:ietf:params:oauth:grant-type:saml2-bearer"
GRANTS = ("client_credentials", "authorization_code", "refresh_token", SAML)


@dataclass(frozen=True, slots=True)
class Asked:
    """A token request as far as it can be read. The fields may be secrets: they are never shown."""

    request: Request
    reading: ReadBody
    fields: Mapping[str, str] = field(repr=False)

    @property
    def grant(self) -> str:
        """The grant type, of which PKCE is an authorization code with a verifier."""
        return self.fields.get("grant_type", "").strip()

    @property
    def basic(self) -> str | None:
        """The Basic credentials, undecoded."""
        return credentials(self.request.headers.get("authorization"), "basic")

    def has(self, name: str) -> bool:
        return bool(self.fields.get(name, "").strip())


def is_token_request(request: Request) -> bool:
    """Whether a request wants a token: by its path, or by a grant type in its body."""
    if request.path.rstrip("/").endswith(TOKEN_PATH):
        return True
    head = request.body[:4096]
    return b"grant_type" in head and "grant_type" in read(request.body).fields


def asked(request: Request) -> Asked:
    """Read a token request, whatever its body is written in."""
    reading = read(request.body)
    fields = {key: value for key, value in reading.fields.items() if isinstance(value, str)}
    return Asked(request, reading, fields)


# --- what can be wrong: each says what, or nothing ----------------------------------------------------


def wrong_path(given: Asked) -> str | None:
    """Whether the path is another."""
    return None if given.request.path == TOKEN_PATH else "the token endpoint has another path"


def wrong_method(given: Asked) -> str | None:
    """Whether the method is another."""
    return None if given.request.method == "POST" else "a token is asked for with POST"


def no_form(given: Asked) -> str | None:
    """Whether the body is no form, or is not declared as one."""
    media = given.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given.reading.form is Form.NOTHING:
        return "there is no form in the body"
    if given.reading.form is not Form.FIELDS:
        return "the body is JSON; the token endpoint takes a form"
    return "the body is a form and is declared as " + media if media not in ("", FORM_TYPE) else None


def no_grant(given: Asked) -> str | None:
    """Whether the form names no grant."""
    return None if given.grant or not given.fields else "the form has no grant_type"


def unknown_grant(given: Asked) -> str | None:
    """Whether the grant does not exist."""
    known = not given.grant or given.grant in GRANTS or gap_in(given.grant)
    return None if known else "the grant type does not exist"


def no_client(given: Asked) -> str | None:
    """Whether nothing says who asks."""
    if given.basic is not None or given.has("client_id") or not given.fields:
        return None
    return "nothing says which client asks: there is neither HTTP Basic nor a client_id"


def malformed_basic(given: Asked) -> str | None:
    """Whether the Basic credentials cannot be read."""
    if given.basic is None or gap_in(given.basic) or re.search(r"[<{$*]", given.basic):
        return None
    try:
        decoded = base64.b64decode(given.basic, validate=True)
    except (binascii.Error, ValueError):
        return "the Basic credentials are not base64"
    return None if b":" in decoded else "the Basic credentials are base64 of something without a colon"


def no_secret(given: Asked) -> str | None:
    """Whether a secret is needed and none is shown."""
    needs = given.grant == "client_credentials"
    if not needs or given.basic is not None or given.has("client_secret") or not given.has("client_id"):
        return None
    return "the client shows no secret, and client credentials are nothing without it"


NEEDED: Mapping[str, tuple[str, ...]] = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
    SAML: ("orgName", "assertion"),
}


def missing(given: Asked) -> list[str]:
    """The fields that the grant needs and the form does not have."""
    return [name for name in NEEDED.get(given.grant, ()) if not given.has(name)]


def field_missing(given: Asked) -> str | None:
    """Whether the form lacks what its grant needs."""
    absent = missing(given)
    return f"the form has no {' and no '.join(absent)}" if absent else None


def not_proved(given: Asked) -> str | None:
    """Whether nothing proves who redeems the code."""
    proved = given.has("code_verifier") or given.has("client_secret") or given.basic is not None
    if given.grant != "authorization_code" or proved or not given.has("client_id"):
        return None
    return "neither the client's secret nor a code_verifier proves who asks"


def malformed_verifier(given: Asked) -> str | None:
    """Whether the verifier is none (RFC 7636 section 4.1)."""
    verifier = given.fields.get("code_verifier", "")
    if not verifier or gap_in(verifier) or re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return None
    return f"the code_verifier has {len(verifier)} characters or one that it cannot have"


def mismatched_challenge(given: Asked) -> str | None:
    """Whether the challenge is another verifier's."""
    verifier, challenge = given.fields.get("code_verifier", ""), given.fields.get("code_challenge", "")
    if (
        not verifier
        or not challenge
        or gap_in(verifier)
        or gap_in(challenge)
        or challenge == challenge_of(verifier)
    ):
        return None
    return next(
        (said for said, made in _MISTAKES if challenge == made(verifier)),
        "the code_challenge is not made from this code_verifier",
    )


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(_hash(verifier)).rstrip(b"=").decode()


def _hash(verifier: str) -> bytes:
    return hashlib.sha256(verifier.encode("utf-8", "replace")).digest()


_MISTAKES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("the code_challenge is the verifier itself: it was not hashed", str),
    (
        "the code_challenge keeps its padding (=)",
        lambda verifier: base64.urlsafe_b64encode(_hash(verifier)).decode(),
    ),
    (
        "the code_challenge is plain base64, with + and / where base64url has - and _",
        lambda verifier: base64.b64encode(_hash(verifier)).decode().rstrip("="),
    ),
    (
        "the code_challenge is plain base64 with padding",
        lambda verifier: base64.b64encode(_hash(verifier)).decode(),
    ),
    ("the code_challenge is the hash in hexadecimal digits", lambda verifier: _hash(verifier).hex()),
    (
        "the code_challenge is the verifier in base64: it was not hashed",
        lambda verifier: base64.urlsafe_b64encode(verifier.encode("utf-8", "replace")).decode().rstrip("="),
    ),
)

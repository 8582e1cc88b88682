"""What a request for a token can have wrong, one check for each step of the login."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringback_contracts.core.credentials import credentials
from ringback_contracts.core.model import Request
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain.meant.body import Form, ReadBody, read, token_fields
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


def asked(request: Request) -> Asked:
    """Read a token request, whatever its body is written in."""
    return Asked(request, read(request.body), token_fields(request.body))


NEEDED: Mapping[str, tuple[str, ...]] = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
    SAML: ("orgName", "assertion"),
}
"""What the form of a grant has to have."""


def problems(given: Asked) -> dict[str, str]:
    """What is wrong with a token request, by the rule that objects."""
    return dict((*_of_message(given), *_of_client(given), *_of_pkce(given)))


def _of_message(given: Asked) -> Iterator[tuple[str, str]]:
    if given.request.path != TOKEN_PATH:
        yield "token.wrong-path", "the token endpoint has another path"
    if given.request.method != "POST":
        yield "token.not-post", "a token is asked for with POST"
    media = given.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given.reading.form is Form.NOTHING:
        yield "token.not-a-form", "there is no form in the body"
    elif given.reading.form is not Form.FIELDS:
        yield "token.not-a-form", "the body is JSON; the token endpoint takes a form"
    elif media not in ("", FORM_TYPE):
        yield "token.not-a-form", f"the body is a form and is declared as {media}"
    if given.fields and not given.grant:
        yield "token.no-grant-type", "the form has no grant_type"
    if given.grant and given.grant not in GRANTS and not gap_in(given.grant):
        yield "token.unknown-grant", "the grant type does not exist"


def _of_client(given: Asked) -> Iterator[tuple[str, str]]:
    named, basic = given.has("client_id"), given.basic
    if basic is None and not named and given.fields:
        told = "nothing says which client asks: there is neither HTTP Basic nor a client_id"
        yield "token.no-client", told
    if basic is not None and not gap_in(basic) and not re.search(r"[<{$*]", basic):
        try:
            if b":" not in base64.b64decode(basic, validate=True):
                told = "the Basic credentials are base64 of something without a colon"
                yield "token.basic-malformed", told
        except (binascii.Error, ValueError):
            yield "token.basic-malformed", "the Basic credentials are not base64"
    proved = basic is not None or given.has("client_secret") or not named
    if not proved and given.grant == "client_credentials":
        told = "the client shows no secret, and client credentials are nothing without it"
        yield "token.no-secret", told
    if not proved and given.grant == "authorization_code" and not given.has("code_verifier"):
        yield "token.not-proved", "neither the client's secret nor a code_verifier proves who asks"
    if absent := [name for name in NEEDED.get(given.grant, ()) if not given.has(name)]:
        yield "token.field-missing", f"the form has no {' and no '.join(absent)}"


def _of_pkce(given: Asked) -> Iterator[tuple[str, str]]:
    verifier, challenge = given.fields.get("code_verifier", ""), given.fields.get("code_challenge", "")
    if not verifier or gap_in(verifier):
        return
    if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):  # RFC 7636 section 4.1
        told = f"the code_verifier has {len(verifier)} characters or one that it cannot have"
        yield "token.verifier-malformed", told
    if challenge and not gap_in(challenge) and challenge != challenge_of(verifier):
        other = "the code_challenge is not made from this code_verifier"
        yield "token.challenge-mismatch", _mistaken(verifier).get(challenge, other)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(_hash(verifier)).rstrip(b"=").decode()


def _hash(verifier: str) -> bytes:
    return hashlib.sha256(verifier.encode("utf-8", "replace")).digest()


def _mistaken(verifier: str) -> dict[str, str]:
    """What is made of a verifier by mistake, and what the mistake is."""
    made, plain = _hash(verifier), base64.b64encode(_hash(verifier)).decode()
    unhashed = base64.urlsafe_b64encode(verifier.encode("utf-8", "replace")).decode().rstrip("=")
    return {
        unhashed: "the code_challenge is the verifier in base64: it was not hashed",
        made.hex(): "the code_challenge is the hash in hexadecimal digits",
        plain: "the code_challenge is plain base64 with padding",
        plain.rstrip("="): "the code_challenge is plain base64, with + and / where base64url has - and _",
        base64.urlsafe_b64encode(made).decode(): "the code_challenge keeps its padding (=)",
        verifier: "the code_challenge is the verifier itself: it was not hashed",
    }

"""Explain a request for a token: why it is refused, and the form to send instead."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.core.credentials import credentials
from ringback_contracts.core.model import Evidence, Example, Request
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain.explanation import Context, Equivalent, Explained, Explanation, Note
from ringback_explain.meant.body import Form, ReadBody, read, token_fields
from ringback_explain.meant.placeholders import gap_in
from ringback_explain.table import table
from ringback_explain.tell.about import PKCE_STEPS, pkce_notes
from ringback_explain.tell.questions import note

SAML = "urn:ietf:params:oauth:grant-type:saml2-bearer"
GRANTS = ("client_credentials", "authorization_code", "refresh_token", SAML)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
    SAML: ("orgName", "assertion"),
}
"""What the form of a grant has to have."""
UNKNOWN = ("whether the login host knows the client, its secret and the code (ringback serve --org FILE)",)
_SHOWN = frozenset({"redirect_uri", "client_id", "orgName"})


@dataclass(frozen=True, slots=True)
class LoginRule:
    """One reason why the login host issues no token.

    ``code`` is the ``error`` of its answer. Where only the answer tells of it, and no request, there are no
    examples.
    """

    id: str
    code: str
    title: str
    fix: str
    source: str
    evidence: Evidence = Evidence.ASSUMED
    status: int = 400
    pointer: str = ""
    rejects: tuple[Example, ...] = field(default=(), repr=False, compare=False)
    accepts: tuple[Example, ...] = field(default=(), repr=False, compare=False)

    def explained(self, detail: str | None = None) -> Explained:
        """The finding that it makes; ``detail`` says what is wrong with the very request."""
        return Explained(
            self.id, self.pointer, detail or self.title, self.fix, self.evidence.value, self.source
        )


def _listed_rules() -> Iterator[LoginRule]:
    examples = table("tell/login_rules")["examples"]
    for entry in table("tell/login_rules")["rule"]:
        made = {
            key: tuple(_example(examples[each] if isinstance(each, str) else each) for each in entry[key])
            for key in ("rejects", "accepts")
            if key in entry
        }
        yield LoginRule(**{**entry, **made, "evidence": Evidence(entry["evidence"])})


def _example(asked: Mapping[str, Any]) -> Example:
    headers = {"content-type": asked.get("media", FORM_TYPE)}
    if "authorization" in asked:
        headers["authorization"] = asked["authorization"]
    return Example(
        asked.get("json"),
        token=None,
        method=asked.get("method", "POST"),
        path=asked.get("path", TOKEN_PATH),
        raw=asked["form"].encode() if "form" in asked else None,
        headers=headers,
    )


_ALL = tuple(_listed_rules())
FOUND = tuple(rule for rule in _ALL if rule.rejects)
"""What can be seen in a token request, in the order of the token endpoint."""
ANSWERED = tuple(rule for rule in _ALL if not rule.rejects)
"""What the ``error`` of an answer means."""
LOGIN_RULES: Mapping[str, LoginRule] = {rule.id: rule for rule in (*FOUND, *ANSWERED)}
"""All of them by their ids."""
_BY_ERROR = {rule.code: rule for rule in ANSWERED}


def of_error(code: str | None) -> LoginRule | None:
    """The rule behind the ``error`` of a token endpoint's answer."""
    return _BY_ERROR.get((code or "").lower())


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


def token_notes(given: Asked, context: Context) -> Iterator[Note]:
    """What is good to know about a token request and is no error."""
    if given.has("client_secret") and given.basic is None:
        yield note("token.secret-in-form", "/client_secret")
    if " " in given.fields.get("client_secret", "").strip():
        yield note("token.secret-with-space", "/client_secret")
    if given.has("scope") and given.grant == "client_credentials":
        yield note("token.scope-without-effect", "/scope")
    if given.has("code_verifier") or given.has("code_challenge"):
        yield note(*PKCE_STEPS)
    yield from pkce_notes(context)


def explain_token(request: Request, context: Context, notes: tuple[Note, ...]) -> Explanation:
    """Explain a token request; ``notes`` are what is known of it from elsewhere."""
    given = Asked(request, read(request.body), token_fields(request.body))
    wrong = problems(given)
    found = [rule for rule in FOUND if rule.id in wrong]
    equivalent, questions = _equivalent(given, context)
    first = found[0] if found else None
    return Explanation(
        verdict="rejected" if first else "accepted",
        status=first.status if first else 200,
        code=first.code if first else None,
        rule=first.id if first else None,
        findings=tuple(rule.explained(wrong[rule.id]) for rule in found),
        notes=tuple(dict.fromkeys((*notes, *token_notes(given, context)))),
        equivalent=equivalent,
        questions=questions,
        unknown=UNKNOWN,
    )


def _equivalent(given: Asked, context: Context) -> tuple[Equivalent | None, tuple[str, ...]]:
    texts = table("tell/login_rules")["asked"]
    told = re.sub(r"[^a-z]", "_", (context.grant or "").lower())
    grants = {**dict(zip(GRANTS, GRANTS, strict=True)), "pkce": GRANTS[1], "code": GRANTS[1]}
    grant = given.grant if given.grant in GRANTS else grants.get(told)
    if not grant:
        return None, (texts["which-grant"],)
    pkce = given.has("code_verifier") or told == "pkce"
    names = [*NEEDED.get(grant, ()), *(("client_id", "code_verifier") if pkce else ())]
    absent = [name for name in names if not given.has(name)]
    questions = [texts[name] for name in absent]
    if not pkce and given.basic is None and not given.has("client_secret"):
        questions.append(texts["basic"])
    if absent:
        return None, tuple(questions)
    # Of what only its owner may know the name stands for the value.
    shown = {name: given.fields[name] if name in _SHOWN else f"<{name}>" for name in names}
    body: dict[str, Any] = {"grant_type": grant, **shown}
    return Equivalent("POST", TOKEN_PATH, body), tuple(questions)

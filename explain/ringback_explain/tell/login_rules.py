"""Every reason to be refused a token, and how we know it: the table of rules has those of the API alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ringback_contracts.core.model import Evidence, Example
from ringback_explain.explanation import Explained
from ringback_explain.tell import token_checks as checks
from ringback_explain.tell.token_checks import FORM, PATH, Asked, challenge_of

_PKCE = "RFC 7636 sections 4.1 to 4.6"
_SDK = "what the official SDKs send to the login host (Python 269, JavaScript 262)"
_OAUTH = "RFC 6749 sections 2.3.1, 4.1.3, 4.4.2, 5.2 and 6"
_RFC = "RFC 6749 section 5.2"


@dataclass(frozen=True, slots=True)
class LoginRule:
    """One reason why the login host issues no token.

    ``code`` is the ``error`` of its answer. ``test`` finds the reason in a request; where it is ``None`` only
    the answer tells, and then there are no examples.
    """

    id: str
    code: str
    title: str
    fix: str
    source: str
    evidence: Evidence = Evidence.ASSUMED
    status: int = 400
    pointer: str = ""
    test: Callable[[Asked], str | None] | None = field(default=None, repr=False, compare=False)
    rejects: tuple[Example, ...] = field(default=(), repr=False, compare=False)
    accepts: tuple[Example, ...] = field(default=(), repr=False, compare=False)

    def explained(self, detail: str | None = None) -> Explained:
        """The finding that it makes; ``detail`` says what is wrong with the very request."""
        return Explained(
            self.id, self.pointer, detail or self.title, self.fix, self.evidence.value, self.source
        )


def _asks(
    fields: Mapping[str, str],
    *,
    basic: str | None = None,
    path: str = PATH,
    method: str = "POST",
    media: str = FORM,
) -> Example:
    headers = {"content-type": media} | ({"authorization": f"Basic {basic}"} if basic else {})
    body = urlencode(fields, safe=":/").encode()
    return Example(raw=body, token=None, method=method, path=path, headers=headers)


_DEMO_BASIC = "ZGVtby1zZXJ2aWNlOmRlbW8tc2VjcmV0"
"""The default org's demo-service:demo-secret."""
_VERIFIER = "the-same-verifier-of-43-characters-or-more-0"
_SERVICE = {"grant_type": "client_credentials"}
_SERVICE_FORM = _SERVICE | {"client_id": "demo-service", "client_secret": "demo-secret"}
_CODE = {
    "grant_type": "authorization_code",
    "code": "c0de",
    "redirect_uri": "http://localhost:8000/callback",
}
_CODE_PKCE = _CODE | {"client_id": "demo-app", "code_verifier": _VERIFIER}
OK_SERVICE = _asks(_SERVICE, basic=_DEMO_BASIC)
OK_FORM = _asks(_SERVICE_FORM)
OK_PKCE = _asks(_CODE_PKCE)

FOUND: tuple[LoginRule, ...] = (
    LoginRule(
        id="token.wrong-path",
        status=404,
        code="not.found",
        title="The token is asked for at a path that issues none",
        fix="POST to /oauth/token on the login host of the region; the path has no /api/v2.",
        source=_SDK,
        evidence=Evidence.PUBLISHED,
        pointer="path",
        test=checks.wrong_path,
        rejects=(_asks(_SERVICE, basic=_DEMO_BASIC, path="/api/v2/oauth/token"),),
        accepts=(OK_SERVICE,),
    ),
    LoginRule(
        id="token.not-post",
        status=405,
        code="method.not.allowed",
        title="The token is asked for with another method than POST",
        fix="Send it with POST.",
        source=_OAUTH,
        pointer="path",
        test=checks.wrong_method,
        rejects=(_asks(_SERVICE, basic=_DEMO_BASIC, method="GET"),),
        accepts=(OK_SERVICE,),
    ),
    LoginRule(
        id="token.not-a-form",
        code="invalid_request",
        title="The body of the token request is no form, or is not declared as one",
        fix=f"Send the fields as a form: Content-Type {FORM}, name=value joined by &.",
        source=f"{_SDK}; {_OAUTH}",
        pointer="Content-Type",
        test=checks.no_form,
        rejects=(
            Example(_SERVICE_FORM, token=None, path=PATH, headers={"content-type": "application/json"}),
            _asks(_SERVICE_FORM, media="text/plain"),
            _asks({}),
        ),
        accepts=(OK_FORM,),
    ),
    LoginRule(
        id="token.no-grant-type",
        code="invalid_request",
        title="The form does not say which grant is meant",
        fix="Add grant_type: client_credentials, authorization_code or refresh_token.",
        source=_OAUTH,
        pointer="/grant_type",
        test=checks.no_grant,
        rejects=(_asks({"client_id": "demo-service", "client_secret": "demo-secret"}),),
        accepts=(OK_FORM,),
    ),
    LoginRule(
        id="token.unknown-grant",
        code="unsupported_grant_type",
        title="The grant type does not exist",
        fix="Use client_credentials, authorization_code (PKCE or not), refresh_token or saml2-bearer.",
        source=_SDK,
        pointer="/grant_type",
        test=checks.unknown_grant,
        rejects=(_asks({"grant_type": "password"}, basic=_DEMO_BASIC),),
        accepts=(OK_SERVICE, OK_PKCE),
    ),
    LoginRule(
        id="token.no-client",
        code="invalid_client",
        title="Nothing says which client asks",
        fix="Send id and secret with HTTP Basic; PKCE sends client_id in the form and no secret.",
        source=f"{_SDK}; {_OAUTH}",
        pointer="Authorization",
        test=checks.no_client,
        rejects=(_asks(_SERVICE),),
        accepts=(OK_SERVICE, OK_FORM, OK_PKCE),
    ),
    LoginRule(
        id="token.basic-malformed",
        code="invalid_client",
        title="The Basic credentials are not the base64 of id and secret",
        fix="Basic takes the base64 of id:secret, of both together.",
        source="RFC 7617 section 2",
        pointer="Authorization",
        test=checks.malformed_basic,
        rejects=(
            _asks(_SERVICE, basic="demo-service:demo-secret"),
            _asks(_SERVICE, basic="ZGVtby1zZXJ2aWNl"),
        ),
        accepts=(OK_SERVICE,),
    ),
    LoginRule(
        id="token.no-secret",
        code="invalid_client",
        title="The client asks with its own credentials and shows no secret",
        fix="Send id and secret with HTTP Basic: 'Authorization: Basic base64(id:secret)'.",
        source=f"{_SDK}; {_OAUTH}",
        pointer="Authorization",
        test=checks.no_secret,
        rejects=(_asks(_SERVICE | {"client_id": "demo-service"}),),
        accepts=(OK_SERVICE, OK_FORM, OK_PKCE),
    ),
    LoginRule(
        id="token.field-missing",
        code="invalid_request",
        title="The form lacks a field that its grant needs",
        fix="Add what the grant needs: a code with its redirect_uri, or the refresh_token.",
        source=_OAUTH,
        test=checks.field_missing,
        rejects=(
            _asks({"grant_type": "authorization_code", "code": "c0de"}, basic=_DEMO_BASIC),
            _asks({"grant_type": "refresh_token"}, basic=_DEMO_BASIC),
        ),
        accepts=(OK_SERVICE, OK_PKCE),
    ),
    LoginRule(
        id="token.not-proved",
        code="invalid_client",
        title="Neither a secret nor a code_verifier proves who redeems the code",
        fix="With PKCE add code_verifier; without it send id and secret with HTTP Basic.",
        source=_PKCE,
        pointer="/code_verifier",
        test=checks.not_proved,
        rejects=(_asks(_CODE | {"client_id": "demo-app"}),),
        accepts=(OK_PKCE, _asks(_CODE, basic=_DEMO_BASIC)),
    ),
    LoginRule(
        id="token.verifier-malformed",
        code="invalid_grant",
        title="The code_verifier is too short, too long, or has a character that it cannot have",
        fix="Make a verifier of 43 to 128 characters of A-Z a-z 0-9 - . _ ~, the same one for both steps.",
        source=_PKCE,
        pointer="/code_verifier",
        test=checks.malformed_verifier,
        rejects=(
            _asks(_CODE_PKCE | {"code_verifier": "short"}),
            _asks(_CODE_PKCE | {"code_verifier": f"{_VERIFIER}="}),
        ),
        accepts=(OK_PKCE,),
    ),
    LoginRule(
        id="token.challenge-mismatch",
        code="invalid_grant",
        title="The code_challenge is not made from the code_verifier",
        fix="Send base64url(SHA-256(code_verifier)) unpadded to authorize, and only the verifier here.",
        source=_PKCE,
        pointer="/code_challenge",
        test=checks.mismatched_challenge,
        rejects=(
            _asks(_CODE_PKCE | {"code_challenge": _VERIFIER}),
            _asks(_CODE_PKCE | {"code_challenge": f"{challenge_of(_VERIFIER)}="}),
        ),
        accepts=(OK_PKCE, _asks(_CODE_PKCE | {"code_challenge": challenge_of(_VERIFIER)})),
    ),
)
"""What can be seen in a token request, in the order of the token endpoint."""

ANSWERED: tuple[LoginRule, ...] = (
    LoginRule(
        id="oauth.invalid-client",
        code="invalid_client",
        title="The token endpoint does not know the client, or the secret is not its own",
        fix="Ask the login host of the org's own region (https://login.<domain>/oauth/token), with the"
        " client's id and secret in a Basic Authorization header; check that both were copied whole.",
        evidence=Evidence.REPORTED,
        source="a public client tested against the service: 400, 'client not found' or 'authentication"
        " failed'",
    ),
    LoginRule(
        id="oauth.invalid-grant",
        code="invalid_grant",
        title="The code or refresh token is unknown, used up, too old, or not for this client or redirect",
        fix="Log in again and redeem the code once, within a minute, with the same redirect_uri. With PKCE"
        " the challenge is the SHA-256 of the verifier in base64url without padding; one verifier serves"
        " both steps.",
        evidence=Evidence.PUBLISHED,
        source=f"{_RFC}, RFC 7636 section 4.6",
    ),
    LoginRule(
        id="oauth.invalid-request",
        code="invalid_request",
        title="The token request is no form, or a field is missing or repeated",
        fix="Send application/x-www-form-urlencoded, not JSON, with grant_type and what that grant needs.",
        evidence=Evidence.PUBLISHED,
        source=_RFC,
    ),
    LoginRule(
        id="oauth.unauthorized-client",
        code="unauthorized_client",
        title="The client may not use this grant",
        fix="Use a client that was made for this grant.",
        evidence=Evidence.PUBLISHED,
        source=_RFC,
    ),
    LoginRule(
        id="oauth.unsupported-grant-type",
        code="unsupported_grant_type",
        title="The grant_type is none that the platform knows",
        fix="Use client_credentials, authorization_code or refresh_token.",
        evidence=Evidence.PUBLISHED,
        source=_RFC,
    ),
)
"""What the ``error`` of an answer means."""

LOGIN_RULES: Mapping[str, LoginRule] = {rule.id: rule for rule in (*FOUND, *ANSWERED)}
"""All of them by their ids."""
_BY_ERROR = {rule.code: rule for rule in ANSWERED}


def of_error(code: str | None) -> LoginRule | None:
    """The rule behind the ``error`` of a token endpoint's answer."""
    return _BY_ERROR.get((code or "").lower())

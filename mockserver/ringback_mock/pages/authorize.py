"""What stands behind the login page: checking what a client asks for, and logging a user in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from ringback_contracts.org import Client
from ringback_contracts.org.values import redirect_uri
from ringback_mock.engine.sessions import Code, Issued, new_code
from ringback_mock.engine.store import Store, Tenant
from ringback_mock.engine.writes import HoldCode, HoldToken, Write
from ringback_mock.resources.oauth import CODE_GRANT, OAuthError

IMPLICIT_GRANT = "implicit"

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Authorization:
    """A login that a client asks for, checked: the page shows the tenant's users and sends one back."""

    tenant: Tenant
    client: Client
    redirect_uri: str
    response_type: str
    state: str | None
    challenge: str | None


@dataclass(frozen=True, slots=True)
class LoginRefusal:
    """Why there is no login. ``location`` is where the browser goes with the error; ``None`` where the
    client is unknown or its redirect_uri not registered, since then nothing may be sent there. Of the latter,
    ``sent`` is what came, and ``registered`` what might have."""

    error: str
    description: str
    location: str | None = None
    sent: str | None = None
    registered: tuple[str, ...] = ()


def check_authorize(store: Store, params: Mapping[str, str]) -> Authorization | LoginRefusal:
    """Check the query of ``GET /oauth/authorize`` (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    checked = check_return(store, params)
    if isinstance(checked, LoginRefusal):
        return checked
    tenant, client, back = checked
    response_type, state = params.get("response_type", ""), params.get("state")
    challenge = params.get("code_challenge") or None
    asked = Authorization(tenant, client, back, response_type, state, challenge)
    try:
        _check_response_type(asked)
        _check_challenge(asked, params.get("code_challenge_method") or None)
    except OAuthError as error:
        return _refused(asked, error)
    return asked


def check_return(store: Store, params: Mapping[str, str]) -> tuple[Tenant, Client, str] | LoginRefusal:
    """The client that is named, its org, and the registered ``redirect_uri`` to send the browser to."""
    found = store.client(params.get("client_id", ""))
    if found is None:
        return LoginRefusal("invalid_client", "client not found")
    tenant, client = found
    back = params.get("redirect_uri", "")
    if not client.registers(back):
        reason = "the redirect_uri is not one that the client has registered"
        return LoginRefusal("invalid_request", reason, sent=back, registered=client.redirect_uris)
    if objection := _objection(back):
        return LoginRefusal("invalid_request", f"the redirect_uri is registered, and yet none: {objection}")
    return tenant, client, back


def _objection(registered: str) -> str | None:
    """Why no browser can be sent there; an org that was made in code has had no check of its values."""
    try:
        redirect_uri(registered)
    except ValueError as error:
        return str(error)
    return None


def _check_response_type(asked: Authorization) -> None:
    grant = {"code": CODE_GRANT, "token": IMPLICIT_GRANT}.get(asked.response_type)
    if grant is None:
        raise OAuthError("unsupported_response_type", "the response_type must be code or token")
    if grant not in asked.client.grants:
        raise OAuthError("unauthorized_client", f"this client may not use the grant {grant}")


def _check_challenge(asked: Authorization, method: str | None) -> None:
    if asked.challenge is None and method is None:
        return
    if method != "S256":
        raise OAuthError("invalid_request", "the code_challenge_method must be S256")
    if asked.challenge is None or not _CHALLENGE.fullmatch(asked.challenge):
        raise OAuthError("invalid_request", "the code_challenge must be 43 letters of base64url")


def log_in(asked: Authorization, user_id: str) -> tuple[str, Write] | LoginRefusal:
    """Log a user of the org in: where to send the browser, and the code or (implicit) token to keep.

    A user who is unknown or deactivated is refused with ``access_denied``.
    """
    client, user = asked.client, asked.tenant.org.user_by_id.get(user_id.lower())
    if user is None or not user.enabled:
        reason = "there is no such user" if user is None else "the user is deactivated"
        return _refused(asked, OAuthError("access_denied", reason))
    if asked.response_type == "token":
        issued = Issued.to(client)
        answer = {"access_token": issued.access_token, "expires_in": str(issued.expires_in)}
        return _redirect(asked, answer), HoldToken(issued, client, user)
    code, now = new_code(), asked.tenant.clock()
    held = HoldCode(code, Code.fresh(client, user, asked.redirect_uri, asked.challenge, now))
    return _redirect(asked, {"code": code}), held


def _refused(asked: Authorization, error: OAuthError) -> LoginRefusal:
    location = _redirect(asked, {"error": error.error, "error_description": error.description})
    return LoginRefusal(error.error, error.description, location)


def _redirect(asked: Authorization, answer: dict[str, str]) -> str:
    """The redirect_uri with the answer in its query, or in its fragment for the implicit grant."""
    if asked.state is not None:
        answer = {**answer, "state": asked.state}
    scheme, host, path, query, fragment = urlsplit(asked.redirect_uri)
    if asked.response_type == "token":
        return urlunsplit((scheme, host, path, query, urlencode(answer)))
    joined = f"{query}&{urlencode(answer)}" if query else urlencode(answer)
    return urlunsplit((scheme, host, path, joined, fragment))

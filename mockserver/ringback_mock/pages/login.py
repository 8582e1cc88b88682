"""The login page: pick a user of the org, and the browser goes back to the client with a code.

Nobody stays logged in here, so that logging out is only going back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, render_template

from ringback_contracts.core.model import Request
from ringback_contracts.core.pairs import first_of_each
from ringback_mock.engine.store import Store
from ringback_mock.pages.authorize import Authorization, LoginRefusal, check_authorize, check_return, log_in
from ringback_mock.resources.oauth import NO_STORE

PATH, LOGOUT_PATH = "/oauth/authorize", "/logout"


def blueprint(store: Store) -> Blueprint:
    """The paths of the login page."""
    paths = Blueprint("login", __name__)
    paths.add_url_rule(PATH, "show", lambda: _show(store))
    paths.add_url_rule(PATH, "pick", lambda: _pick(store), methods=["POST"])
    paths.add_url_rule(LOGOUT_PATH, "leave", lambda: _leave(store))
    return paths


def _show(store: Store) -> Response:
    sent: Request = g.sent
    asked = check_authorize(store, given := sent.parameters)
    return _refuse(asked) if isinstance(asked, LoginRefusal) else _users_page(asked, given)


def _pick(store: Store) -> Response:
    sent: Request = g.sent
    given = first_of_each(sent.body.decode("utf-8", "replace"))
    user_id = given.pop("user", "")
    asked = check_authorize(store, given)
    if isinstance(asked, LoginRefusal):
        return _refuse(asked)
    answer = log_in(asked, user_id)
    if isinstance(answer, LoginRefusal):
        return _refuse(answer)
    location, write = answer
    g.decided = asked.tenant, (write,)
    return _go(location)


def _leave(store: Store) -> Response:
    """Where the SDKs send a browser to log out: back to the client, where it has registered that."""
    sent: Request = g.sent
    given = sent.parameters
    if not given.get("redirect_uri"):
        return _page("logged_out.html", 200, "")
    checked = check_return(store, given)
    return _refuse(checked) if isinstance(checked, LoginRefusal) else _go(checked[2])


def _users_page(asked: Authorization, given: Mapping[str, str]) -> Response:
    users = [user for user in asked.tenant.org.users if user.enabled]
    values = {"asked": asked, "users": users, "parameters": given}
    return _page("authorize.html", 200, _origin(asked.redirect_uri), **values)


def _refuse(refusal: LoginRefusal) -> Response:
    """Tell the client, through the browser, where that is safe; else the person (RFC 6749, 4.1.2.1)."""
    if refusal.location is not None:
        return _go(refusal.location)
    return _page("authorize_error.html", 400, "", refusal=refusal)


def _go(location: str) -> Response:
    # 303, so that no browser posts to the client what was posted here (RFC 9700 section 4.12).
    return Response(status=303, headers=[("Location", location), *NO_STORE])


def _page(template: str, status: int, form_target: str, **values: Any) -> Response:
    """A page that loads nothing and runs nothing; its form leads here, and on to ``form_target``."""
    nonce = secrets.token_urlsafe(16)
    response = make_response(render_template(template, nonce=nonce, **values), status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self' {form_target}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    # With "no-referrer" a browser would say "Origin: null" of the form, as of a page that is nobody's.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _origin(uri: str) -> str:
    """A source expression for the URI: Chromium holds the redirect after a form to ``form-action`` too.

    The grammar of such sources has no IPv6 addresses: of those, and of an app's own scheme, it is the scheme.
    """
    parts = urlsplit(uri)
    named = parts.scheme in {"http", "https"} and "[" not in parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if named else f"{parts.scheme}:"

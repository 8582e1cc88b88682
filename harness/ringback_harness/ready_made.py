"""An equivalent request as something to run: with curl, with our client, with the official SDK."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain import Equivalent

_SCHEMED = re.compile(r"(?:tel|user):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the ready-made code goes, and with whose token."""

    url: str = "http://127.0.0.1:8010"
    token: str = "alice"
    client_id: str = "demo-service"
    client_secret: str = "demo-secret"
    remark: str = (
        "The code goes to 'ringback serve' on this machine, as alice of its org, where only that org's ids "
        "and numbers exist. For your own org put https://api.<its region's domain> there (login. for tokens) "
        "and a user's access token."
    )


MOCK = Connection()
"""``ringback serve`` with the default org."""


def ready_made(equivalent: Equivalent, connection: Connection = MOCK) -> Mapping[str, str]:
    """The request in each form that can make it, by the name of the form."""
    forms = {"curl": as_curl(equivalent, connection)}
    if equivalent.path == TOKEN_PATH and equivalent.body.get("grant_type") == "client_credentials":
        forms |= {"python": _client_login(connection), "sdk": _sdk_login(connection)}
    elif equivalent.path.startswith(CALLS_PATH) and equivalent.method == "POST":
        forms |= {
            "python": as_client_lines(equivalent, connection),
            "sdk": as_sdk_lines(equivalent, connection),
        }
    return forms


def as_curl(equivalent: Equivalent, connection: Connection = MOCK) -> str:
    """A command for a POSIX shell."""
    first = f"curl {'' if equivalent.method == 'POST' else f'-X {equivalent.method} '}"
    lines = [first + shlex.quote(connection.url + quote(equivalent.path))]
    if equivalent.path == TOKEN_PATH:
        if "client_id" not in equivalent.body:
            lines.append(f"-u {shlex.quote(f'{connection.client_id}:{connection.client_secret}')}")
        lines += [
            f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in equivalent.body.items()
        ]
    else:
        lines.append(f"-H 'Authorization: Bearer {connection.token}'")
        if equivalent.body:
            lines.append("-H 'Content-Type: application/json'")
            lines.append(f"-d {shlex.quote(json.dumps(equivalent.body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def as_client_lines(equivalent: Equivalent, connection: Connection = MOCK) -> str:
    """A Python program on ``ringback_client``."""
    return "\n".join(
        (
            "from ringback_client import CallsClient",
            "",
            f"client = CallsClient({_code(connection.url)}, {_code(connection.token)})",
            f"print(client.{_client_call(equivalent)}.id)",
        )
    )


def _client_call(equivalent: Equivalent) -> str:
    """``place_call`` where it makes this very request, else ``post_body``."""
    user_id = _user_id(equivalent.path)
    candidates = (
        arguments
        for arguments in _place_calls(dict(equivalent.body), user_id)
        if _makes(arguments, equivalent)
    )
    arguments = next(candidates, None)
    if arguments is not None:
        return f"place_call({arguments.text})"
    behalf = f", user_id={_code(user_id)}" if user_id else ""
    return f"post_body({_code(equivalent.body)}{behalf})"


@dataclass(frozen=True, slots=True)
class _PlaceCallArguments:
    to: str
    from_: str | None
    fields: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The arguments, as they are written."""
        parts = [_code(address) for address in (self.to, self.from_) if address is not None]
        return ", ".join(parts + [f"fields={_code(self.fields)}"] * bool(self.fields))


def _place_calls(body: dict[str, Any], user_id: str | None) -> Iterator[_PlaceCallArguments]:
    to = _destination(body)
    if to is None:
        return
    from_ = f"user:{user_id}" if user_id else None
    if from_ is None and isinstance(number := body.get("callerId"), str):
        others = {key: value for key, value in body.items() if key != "callerId"}
        yield _PlaceCallArguments(to, f"tel:{number}", others)
    yield _PlaceCallArguments(to, from_, body)


def _destination(body: dict[str, Any]) -> str | None:
    """Take whom to call out of the body."""
    number, user = body.get("phoneNumber"), body.get("callUserId")
    if isinstance(number, str):
        del body["phoneNumber"]
        return f"tel:{number}" if number.startswith("+") or _SCHEMED.match(number) else number
    if isinstance(user, str):
        del body["callUserId"]
        return f"user:{user}"
    return None


def _makes(arguments: _PlaceCallArguments, equivalent: Equivalent) -> bool:
    from ringback_client import CallsClient, RingbackError

    try:
        built = CallsClient.build_request(arguments.to, arguments.from_, fields=arguments.fields)
    except RingbackError:
        return False
    return built.path == equivalent.path and json.loads(built.body) == equivalent.body


def as_sdk_lines(equivalent: Equivalent, connection: Connection = MOCK) -> str:
    """A Python program on the official SDK, PureCloudPlatformClientV2."""
    user_id = _user_id(equivalent.path)
    call = (
        f"post_conversations_calls_user_user_id({_code(user_id)}, body)"
        if user_id
        else "post_conversations_calls(body)"
    )
    return "\n".join(
        (
            *_sdk_start(connection),
            f"api.access_token = {_code(connection.token)}",
            "body = gc.CreateCallRequest()",
            *(f"body.{_attribute(key)} = {_code(value)}" for key, value in equivalent.body.items()),
            f"print(gc.ConversationsApi(api).{call}.id)",
        )
    )


def _client_login(connection: Connection) -> str:
    client_id, client_secret = _code(connection.client_id), _code(connection.client_secret)
    return "\n".join(
        (
            "from ringback_client import CallsClient, ClientCredentials",
            "",
            f"credentials = ClientCredentials({client_id}, {client_secret})",
            f"client = CallsClient({_code(connection.url)}, credentials)  # it asks for the token by itself",
        )
    )


def _sdk_login(connection: Connection) -> str:
    credentials = f"{_code(connection.client_id)}, {_code(connection.client_secret)}"
    return "\n".join((*_sdk_start(connection), f"api.get_client_credentials_token({credentials})"))


def _sdk_start(connection: Connection) -> tuple[str, ...]:
    url = urlsplit(connection.url)
    return (
        "import PureCloudPlatformClientV2 as gc",
        "",
        "api = gc.api_client.ApiClient()",
        f'api.set_gateway({_code(url.hostname)}, {_code(url.scheme)}, {url.port or 443}, "", "")',
    )


def _attribute(key: str) -> str:
    """The SDK's name of a field: ``phoneNumber`` is ``phone_number``."""
    return re.sub(r"[A-Z]", lambda capital: f"_{capital.group().lower()}", key)


def _user_id(path: str) -> str | None:
    prefix = f"{CALLS_PATH}/user/"
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def _code(value: Any) -> str:
    """A JSON value as Python code, in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_code(key)}: {_code(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_code, value)) + "]"
    return repr(value)

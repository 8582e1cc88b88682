"""One exchange with a target over ``requests``; whatever breaks becomes one of our errors."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

import requests
import urllib3.exceptions
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase

from ringback_client.errors import ConfigurationError, ReplyLost, RingbackError, TargetUnreachable
from ringback_client.wire import LONGEST_IDLE, ReplyTooLong, WireAdapter

_SURROGATE = re.compile(rb"\\u[dD]|\xed[\xa0-\xbf]|\0")
"""What stands in every body with half a character: its escape, or its octets; UTF-16 has NULs."""
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
"""What ``requests`` and the layers below it raise when an exchange fails."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of the reply, and for the whole exchange.

    ``idle`` is how long a connection may have been idle for a request that must not be repeated: a server may
    be hanging up just then, and nobody would know whether it saw the request.
    Raises ``ConfigurationError`` for a time that is none.
    """

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    idle: float = LONGEST_IDLE

    def __post_init__(self) -> None:
        if not all(seconds > 0 for seconds in (self.connect, self.read, self.total, self.idle)):
            raise ConfigurationError("each timeout is a number of seconds greater than 0")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One HTTP request, ready to go but for its credentials."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    auth: AuthBase | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``headers`` are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; raises ``ValueError`` where it is no JSON. Half of a character becomes U+FFFD."""
        value = json.loads(self.body)
        return _of_whole_characters(value) if _SURROGATE.search(self.body) else value

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object of the body, empty where it is none."""
        try:
            value = self.json()
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def correlation_id(self) -> str | None:
        named = self.headers.get("ININ-Correlation-Id") or self.document.get("contextId")
        return named if isinstance(named, str) else None

    @property
    def reason(self) -> str:
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "unknown status"


def _of_whole_characters(value: Any) -> Any:
    """JSON without lone surrogates, which can be neither encoded nor shown (RFC 8259, section 8.2)."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return list(map(_of_whole_characters, value))
    if isinstance(value, dict):
        return {_of_whole_characters(name): _of_whole_characters(member) for name, member in value.items()}
    return value


class Transport:
    """Sends requests one at a time: no retries, no redirects, no cookies, always with timeouts.

    ``verify`` is what ``requests`` takes: whether to verify certificates, or the path of a CA bundle.
    ``trust_env`` lets the environment's proxies and CA bundles count. Raises ``ConfigurationError`` for an
    adapter that repeats requests by itself.
    """

    def __init__(
        self,
        *,
        timeouts: Timeouts,
        verify: bool | str = True,
        adapter: BaseAdapter | None = None,
        trust_env: bool = True,
    ) -> None:
        if isinstance(adapter, HTTPAdapter) and (adapter.max_retries.total or adapter.max_retries.connect):
            raise ConfigurationError("the adapter repeats requests by itself; give it max_retries=0")
        self._timeouts = timeouts
        self._verify = verify
        self._session = requests.Session()
        self._session.trust_env = trust_env
        adapter = adapter or WireAdapter(timeouts.total, timeouts.idle)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def send(self, outgoing: Outgoing) -> Reply:
        """Exchange once.

        Raises ``TargetUnreachable`` when the request cannot have left, ``ReplyLost`` when it may have, and
        ``ConfigurationError`` when it could not even be written down.
        """
        try:
            return self._exchange(outgoing)
        except BROKEN as error:
            raise translate(error, outgoing) from error

    def _exchange(self, outgoing: Outgoing) -> Reply:
        # Not Session.send: it looks into the Location of a redirect that nobody follows, and raises for what
        # it finds there as if nothing had been sent.
        session = self._session
        prepared = session.prepare_request(
            requests.Request(
                outgoing.method,
                outgoing.url,
                headers=dict(outgoing.headers),
                data=outgoing.body,
                auth=outgoing.auth or _NoAuth(),
            )
        )
        settings = session.merge_environment_settings(
            prepared.url, {}, stream=False, verify=self._verify, cert=None
        )
        timeout = (self._timeouts.connect, self._timeouts.read)
        adapter = session.get_adapter(outgoing.url)
        response = adapter.send(prepared, timeout=timeout, **cast("dict[str, Any]", settings))
        return Reply(response.status_code, response.headers, response.content)

    def close(self) -> None:
        self._session.close()


class _NoAuth(AuthBase):
    """Keeps ``requests`` from sending what it finds in a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


UNSENDABLE = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.URLRequired,
)
"""Raised before a connection is looked for."""


def translate(error: Exception, outgoing: Outgoing) -> RingbackError:
    """Our error for one of ``requests``.

    What is not known to have failed before departure counts as sent: that is the careful side to err on.
    """
    where = "/".join(outgoing.url.split("/")[:3])
    if isinstance(error, UNSENDABLE):
        return ConfigurationError(f"no request can go to {where}: {error}")
    chain = list(_chain(error))
    if _never_left(chain):
        return _unreachable(where, chain)
    what = str(error) if isinstance(error, ReplyTooLong) else type(error).__name__
    return ReplyLost(f"{outgoing.method} {where}: the request was sent and no whole reply came ({what})")


def _never_left(chain: list[BaseException]) -> bool:
    never = (requests.ConnectTimeout, urllib3.exceptions.NewConnectionError)
    return any(isinstance(error, never) for error in chain)


def _unreachable(where: str, chain: list[BaseException]) -> TargetUnreachable:
    refused = next((error for error in chain if isinstance(error, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        return TargetUnreachable(
            f"{where} shows a certificate that is not trusted: {refused.verify_message}. "
            "For a private CA set RINGBACK_CA to its file; a program may give it as verify=",
            passing=False,
        )
    text = f"{where} cannot be reached: {_why(chain)}"
    if where.startswith(("http://127.", "http://localhost", "http://[::1]")):
        text += ". A mock is started with: ringback serve"
    return TargetUnreachable(text)


def _why(chain: list[BaseException]) -> str:
    for error in reversed(chain):
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
    return type(chain[-1]).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those it was made from, outermost first.

    Not ``__context__``: that may be an older failure, which the caller is handling while it tries again.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = [getattr(error, "reason", None), getattr(error, "original_error", None), *error.args]
        nested = (item for item in inner if isinstance(item, BaseException))
        error = next(nested, None) or error.__cause__

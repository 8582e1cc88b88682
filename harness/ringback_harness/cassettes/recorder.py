"""Write each exchange as a HAR cassette, clean before it touches the disk, whole or not at all."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from ringback_client.atomic_write import UNFINISHED, atomic_write
from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import Contract
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.forms import recognise
from ringback_contracts.resources.users.operations import GET_ME
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_mock.version import VERSION

if TYPE_CHECKING:
    import requests

Har = dict[str, Any]
ME = BY_ID[GET_ME].template
MARK = "_ringback"
"""The custom field of an entry (HAR 1.2 lets names that begin with an underscore be anybody's)."""
LEFT_BEHIND = 60
"""Seconds after which nobody is writing it any more."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where exchanges are recorded: the region of a real org, or the name of another target."""

    target: str
    region: str | None = None


@dataclass
class Recorder:
    """Keeps exchanges in a folder, where there is one: one file each, named by time and number.

    ``tokens`` maps the values of tokens to their names in the default org. Raises ``OSError``.
    """

    folder: Path | None
    origin: Origin
    cleaner: Cleaner = field(default_factory=Cleaner)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _orgs: dict[str, int] = field(default_factory=dict, repr=False)
    _count: int = 0

    def __post_init__(self) -> None:
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(self.folder, before=self.now().timestamp() - LEFT_BEHIND)
        self._run = f"{self.now():%Y%m%dT%H%M%S}-{os.urandom(2).hex()}"

    def learn(self, tokens: Mapping[str, str], names: Mapping[str, str], numbers: Iterable[str]) -> None:
        """Take in what stands for what: tokens by name, ids by theirs in the default org, numbers to ring."""
        self.tokens.update({value: name for name, value in tokens.items()})
        # The tokens of a run come org by org, and what is done in one leaves the others as they are.
        self._orgs.update(dict.fromkeys(tokens.values(), len(set(self._orgs.values())) + 1))
        for token in tokens.values():
            self.cleaner.secrets.add(token)
        self.cleaner.names.update(names)
        for number in numbers:
            self.cleaner.numbers.adopt(number)

    def keep(self, request: requests.PreparedRequest, response: requests.Response, seconds: float) -> None:
        """Clean one exchange and write it."""
        self._count += 1
        self.take(f"{self._run}-{self._count:04d}.har", self._har(request, response, seconds))

    def take(self, name: str, har: Har) -> None:
        """Write one clean exchange. Raises ``OSError``, which names the folder."""
        if not self.folder:
            return
        try:
            with atomic_write(self.folder / name) as file:
                file.write(json.dumps(har, indent=1, ensure_ascii=False))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.folder)) from error

    def _har(self, request: requests.PreparedRequest, response: requests.Response, seconds: float) -> Har:
        sent = _bytes(request.body)
        self._meet(request, sent, response)
        entry = {
            "startedDateTime": self.now().isoformat(timespec="milliseconds"),
            "time": round(seconds * 1000, 1),
            "request": self._request(request, sent),
            "response": self._response(response),
            "cache": {},
            "timings": {"send": 0, "wait": round(seconds * 1000, 1), "receive": 0},
            MARK: self._mark(request, sent),
        }
        return {
            "log": {"version": "1.2", "creator": {"name": "Ringback", "version": VERSION}, "entries": [entry]}
        }

    def _meet(self, request: requests.PreparedRequest, sent: bytes, response: requests.Response) -> None:
        """Learn what an exchange tells, before any of it is written."""
        secrets = self.cleaner.secrets
        secrets.meet_text(request.url or "")
        secrets.meet(_texts(request.headers), sent)
        secrets.meet(_texts(response.headers), response.content)
        if urlsplit(request.url or "").path.endswith(ME):
            self._meet_me(request, response)

    def _meet_me(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Give the user of a token the id that its user has in the default org."""
        known = default_org().token_by_value.get(self.tokens.get(_token(request), ""))
        with suppress(ValueError, TypeError, KeyError):
            real = response.json()["id"]
            if known and known.user and is_uuid(real):
                self.cleaner.names.setdefault(real.lower(), known.user)

    def _mark(self, request: requests.PreparedRequest, sent: bytes) -> dict[str, Any]:
        token = _token(request)
        return {
            "target": self.cleaner.text(self.origin.target),
            "region": self.origin.region,
            "contract": contract_of(sent),
            "token": self.tokens.get(token),
            "org": self._orgs.get(token),
        }

    def _request(self, request: requests.PreparedRequest, sent: bytes) -> dict[str, Any]:
        content_type = request.headers.get("Content-Type", "")
        body = self.cleaner.body(sent, content_type) if sent else b""
        url = self.cleaner.text(request.url or "")
        shown: dict[str, Any] = {
            "method": request.method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self._headers(request.headers),
            "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
            "headersSize": -1,
            "bodySize": len(body),
        }
        if body:
            shown["postData"] = {"mimeType": content_type, **_text(body)}
        return shown

    def _response(self, response: requests.Response) -> dict[str, Any]:
        content_type = response.headers.get("Content-Type", "")
        body = self.cleaner.body(response.content, content_type, answer=True) if response.content else b""
        return {
            "status": response.status_code,
            "statusText": response.reason or "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self._headers(response.headers),
            "content": {"size": len(body), "mimeType": content_type, **_text(body)},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(body),
        }

    def _headers(self, headers: Mapping[str, str]) -> list[dict[str, str]]:
        return _pairs(self.cleaner.headers(_texts(headers)).items())


def contract_of(body: bytes) -> Contract | None:
    """The contract that a body is written in, where it is one that places a call."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return recognise(value) if isinstance(value, dict) else None


def _remove_leftovers(folder: Path, before: float) -> None:
    """Remove what killed runs were writing, but not what another is."""
    for path in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _token(request: requests.PreparedRequest) -> str:
    return bearer(request.headers.get("authorization")) or ""


def _text(body: bytes) -> dict[str, str]:
    """A body as HAR writes it: text where it is UTF-8, base64 elsewhere."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def _texts(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }

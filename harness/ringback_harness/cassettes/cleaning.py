"""What of an exchange may touch the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ringback_contracts.domain.addresses import AddressError, HostKind, parse_sip
from ringback_contracts.domain.numbers.emergency import is_emergency
from ringback_contracts.http.written import Members
from ringback_contracts.privacy import HIDDEN, redact_body, redact_headers, redact_text
from ringback_contracts.privacy.kept import is_count
from ringback_contracts.privacy.known import KnownSecrets
from ringback_contracts.privacy.names import names_secret
from ringback_contracts.privacy.people import ADDRESSES, NAMES, is_example, is_nobodys, without_users
from ringback_contracts.privacy.values import written
from ringback_harness.cassettes.numbers import StableNumbers
from ringback_harness.cassettes.people import StablePeople

LEAST_DIGITS = 7
"""As many make a telephone number."""
LEAST_NUMBER = 10 ** (LEAST_DIGITS - 1)
"""A JSON number that may be one."""
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\](?::[0-9]+)?|[^;?]*)(.*)", re.DOTALL)
Mark = Callable[[str], str]
"""Puts marks and stand-ins into a text."""


@dataclass
class Cleaner:
    """Takes out secrets, and puts stand-ins in for numbers, people and the ids in ``names``."""

    numbers: StableNumbers = field(default_factory=StableNumbers)
    people: StablePeople = field(default_factory=StablePeople)
    secrets: KnownSecrets = field(default_factory=KnownSecrets)
    names: dict[str, str] = field(default_factory=dict, repr=False)

    def text(self, text: str) -> str:
        """A text, such as a URL."""
        self.secrets.meet_text(text)
        return self.numbers.fill(redact_text(self.numbers.mark(self._named(text))))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Header fields; of credentials the scheme stays."""
        self.secrets.meet(headers)
        marked = {
            name: value if is_count(name, value) else self._answered(value) for name, value in headers.items()
        }
        return {name: self.numbers.fill(value) for name, value in redact_headers(marked).items()}

    def body(self, body: bytes, content_type: str, *, answer: bool = False) -> bytes:
        """A body, as it was sent where nothing had to be taken out of it.

        In an ``answer`` whatever looks like an address of somebody's is one; in a request one of a domain
        for documentation may be just what a rule is about.
        """
        self.secrets.meet({}, body, content_type)
        plain = body.replace(b"\0", b"").decode("utf-8", "replace")
        if plain.encode() != body:
            return self._undecodable(body, plain, content_type)
        marked, is_json = self._marked(body, self._answered if answer else self._sent)
        shown = redact_body(marked, content_type)
        return body if shown.encode() == body else self.numbers.fill(shown, in_json=is_json).encode()

    def _marked(self, body: bytes, mark: Mark) -> tuple[bytes, bool]:
        """The body with its marks, and whether it is JSON."""
        try:
            value = json.loads(body, object_pairs_hook=Members)
        except (ValueError, RecursionError):
            return mark(body.decode()).encode(), False
        self._meet_people(value)
        marked = self._leaf(value, mark)
        return body if marked == value else written(marked).encode("utf-8", "backslashreplace"), True

    def _meet_people(self, value: Any) -> None:
        """Know everybody whom a field for it names, so that they are found wherever else they stand."""
        if isinstance(value, Members):
            pair = _is_pair(value)
            for name, member in value:
                if self._stand_in(name, member, pair=pair) is None:
                    self._meet_people(member)
        elif isinstance(value, list):
            for item in value:
                self._meet_people(item)

    def _stand_in(self, name: str, value: Any, *, pair: bool) -> str | None:
        """What stands in for who is named by a member, if it is one that names somebody.

        In a pair of name and value, as Postman writes them, the name may tell of a secret.
        """
        if isinstance(value, str) and name in ADDRESSES:
            return self.people.address(value)
        if isinstance(value, str) and name in NAMES and not (pair and names_secret(value)):
            return self.people.name(value)
        return None

    def _undecodable(self, body: bytes, plain: str, content_type: str) -> bytes:
        """Bytes that are no UTF-8 stay where they hide nothing, since they are the point of it."""
        clean = self.text(redact_body(plain.encode(), content_type))
        return body if clean == plain == redact_body(body, content_type) else clean.encode()

    def _leaf(self, value: Any, mark: Mark) -> Any:
        if isinstance(value, Members):
            pair = _is_pair(value)
            return Members(
                (mark(name), self._member(name, member, mark, pair=pair)) for name, member in value
            )
        if isinstance(value, list):
            return [self._leaf(item, mark) for item in value]
        if isinstance(value, str):
            return self._sip(value, mark) or mark(value)
        if isinstance(value, int | float) and isfinite(value) and abs(value) >= LEAST_NUMBER:
            return self.numbers.mark_json(value)
        return value

    def _member(self, name: str, value: Any, mark: Mark, *, pair: bool) -> Any:
        stand_in = self._stand_in(name, value, pair=pair)
        if stand_in is not None:
            return stand_in
        return value if is_count(name, value) else self._leaf(value, mark)

    def _sip(self, text: str, mark: Mark) -> str | None:
        """A stand-in for the SIP URI that a text is, if its user is escaped or its host an IP address.

        Read by its grammar, for a pattern finds neither where such a user begins nor that such a host is no
        number. What stands behind the host is marked as any text is. A user that is a number is none's name.
        """
        try:
            uri = parse_sip(text)
        except AddressError:
            return None
        if sum(map(str.isdigit, uri.user)) >= LEAST_DIGITS or is_emergency(text):
            return None
        by_ip = uri.host_kind in (HostKind.IPV4, HostKind.IPV6)
        head, _, rest = text.partition("@")
        if not by_ip and ("%" not in head or is_nobodys(uri.host) or uri.host_kind is HostKind.LABEL):
            return None
        host, tail = _HOST_AND_PORT.match(rest).groups()  # type: ignore[union-attr]  # it was parsed
        person, _, example = self.people.address(f"{uri.user}@{uri.host}").partition("@")
        password = "" if uri.password is None else f":{HIDDEN}"
        place = host if by_ip else example
        return self.numbers.keep(f"{head.partition(':')[0]}:{person}{password}@{place}") + mark(tail)

    def _sent(self, text: str) -> str:
        return self.numbers.mark(self.people.addresses_in(self._named(text), but=is_nobodys))

    def _answered(self, text: str) -> str:
        return self.numbers.mark(self.people.addresses_in(self._named(text), but=is_example))

    def _named(self, text: str) -> str:
        text = without_users(self.secrets.hidden_in(text))
        for real, known in self.names.items():
            text = re.sub(re.escape(real), known, text, flags=re.IGNORECASE)
        return self.people.known_in(text)


def _is_pair(members: Members) -> bool:
    return any(name == "value" for name, _ in members)

"""What is to be known of a request that places a call: whom it dials, for whom, and as what number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ringback_contracts.core.case import Case
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import CONTRACTS, PARTICIPANTS, PUBLISHED, Contract
from ringback_contracts.domain.addresses import CampaignAddress, SipAddress, TelAddress, UserAddress
from ringback_contracts.domain.numbers import Assessment, Dialled, NotDialable, assess, dialable
from ringback_contracts.org import User
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.forms import Endpoint

SIP, FLAWED, TYPED = "a SIP address", "an address that cannot be read", "an address with a type"
"""Marks of a request beside the keys of its body."""


class CallFacts(Case):
    """A request to place a call."""

    contracts: ClassVar[tuple[Contract, ...]] = CONTRACTS

    @lazy
    def contract(self) -> Contract | None:
        """The contract the body is judged by; none where there is no body to judge."""
        if self.body is None:
            return None
        return forms.recognise(self.body) if self.org.contract == "any" else self.org.contract

    @lazy
    def marks(self) -> frozenset[str]:
        """The keys of the body, and what its addresses are."""
        marks = [*self.body] if self.body is not None else []
        if self.sip_endpoints:
            marks.append(SIP)
        if self.endpoints and self.flawed_endpoints:
            marks.append(FLAWED)
        if self.endpoints and any(endpoint.declared is not None for endpoint in self.endpoints):
            marks.append(TYPED)
        return frozenset(marks)

    @property
    def heeded(self) -> tuple[str, ...]:
        return ("to", "from") if self.contract == PARTICIPANTS else super().heeded

    @lazy
    def published(self) -> Mapping[str, Any] | None:
        """The body, where it is a published one that places a call."""
        return self.body if self.contract == PUBLISHED else None

    @lazy
    def destinations(self) -> list[str]:
        return forms.destinations(self.published) if self.published is not None else []

    @lazy
    def misnamed(self) -> list[str]:
        """Keys of the body that mean an address and are not read as one."""
        if self.contract != PARTICIPANTS or self.body is None:
            return []
        return sorted(forms.MISNAMED_KEYS & self.body.keys())

    @lazy
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The addresses written in ``to`` and ``from``, as far as they are there."""
        if self.contract != PARTICIPANTS or self.body is None:
            return ()
        sides: tuple[forms.Side, ...] = ("to", "from")
        return tuple(forms.read_endpoint(side, self.body[side]) for side in sides if side in self.body)

    @lazy
    def sip_endpoints(self) -> tuple[Endpoint, ...]:
        """Every SIP address of the body, whichever contract it is written in."""
        if self.published is not None:
            endpoint = forms.read_sip_number(self.published.get("phoneNumber"))
            return (endpoint,) if endpoint else self._sip_parties()
        return tuple(endpoint for endpoint in self.endpoints if endpoint.meant_as_sip)

    def _sip_parties(self) -> tuple[Endpoint, ...]:
        if not self.parties:
            return ()
        read = (
            forms.read_sip_number(party.get("address"), f"/participants/{position}/address")
            for position, party in enumerate(self.parties)
        )
        return tuple(endpoint for endpoint in read if endpoint)

    @lazy
    def plain_endpoints(self) -> tuple[Endpoint, ...]:
        """The addresses in ``to`` and ``from`` that nobody meant as SIP."""
        if not self.sip_endpoints:
            return self.endpoints
        return tuple(endpoint for endpoint in self.endpoints if endpoint not in self.sip_endpoints)

    @lazy
    def flawed_endpoints(self) -> tuple[Endpoint, ...]:
        """The plain addresses that cannot be read: as a rule none, and then nobody looks further."""
        return tuple(endpoint for endpoint in self.plain_endpoints if endpoint.address is None)

    @lazy
    def assessment(self) -> Assessment | None:
        """What is known of the number in ``to``."""
        return assess(self.to.number, self.org.region) if isinstance(self.to, TelAddress) else None

    def endpoint(self, side: str) -> Endpoint | None:
        for endpoint in self.endpoints:
            if endpoint.side == side:
                return endpoint
        return None

    @lazy
    def to(self) -> TelAddress | UserAddress | SipAddress | CampaignAddress | None:
        endpoint = self.endpoint("to")
        return endpoint.address if endpoint else None

    @lazy
    def from_(self) -> TelAddress | UserAddress | SipAddress | CampaignAddress | None:
        endpoint = self.endpoint("from")
        return endpoint.address if endpoint else None

    @lazy
    def dialled(self) -> Dialled | NotDialable | None:
        """The published ``phoneNumber`` as digits, or why it is none; ``None`` for a SIP URI or no text."""
        text = self.published.get("phoneNumber") if self.published is not None else None
        if not isinstance(text, str) or forms.has_sip_scheme(text):
            return None
        return read_number(text)

    @lazy
    def from_user_id(self) -> str | None:
        """The user that the body or the path names as the one who calls."""
        return self.path_user_id or (self.from_.id if isinstance(self.from_, UserAddress) else None)

    @property
    def path_user_id(self) -> str | None:
        """The user in the path, for whom the call is placed."""
        return self.route.params.get("userId")

    @lazy
    def acting_user(self) -> User | None:
        """Whose phone places the call: the path's user, else ``from``'s, else the token's."""
        if self.from_user_id is not None:
            return self.org.user_by_id.get(self.from_user_id.lower())
        if isinstance(self.from_, CampaignAddress):
            return None
        return self.caller.user

    @lazy
    def parties(self) -> Sequence[Mapping[str, Any]]:
        """The entries of a published ``participants`` list that are objects."""
        listed = self.published.get("participants") if self.published is not None else None
        return [party for party in listed if isinstance(party, dict)] if isinstance(listed, list) else ()

    def text(self, key: str) -> str | None:
        """A field of a published body, where it is a text that says something."""
        value = self.published.get(key) if self.published is not None else None
        return value if isinstance(value, str) and value else None


def read_number(text: str) -> Dialled | NotDialable:
    """Digits to dial, or the reason why the text has none."""
    try:
        return dialable(text)
    except NotDialable as error:
        return error.with_traceback(None)  # which would keep all that the request has made

"""What to send for a call: the body in either contract, and the path it goes to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringback_client.errors import ConfigurationError, InvalidRequest, MalformedAddress
from ringback_contracts.core.model import CONTRACTS, PARTICIPANTS, Contract, Request
from ringback_contracts.domain.addresses import CampaignAddress, SipAddress, TelAddress, UserAddress
from ringback_contracts.http.written import Members, as_written
from ringback_contracts.resources.calls.forms import DESTINATION_KEYS
from ringback_contracts.resources.calls.paths import CALLS_PATH

Address = str | TelAddress | UserAddress | SipAddress | CampaignAddress
Fields = Mapping[str, object]

RINGING_KEYS = frozenset(DESTINATION_KEYS) - {"conversationIds"} | {
    *("to", "toAddress"),
    # Those by which a consult, a transfer and a call back name somebody.
    *("address", "callNumber", "callbackNumbers", "destination", "queueId", "userId"),
}
CALLER_KEYS = ("callerId", "from", "fromAddress")
ID_KEYS = frozenset({"callUserId", "callQueueId", "id", "userId", "queueId"})
WORD_KEYS = frozenset({"type", "name"})


@dataclass(frozen=True, slots=True)
class CallDraft:
    """A body, and the user on whose behalf it is posted, where that stands in the path."""

    body: Fields
    user_id: str | None = None


def draft(to: Address, from_: Address | None, contract: Contract, fields: Fields) -> CallDraft:
    """The request for a call in the words of a contract; whether it is a good one is not asked here.

    Raises ``MalformedAddress`` for what is no address at all, and for a published caller that has no place in
    a body; ``ConfigurationError`` for a field that is given twice, for fields that are no mapping, and for a
    contract that is none.
    """
    if not isinstance(fields, Mapping):
        raise ConfigurationError(f"'fields' is {_kind(fields)}; give a mapping of names to values")
    if contract not in CONTRACTS:
        raise ConfigurationError(f"{contract!r} is no contract; there are {' and '.join(CONTRACTS)}")
    made = _participants(to, from_) if contract == PARTICIPANTS else _published(text_of("to", to), from_)
    if twice := sorted(made.body.keys() & fields.keys()):
        raise ConfigurationError(f"{twice[0]} is given twice: as an address and in the further fields")
    return CallDraft({**made.body, **fields}, made.user_id)


def text_of(parameter: str, address: object) -> str:
    """An address as a ``to`` / ``from`` body has it; raises ``MalformedAddress`` for what is none."""
    match address:
        case str():
            return address
        case UserAddress():
            return f"user:{address.id}"
        case CampaignAddress():
            return f"campaign:{address.id}"
        case TelAddress() | SipAddress():
            return address.text
        case _:
            raise MalformedAddress(
                f"'{parameter}' is {_kind(address)}, which is no address; give a text such as "
                "tel:+442079460100, or a value of ringback_contracts.domain.addresses. Nothing was sent"
            )


def _kind(value: object) -> str:
    """What a parameter is instead, without its value, which may be somebody's number."""
    return "None (from a variable that is not set?)" if value is None else f"of type {type(value).__name__}"


def _participants(to: Address, from_: Address | None) -> CallDraft:
    caller = {} if from_ is None else {"from": text_of("from_", from_)}
    return CallDraft({"to": text_of("to", to), **caller})


def _published(to: str, from_: Address | None) -> CallDraft:
    scheme, rest = split(to)
    destination = (
        {"callUserId": rest} if scheme == "user" else {"phoneNumber": rest if scheme == "tel" else to}
    )
    if from_ is None:
        return CallDraft(destination)
    caller = text_of("from_", from_)
    scheme, rest = split(caller)
    if scheme == "user":
        return CallDraft(destination, user_id=rest)
    return CallDraft({**destination, "callerId": _caller_id(scheme, rest)})


def _caller_id(scheme: str, rest: str) -> str:
    if scheme == "tel" or (not scheme and re.fullmatch(r"[+0-9][-.() 0-9]*", rest)):
        return rest
    if scheme == "campaign":
        raise MalformedAddress(
            "a published body has no place for a campaign; send it with contract='participants'"
        )
    raise MalformedAddress("the caller is neither user: and an id nor a number such as tel:+442079460001")


def split(text: str) -> tuple[str, str]:
    """The scheme of an address in lower case, empty where there is none, and what follows it."""
    scheme, colon, rest = text.partition(":")
    return (scheme.lower(), rest) if colon else ("", text)


def request(body: object, user_id: str | None = None) -> Request:
    """The POST that carries a body: a JSON value, or bytes that go as they stand.

    Raises ``InvalidRequest`` for what is no JSON, and ``MalformedAddress`` for a user id that no path can
    hold.
    """
    headers = {"content-type": "application/json", "accept": "application/json"}
    path = CALLS_PATH if user_id is None else f"{CALLS_PATH}/user/{segment(user_id, MalformedAddress)}"
    return Request("POST", path, headers, body if isinstance(body, bytes) else encoded(body))


def encoded(body: object) -> bytes:
    """A value as JSON; raises ``InvalidRequest`` for what is none."""
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body cannot be written as JSON: {error}") from error


def segment(text: object, error: type[InvalidRequest] = InvalidRequest) -> str:
    """An id as a part of a path; raises ``error`` for what is none, and for one that would lead elsewhere."""
    if not isinstance(text, str):
        raise error(f"the id is {_kind(text)}; it goes into a path, so give a text")
    if not re.fullmatch(r"(?!\.{1,2}\Z)[A-Za-z0-9._~-]+", text):
        raise error("the id is empty or holds characters that no id has; it goes into a path")
    return text


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom a request rings, and as whom: every text and number in the places where a body names them.

    ``dialled`` are those that a telephone network may get to see; ``ids`` name users and queues.
    """

    dialled: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    caller: str | None = None


_BETWEEN = re.compile(r"""["'{}\[\]&=\n]+""")
"""What stands between the words of a body that is no JSON."""


def loose_words(body: bytes) -> Iterator[str]:
    """The words of a body that is no JSON, in which a lenient reader might find a number."""
    try:
        as_written(body)
    except (ValueError, RecursionError):
        yield from (word.strip(" \t\r,:") for word in _BETWEEN.split(body.decode("utf-8", "replace")))


def parties(request: Request) -> Parties:
    """Read the parties out of any body, of a repeated key each; there are none in what is no JSON object."""
    try:
        body = as_written(request.body)
    except (ValueError, RecursionError):
        return Parties()
    if not isinstance(body, Members):
        return Parties()
    rung = [found for key, value in body if key in RINGING_KEYS for found in _texts(key, value)]
    callers = [found for key, value in body if key in CALLER_KEYS for found in _texts(key, value)]
    _, on_behalf, user_id = request.path.partition(f"{CALLS_PATH}/user/")
    return Parties(
        tuple(text for key, text in rung if key not in ID_KEYS | WORD_KEYS),
        tuple(text for key, text in rung if key in ID_KEYS),
        user_id if on_behalf else next((text for key, text in callers if key not in WORD_KEYS), None),
    )


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    """The texts within a value, each with the key that it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Members):
        for inner_key, inner in value:
            yield from _texts(inner_key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(key, inner)

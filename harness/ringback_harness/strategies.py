"""Hypothesis strategies for what a call request is made of: addresses, numbers, bodies, whole requests.

They are built from the grammars of RFC 3261 and RFC 3966, libphonenumber, the schemas and the entities of an
org. Most of what they give is well-formed or nearly so, since that is where rules are decided.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ParamSpec, TypeVar

import phonenumbers
from hypothesis import strategies as st

from ringback_contracts import schemas
from ringback_contracts.core.model import Request
from ringback_contracts.domain.numbers import RESERVED
from ringback_contracts.org import Org, default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_contracts.resources.calls.paths import CALLS_PATH

__all__ = [
    "addresses",
    "bodies",
    "dialled_numbers",
    "edited",
    "example_number",
    "host_names",
    "json_values",
    "near",
    "numbers",
    "participants_bodies",
    "published_bodies",
    "requests",
    "sip_hosts",
    "sip_uris",
    "tel_uris",
]

Json = dict[str, Any]
Texts = st.SearchStrategy[str]
T = TypeVar("T")
P = ParamSpec("P")


def _once(build: Callable[P, st.SearchStrategy[T]]) -> Callable[P, st.SearchStrategy[T]]:
    """Build a strategy once for all who ask, and keep its repr short: hypothesis writes it down a lot."""
    built: dict[Hashable, st.SearchStrategy[T]] = {}

    @functools.wraps(build)
    def named(*args: P.args, **kwargs: P.kwargs) -> st.SearchStrategy[T]:
        key = (args, tuple(sorted(kwargs.items())))
        if key not in built:
            built[key] = _named(build.__name__, st.deferred(lambda: build(*args, **kwargs)))
        return built[key]

    return named


def _named(name: str, strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    def drawn(draw: st.DrawFn) -> T:
        return draw(strategy)

    drawn.__name__ = drawn.__qualname__ = name
    return st.composite(drawn)()


# --- JSON ---------------------------------------------------------------------------------------------

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from([1.0, 0, -0.0, 2**70, "1", "\uff11\uff12", "outbound", "connected\n", "disconnected"])
)


@_once
def json_values() -> st.SearchStrategy[Any]:
    """Small JSON values of every kind, those included that readers stumble over."""
    return st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )


def near(expected: Any, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that fit a JSON schema of ours, or nearly do: any part of them may be anything instead."""
    if not isinstance(expected, dict) or depth == 0:
        return json_values()
    if "$ref" in expected:
        return st.deferred(lambda: near(schemas.referred(expected["$ref"]), depth - 1))
    return _fitting(expected, depth) | _fitting(expected, depth) | json_values()


def _fitting(expected: Json, depth: int) -> st.SearchStrategy[Any]:
    if "anyOf" in expected:
        return st.one_of([near(option, depth) for option in expected["anyOf"]])
    if "const" in expected or "enum" in expected:
        return st.sampled_from(expected.get("enum") or [expected["const"]])
    if "pattern" in expected:
        # The end is left open half of the time: what follows a match must be seen.
        return st.from_regex(expected["pattern"]) | st.from_regex(expected["pattern"].partition("(?!")[0])
    return st.one_of([_of_kind(kind, expected, depth) for kind in _kinds(expected)])


def _kinds(expected: Json) -> list[str]:
    kinds = expected.get("type", [])
    return kinds if isinstance(kinds, list) and kinds else [kinds or "string"]


def _of_kind(kind: str, expected: Json, depth: int) -> st.SearchStrategy[Any]:
    if kind == "array":
        return st.lists(near(expected.get("items"), depth), max_size=3)
    if kind == "object":
        return _objects(expected, depth)
    plain = {
        "string": st.text(max_size=8),
        "integer": st.integers(),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return plain.get(kind, st.floats(allow_nan=False, allow_infinity=False))


def _objects(expected: Json, depth: int) -> st.SearchStrategy[Any]:
    properties = {key: near(value, depth) for key, value in expected.get("properties", {}).items()}
    required = {key: value for key, value in properties.items() if key in expected.get("required", ())}
    optional = {key: value for key, value in properties.items() if key not in required}
    others = st.dictionaries(
        st.text(max_size=5), near(expected.get("additionalProperties"), depth), max_size=2
    )
    known = st.fixed_dictionaries(required, optional=optional)
    return st.builds(lambda one, other: other | one, known, others)


# --- texts that are nearly right ----------------------------------------------------------------------

_TROUBLE = "sip:tel@;?&=%#+-_.[](){}<>\"'`~,/\\|^!*$ \t\n\x00019aAfFgGzZ\u0663\uff19\xe9\u200b\ud800"


@st.composite
def edited(draw: st.DrawFn, texts: Texts) -> str:
    """A text with up to three characters taken out, put in or replaced."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from(["", *_TROUBLE])) + text[at + taken :]
    return text


# --- SIP URIs, by RFC 3261 section 25 -----------------------------------------------------------------

_ESCAPES = st.builds("%{}{}".format, *[st.sampled_from("0123456789abcdefABCDEF")] * 2)


def _characters(extra: str, *, least: int = 1) -> Texts:
    """Texts of unreserved characters, these others and escapes."""
    character = st.sampled_from("abcXYZ0189-_.!~*'()" + extra) | _ESCAPES
    return st.lists(character, min_size=least, max_size=6).map("".join)


_LABELS = st.from_regex(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,4}[a-zA-Z0-9])?", fullmatch=True)
_TOPS = st.from_regex(r"[a-zA-Z](?:[a-zA-Z0-9-]{0,4}[a-zA-Z0-9])?", fullmatch=True)


@_once
def host_names() -> Texts:
    """Names of hosts, with a dot at the end at times."""
    return st.builds(
        lambda labels, top, dot: ".".join([*labels, top]) + dot,
        st.lists(_LABELS, max_size=2),
        _TOPS,
        st.sampled_from(["", "."]),
    )


@_once
def sip_hosts() -> Texts:
    """Hosts of SIP URIs: names and IP addresses."""
    ipv6 = st.ip_addresses(v=6).flatmap(lambda found: st.sampled_from([found.compressed, found.exploded]))
    return host_names() | st.ip_addresses(v=4).map(str) | ipv6.map("[{}]".format)


@_once
def _sip_parameters() -> Texts:
    tokens = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=5)
    values = _characters("[]/:&+$")
    known = st.one_of(
        st.builds("{}={}".format, st.sampled_from(["transport", "user", "method", "Transport"]), tokens),
        st.builds("ttl={}".format, st.integers(0, 400)),
        st.builds("maddr={}".format, sip_hosts()),
        st.just("lr"),
    )
    other = st.builds(lambda name, value: f"{name}{value}", values, st.just("") | values.map("={}".format))
    return st.lists(known | other, max_size=3).map(lambda found: "".join(f";{item}" for item in found))


@_once
def _sip_headers() -> Texts:
    header = st.builds("{}={}".format, _characters("[]/?:+$"), _characters("[]/?:+$", least=0))
    return st.lists(header, max_size=2).map(lambda found: "?" + "&".join(found) if found else "")


@_once
def sip_uris() -> Texts:
    """SIP and SIPS URIs with a user; some break a rule that RFC 3261 gives in prose."""
    return st.builds(
        "{}:{}{}@{}{}{}{}".format,
        st.sampled_from(["sip", "sips", "SIP", "Sips"]),
        _characters("&=+$,;?/"),
        st.just("") | _characters("&=+$,", least=0).map(":{}".format),
        sip_hosts(),
        st.just("") | st.integers(0, 70_000).map(":{}".format),
        _sip_parameters(),
        _sip_headers(),
    )


# --- tel URIs, by RFC 3966 section 3 ------------------------------------------------------------------


@_once
def _tel_parameters() -> Texts:
    names = st.from_regex(r"[a-zA-Z0-9-]{1,4}", fullmatch=True)
    values = st.lists(st.sampled_from([*"aZ09-_.!~*'()[]/:&+$", "%20", "%C3%A9"]), min_size=1, max_size=5)
    parameter = st.one_of(
        st.builds("ext={}".format, st.text("0123456789-.()", max_size=8)),
        st.builds("isub={}".format, st.text("aZ09/?:@&=+$,-", min_size=1, max_size=5)),
        st.builds("{}={}".format, st.sampled_from(["phone-context", "Phone-Context"]), _contexts()),
        names,
        st.builds("{}={}".format, names, values.map("".join)),
    )
    return st.lists(parameter, max_size=2).map(lambda found: "".join(f";{item}" for item in found))


def _global_digits() -> Texts:
    return st.text("0123456789-.()", max_size=8).map("+{}".format)


def _contexts() -> Texts:
    return st.lists(_LABELS, min_size=1, max_size=3).map(".".join) | _global_digits()


@_once
def tel_uris() -> Texts:
    """Tel URIs, global and local; some break a rule that RFC 3966 gives in prose."""
    local = st.text("0189aAfF*#-.()", max_size=8)
    number = _global_digits() | local | st.builds("{};phone-context={}".format, local, _contexts())
    return st.builds("{}{}{}".format, st.sampled_from(["tel:", "TEL:", "Tel:"]), number, _tel_parameters())


# --- numbers ------------------------------------------------------------------------------------------


def example_number(region: str) -> str | None:
    """The number that libphonenumber gives as the region's example, in E.164."""
    number = phonenumbers.example_number(region)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _examples() -> list[str]:
    return [number for region in sorted(phonenumbers.SUPPORTED_REGIONS) if (number := example_number(region))]


@_once
def numbers() -> Texts:
    """Numbers written as E.164: examples of every region, reserved ones, and digits that are nobody's."""
    return st.one_of(
        st.integers(100, 199).map("+442079460{}".format),
        st.sampled_from(_examples()),
        st.sampled_from(RESERVED).flatmap(lambda kept: st.from_regex(kept.pattern, fullmatch=True)),
        st.text("0123456789", max_size=18).map("+{}".format),
        st.text("0123456789", min_size=9, max_size=9).map("+1{}".format),
        st.text("0123456789ABCZ", min_size=3, max_size=11).map("+1{}".format),
    )


@_once
def dialled_numbers() -> Texts:
    """What people write in ``phoneNumber``: E.164, separators, national digits, extensions, SIP URIs."""
    separated = st.sampled_from(
        ["+44 20 7946 0100", "(317) 222-2222", "+1-317-222-2222", "tel:+442079460100", "30005", "x", ""]
    )
    return st.one_of(numbers(), separated, numbers().map(lambda text: text[1:]), sip_uris())


# --- addresses and bodies -----------------------------------------------------------------------------

_NOBODY = "00000000-0000-4000-8000-00000000dead"


def _ids(known: list[str]) -> Texts:
    return st.sampled_from([*known, _NOBODY]) | st.sampled_from(known).map(str.upper)


@_once
def addresses(org: Org | None = None) -> Texts:
    """Addresses as texts: numbers, users, campaigns and SIP URIs, known and unknown, right and nearly so."""
    org = org or default_org()
    right = st.one_of(
        numbers().map("tel:{}".format),
        st.sampled_from([*org.numbers, "+442079460009"]).map("tel:{}".format),
        _ids(list(org.user_by_id)).map("user:{}".format),
        _ids(list(org.campaign_by_id)).map("campaign:{}".format),
        sip_uris(),
        tel_uris(),
        st.sampled_from(["sip:agent@example.com", "sip:agent", "agent@example.com", "sip:agent@pbx"]),
        st.sampled_from(["+442079460100", "555-123-4567", "callto:+442079460100", "user:not-a-uuid"]),
    )
    return right | right | edited(right)


def _address_objects(org: Org, side: str) -> st.SearchStrategy[Any]:
    texts = addresses(org)
    names = {"name": st.text(max_size=5)}
    kinds = st.sampled_from(["tel", "sip", "user", "campaign", "phone", 5])
    return st.one_of(
        st.fixed_dictionaries({side: texts}),
        st.fixed_dictionaries({"type": kinds, "address": texts}, optional=names),
        st.fixed_dictionaries({"type": kinds, "id": _ids(list(org.user_by_id))}, optional=names),
        st.fixed_dictionaries({"address": texts}),
        st.fixed_dictionaries({"type": kinds}),
        near(schemas.schema("CallTo" if side == "to" else "CallFrom")),
    )


@_once
def participants_bodies(org: Org | None = None) -> st.SearchStrategy[Json]:
    """Bodies with ``to`` and ``from``; a few lack one, misname one or mix in a published field."""
    org = org or default_org()
    alice = org.users[0].id
    to = addresses(org) | _address_objects(org, "to")
    from_ = st.just(f"user:{alice}") | addresses(org) | _address_objects(org, "from")
    usual = st.fixed_dictionaries({"to": to, "from": from_})
    right = st.fixed_dictionaries({"to": to, "from": st.just(f"user:{alice}")})
    odd = st.fixed_dictionaries(
        {},
        optional={
            "to": to,
            "from": from_,
            "toAddress": to,
            "phoneNumber": dialled_numbers(),
            "type": st.none(),
        },
    ).filter(lambda body: not {"to", "from", "toAddress"}.isdisjoint(body))
    return usual | right | odd


@_once
def published_bodies(org: Org | None = None) -> st.SearchStrategy[Json]:
    """Bodies of ``CreateCallRequest``: as a rule with one destination, now and then with wrong types."""
    org = org or default_org()
    destinations: Mapping[str, st.SearchStrategy[Any]] = {
        "phoneNumber": dialled_numbers(),
        "callUserId": _ids(list(org.user_by_id)),
        "callQueueId": _ids(list(org.queue_by_id)),
        "conversationIds": st.lists(st.just(_NOBODY), max_size=1),
        "participants": st.lists(_parties(org), max_size=3),
    }
    shown = {
        "callerId": dialled_numbers(),
        "callFromQueueId": _ids(list(org.queue_by_id)),
        "label": st.none(),
    }
    single = st.sampled_from(sorted(destinations)).flatmap(
        lambda key: st.fixed_dictionaries({key: destinations[key]}, optional=shown)
    )
    several = st.fixed_dictionaries({}, optional={**destinations, **shown})
    loose = near(schemas.schema("CreateCallRequest")).filter(lambda body: isinstance(body, dict))
    return single | single | several | loose


def _parties(org: Org) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "address": dialled_numbers(),
            "userId": _ids(list(org.user_by_id)),
            "queueId": _ids(list(org.queue_by_id)),
            "name": st.text(max_size=5),
        },
    )


@_once
def bodies(org: Org | None = None) -> st.SearchStrategy[Any]:
    """Bodies of either contract, and JSON values that are none."""
    keys = st.sampled_from([*sorted(PUBLISHED_KEYS), "to", "from", "toAddress"])
    odd = json_values() | st.dictionaries(keys, json_values(), max_size=3)
    return published_bodies(org) | participants_bodies(org) | odd


# --- requests -----------------------------------------------------------------------------------------

_JSON = "application/json"


def requests(
    org: Org | None = None, *, body: st.SearchStrategy[Any] | None = None
) -> st.SearchStrategy[Request]:
    """Requests that place a call, most of them of the first user's, to either path."""
    org = org or default_org()
    first = org.tokens[0].value
    own = f"{CALLS_PATH}/user/{org.users[0].id}"
    others = [f"{CALLS_PATH}/user/{user.id}" for user in org.users]
    return st.builds(
        _request,
        st.sampled_from([first] * 16 + [*org.token_by_value, "nobody"]),
        st.sampled_from([CALLS_PATH] * 8 + [own] * 4 + others),
        st.sampled_from([_JSON] * 16 + [f"{_JSON}; charset=utf-8", "text/plain", ""]),
        bodies(org) if body is None else body,
    )


def _request(token: str, path: str, kind: str, body: Any) -> Request:
    headers = {"content-type": kind, "authorization": f"Bearer {token}", "host": "127.0.0.1"}
    return Request("POST", path, headers, json.dumps(body).encode())

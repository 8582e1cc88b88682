"""Hypothesis strategies for what a call request is made of: addresses, numbers, bodies, whole requests.

They are built from the grammars of RFC 3261 and RFC 3966, libphonenumber, the schemas and the entities of an
org. Most of what they give is well-formed or nearly so, since that is where rules are decided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import phonenumbers
from hypothesis import strategies as st

from ringback_contracts import schemas
from ringback_contracts.core.model import Request
from ringback_contracts.domain.numbers import RESERVED
from ringback_contracts.org import Org, default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.json_strategies import Json, built_once, json_values, near

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

Texts = st.SearchStrategy[str]


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


@built_once
def host_names() -> Texts:
    """Names of hosts, with a dot at the end at times."""
    return st.builds(
        lambda labels, top, dot: ".".join([*labels, top]) + dot,
        st.lists(_LABELS, max_size=2),
        _TOPS,
        st.sampled_from(["", "."]),
    )


@built_once
def sip_hosts() -> Texts:
    """Hosts of SIP URIs: names and IP addresses."""
    ipv6 = st.ip_addresses(v=6).flatmap(lambda found: st.sampled_from([found.compressed, found.exploded]))
    return host_names() | st.ip_addresses(v=4).map(str) | ipv6.map("[{}]".format)


@built_once
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


@built_once
def _sip_headers() -> Texts:
    header = st.builds("{}={}".format, _characters("[]/?:+$"), _characters("[]/?:+$", least=0))
    return st.lists(header, max_size=2).map(lambda found: "?" + "&".join(found) if found else "")


@built_once
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


@built_once
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


@built_once
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


@built_once
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


@built_once
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


@built_once
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


@built_once
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


@built_once
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


@built_once
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

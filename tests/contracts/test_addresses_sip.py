"""SIP URIs: the examples of RFC 3261, its grammar as the oracle, and each refusal with its place."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.domain.addresses import AddressError, HostKind, Reason, SipAddress, parse_sip
from ringback_harness.check.grammar import is_sip_address
from ringback_harness.strategies import edited, host_names, sip_uris
from tests.contracts.edits import refusal


def accepts(text: str) -> bool:
    return refusal(parse_sip, text) is None


@given(sip_uris())
def test_the_parser_takes_what_the_grammar_takes(text: str) -> None:
    assert accepts(text) == is_sip_address(text)


@given(edited(sip_uris()))
@example("sip:a@h?x=y?")
@example("sip:a@[::1]x")
@example("sip:a@1.2.3.04")
@example("sip:a@h;ttl")
@example("sip:a@h;%74tl=256")
@example("sip:a@h;x;%58")
@example("sip:a@h:" + "9" * 5000)
def test_the_parser_refuses_what_the_grammar_refuses(text: str) -> None:
    assert accepts(text) == is_sip_address(text)


RFC_EXAMPLES = [
    (
        "sip:alice@atlanta.com",
        SipAddress("alice", "atlanta.com", HostKind.DOMAIN, text="sip:alice@atlanta.com"),
    ),
    (
        "sip:alice:secretword@atlanta.com;transport=tcp",
        SipAddress(
            "alice",
            "atlanta.com",
            HostKind.DOMAIN,
            password="secretword",
            parameters=(("transport", "tcp"),),
            text="sip:alice:secretword@atlanta.com;transport=tcp",
        ),
    ),
    (
        "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
        SipAddress(
            "alice",
            "atlanta.com",
            HostKind.DOMAIN,
            secure=True,
            headers=(("subject", "project x"), ("priority", "urgent")),
            text="sips:alice@atlanta.com?subject=project%20x&priority=urgent",
        ),
    ),
    (
        "sip:+1-212-555-1212:1234@gateway.com;user=phone",
        SipAddress(
            "+1-212-555-1212",
            "gateway.com",
            HostKind.DOMAIN,
            password="1234",
            parameters=(("user", "phone"),),
            text="sip:+1-212-555-1212:1234@gateway.com;user=phone",
        ),
    ),
    (
        "sips:1212@gateway.com",
        SipAddress("1212", "gateway.com", HostKind.DOMAIN, secure=True, text="sips:1212@gateway.com"),
    ),
    (
        "sip:alice@192.0.2.4",
        SipAddress("alice", "192.0.2.4", HostKind.IPV4, text="sip:alice@192.0.2.4"),
    ),
    (
        "sip:alice;day=tuesday@atlanta.com",
        SipAddress(
            "alice;day=tuesday", "atlanta.com", HostKind.DOMAIN, text="sip:alice;day=tuesday@atlanta.com"
        ),
    ),
    (
        "sip:%61lice@AtLanTa.CoM:05061;Transport=udp;lr;maddr=[2001:DB8::9];ttl=15",
        SipAddress(
            "alice",
            "atlanta.com",
            HostKind.DOMAIN,
            port=5061,
            parameters=(("transport", "udp"), ("lr", None), ("maddr", "2001:db8::9"), ("ttl", "15")),
            text="sip:%61lice@AtLanTa.CoM:05061;Transport=udp;lr;maddr=[2001:DB8::9];ttl=15",
        ),
    ),
]


@pytest.mark.parametrize(("text", "address"), RFC_EXAMPLES)
def test_the_examples_of_rfc_3261_are_taken_apart(text: str, address: SipAddress) -> None:
    assert parse_sip(text) == address


@pytest.mark.parametrize(
    ("host", "name", "kind"),
    [
        ("example.com", "example.com", HostKind.DOMAIN),
        ("example.com.", "example.com.", HostKind.DOMAIN),
        ("localhost", "localhost", HostKind.LABEL),
        ("localhost.", "localhost.", HostKind.LABEL),
        ("255.255.255.255", "255.255.255.255", HostKind.IPV4),
        ("[2001:DB8::10]", "2001:db8::10", HostKind.IPV6),
        ("[::ffff:192.0.2.10]", "::ffff:192.0.2.10", HostKind.IPV6),
    ],
)
def test_the_kind_of_host_is_told(host: str, name: str, kind: HostKind) -> None:
    address = parse_sip(f"sip:agent@{host};lr")
    assert (address.host, address.host_kind) == (name, kind)


@given(
    user=st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    password=st.none() | st.text(st.characters(codec="utf-8"), max_size=8),
    host=host_names(),
    port=st.none() | st.integers(0, 65_535),
    header=st.text(st.characters(codec="utf-8"), max_size=8),
)
def test_what_was_escaped_comes_back(
    user: str, password: str | None, host: str, port: int | None, header: str
) -> None:
    written = [quote(part, safe="") for part in (user, password or "", header)]
    secret = "" if password is None else ":" + written[1]
    text = f"sip:{written[0]}{secret}@{host}{'' if port is None else f':{port}'}?x={written[2]}"
    address = parse_sip(text)
    assert (address.user, address.password, address.host) == (user, password, host.lower())
    assert (address.port, address.headers, address.secure) == (port, (("x", header),), False)


REFUSALS = [
    ("", Reason.EMPTY, 0),
    (" sip:agent@example.com", Reason.SURROUNDING_WHITE_SPACE, 0),
    ("sip:agent@example.com\n", Reason.SURROUNDING_WHITE_SPACE, 21),
    ("sip:agent@exa mple.com", Reason.WHITE_SPACE, 13),
    ("sip:agent@example.com; lr", Reason.WHITE_SPACE, 22),
    ("agent@example.com", Reason.NO_SCHEME, 0),
    ("sip", Reason.NO_SCHEME, 0),
    ("s\u0131p:agent@example.com", Reason.NO_SCHEME, 0),
    ("sip:agent", Reason.SIP_NO_USER, 4),
    ("sip:", Reason.SIP_NO_USER, 4),
    ("sips:@example.com", Reason.SIP_NO_USER, 5),
    ("sip::secret@example.com", Reason.SIP_NO_USER, 4),
    # An escaped @ in a header is no user's.
    ("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", Reason.SIP_NO_USER, 4),
    ("sip:agent%40example.com", Reason.SIP_ESCAPED_AT, 9),
    ("sip:a<b@example.com", Reason.SIP_BAD_USER, 5),
    ("sip:agênt@example.com", Reason.SIP_BAD_USER, 6),
    ("sip:agent%4@example.com", Reason.SIP_BAD_ESCAPE, 9),
    ("sip:agent%zz@example.com", Reason.SIP_BAD_ESCAPE, 9),
    ("sip:agent:a;b@example.com", Reason.SIP_BAD_PASSWORD, 11),
    ("sip:agent:%@example.com", Reason.SIP_BAD_ESCAPE, 10),
    ("sip:agent@", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@;lr", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@b@example.com", Reason.SIP_BAD_HOST, 11),
    ("sip:agent@exam_ple.com", Reason.SIP_BAD_HOST, 14),
    ("sip:agent@example..com", Reason.SIP_BAD_HOST, 18),
    ("sip:agent@example.com..", Reason.SIP_BAD_HOST, 22),
    ("sip:agent@-example.com", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@example-.com", Reason.SIP_BAD_HOST, 17),
    ("sip:agent@example.1com", Reason.SIP_BAD_HOST, 18),
    ("sip:agent@192.0.2.256", Reason.SIP_BAD_HOST, 18),
    ("sip:agent@[2001:db8::1::2]", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@[::1", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@[fe80::1%25eth0]", Reason.SIP_BAD_HOST, 10),
    ("sip:agent@[::1]x", Reason.SIP_BAD_HOST, 15),
    ("sip:agent@example.com:", Reason.SIP_BAD_PORT, 22),
    ("sip:agent@example.com:65536", Reason.SIP_BAD_PORT, 22),
    ("sip:agent@example.com:50x", Reason.SIP_BAD_PORT, 24),
    ("sip:agent@example.com;", Reason.SIP_BAD_PARAMETER, 22),
    ("sip:agent@example.com;;lr", Reason.SIP_BAD_PARAMETER, 22),
    ("sip:agent@example.com;=x", Reason.SIP_BAD_PARAMETER, 22),
    ("sip:agent@example.com;x=", Reason.SIP_BAD_PARAMETER, 24),
    ("sip:agent@example.com;x=a,b", Reason.SIP_BAD_PARAMETER, 25),
    ("sip:agent@example.com;transport", Reason.SIP_BAD_PARAMETER, 31),
    ("sip:agent@example.com;transport=[x]", Reason.SIP_BAD_PARAMETER, 32),
    ("sip:agent@example.com;ttl=256", Reason.SIP_BAD_PARAMETER, 26),
    ("sip:agent@example.com;ttl=0255", Reason.SIP_BAD_PARAMETER, 26),
    ("sip:agent@example.com;maddr=a_b", Reason.SIP_BAD_PARAMETER, 29),
    ("sip:agent@example.com;maddr=[::x]", Reason.SIP_BAD_PARAMETER, 28),
    ("sip:agent@example.com;x=%4", Reason.SIP_BAD_ESCAPE, 24),
    ("sip:agent@example.com;lr;LR", Reason.SIP_REPEATED_PARAMETER, 25),
    ("sip:agent@example.com?", Reason.SIP_BAD_HEADER, 22),
    ("sip:agent@example.com?subject", Reason.SIP_BAD_HEADER, 29),
    ("sip:agent@example.com?=x", Reason.SIP_BAD_HEADER, 22),
    ("sip:agent@example.com?a=b=c", Reason.SIP_BAD_HEADER, 25),
    ("sip:agent@example.com?a=b&", Reason.SIP_BAD_HEADER, 26),
    ("sip:agent@example.com?a=%", Reason.SIP_BAD_ESCAPE, 24),
]


@pytest.mark.parametrize(("text", "reason", "position"), REFUSALS)
def test_each_refusal_has_its_reason_and_place(text: str, reason: Reason, position: int) -> None:
    with pytest.raises(AddressError) as refused:
        parse_sip(text)
    assert (refused.value.reason, refused.value.position) == (reason, position)


def test_every_reason_for_sip_has_an_example() -> None:
    shown = {reason for _, reason, _ in REFUSALS}
    assert {reason for reason in Reason if reason.name.startswith("SIP_")} <= shown


def test_a_password_is_not_shown() -> None:
    assert "secretword" not in repr(parse_sip("sip:alice:secretword@atlanta.com"))
    with pytest.raises(AddressError) as refused:
        parse_sip("sip:alice:secretword@atlanta.com:port")
    assert "secretword" not in str(refused.value)
    assert "secretword" not in repr(refused.value)

"""What an Authorization header carries is read in one way, by the mock, its judge and the harness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.credentials import bearer, credentials, token_of, with_token
from ringback_contracts.core.model import Example, Request, TokenState
from ringback_contracts.examples import situation
from ringback_contracts.org import default_org
from ringback_mock.engine.store import Store

TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ("Bearer alice", "alice"),
        ("bearer alice", "alice"),
        ("BEARER  alice", "alice"),  # 1*SP stands between the two
        ("Bearer alice ", "alice"),
        ("Bearer ", None),
        ("Bearer", None),
        ("Beareralice", None),
        ("Basic ZGVtbzpkZW1v", None),
        ("", None),
        (None, None),
    ],
)
def test_the_token_of_a_header(authorization: str | None, token: str | None) -> None:
    assert bearer(authorization) == token
    headers = {} if authorization is None else {"authorization": authorization}
    assert token_of(Request("GET", "/", headers)) == token
    example = situation(Example(token=None, headers=headers))
    assert (example.caller.token is TokenState.VALID) == (token == "alice")
    _, caller, _ = Store(default_org()).resolve(authorization)
    assert caller.token is example.caller.token


def test_other_schemes_are_read_alike() -> None:
    assert credentials("bASIC  ZGVtbzpkZW1v", "basic") == "ZGVtbzpkZW1v"
    assert credentials("Bearer x", "basic") is None


@given(scheme=st.sampled_from(["Bearer ", "bearer  ", "BEARER   "]), one=TOKENS, other=TOKENS)
def test_a_token_is_put_in_place_of_another_and_the_scheme_stays(scheme: str, one: str, other: str) -> None:
    sent = with_token(Request("GET", "/", {"authorization": scheme + one, "accept": "*/*"}), other)
    assert sent.headers == {"authorization": scheme + other, "accept": "*/*"}
    assert token_of(sent) == other

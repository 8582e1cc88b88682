"""Whose a token is, what it may, how often it was used, and what other orgs see of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import (
    NO_CALLS,
    PUBLISHED,
    Destination,
    DestinationKind,
    Intent,
    Quota,
    Request,
    TokenState,
)
from ringback_contracts.org import Client, Limits, Org, Outcome, User, changed, default_org
from ringback_mock.engine.calls import CALL_FRAME
from ringback_mock.engine.plans import plan
from ringback_mock.engine.sessions import CODE_SECONDS, Code, Issued, Login, new_code
from ringback_mock.engine.store import Store, Tenant
from ringback_mock.engine.tenant import CODES_KEPT, LOGIN_FRAME, TOKENS_KEPT
from ringback_mock.http import Response

ALICE = "a11ce000-0000-4000-8000-000000000001"
DIAL = Intent(PUBLISHED, (Destination(DestinationKind.PHONE, "+442079460100"),), user_id=ALICE)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


ALL_SCOPES = frozenset(
    {
        "conversations",
        "notifications",
        "oauth",
        "organization",
        "presence",
        "routing",
        "stations",
        "users",
        "voicemail",
    }
)


def limited(rate: int) -> Org:
    return replace(default_org(), limits=Limits(rate_per_minute=rate))


def issue(tenant: Tenant, client: Client, user: User | None = None, refresh: str | None = None) -> Issued:
    issued = Issued.to(client, refresh)
    tenant.hold(issued, client, user)
    return issued


def state(store: Store, token: str) -> TokenState:
    return store.resolve(f"Bearer {token}")[1].token


def quota(store: Store, token: str = "alice") -> Quota:
    found = store.resolve(f"Bearer {token}")[1].quota
    assert found is not None
    return found


# --- tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    tenant, caller, _ = Store().resolve(f"{scheme} alice")
    assert caller.token is TokenState.VALID
    assert caller.user is not None
    assert caller.user.id == ALICE
    assert tenant.org is default_org()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer   ", "Basic YTpi", "alice", "Bearer\talice"]
)
def test_a_request_without_a_bearer_token_is_the_default_orgs(header: str | None) -> None:
    store = Store()
    tenant, caller, _ = store.resolve(header)
    assert tenant is store.default
    assert (caller.token, caller.user, caller.client, caller.quota) == (TokenState.MISSING, None, None, None)


@given(st.text() | st.text().map("Bearer {}".format))
def test_any_header_at_all_is_resolved(header: str) -> None:
    store = Store()
    tenant, caller, _ = store.resolve(header)
    assert tenant is store.default
    expected = TokenState.MISSING if bearer(header) is None else TokenState.UNKNOWN
    assert caller.token in {expected, TokenState.VALID, TokenState.EXPIRED}


def test_space_around_a_token_is_no_part_of_it() -> None:
    assert bearer("Bearer   alice ") == "alice"


@pytest.mark.parametrize(
    ("token", "expected"),
    [("expired", TokenState.EXPIRED), ("nobody", TokenState.UNKNOWN), ("ALICE", TokenState.UNKNOWN)],
)
def test_a_token_that_is_not_good_says_why(token: str, expected: TokenState) -> None:
    tenant, caller, _ = Store().resolve(f"Bearer {token}")
    assert caller.token is expected
    assert (caller.user, caller.client) == (None, None)
    assert tenant.org is default_org()


def test_a_users_token_has_scopes_and_a_clients_has_none() -> None:
    store = Store()
    _, alice, _ = store.resolve("Bearer alice")
    _, service, _ = store.resolve("Bearer service")
    assert (alice.scopes, alice.client) == (ALL_SCOPES, None)
    assert (service.scopes, service.user) == (None, None)
    assert service.client is default_org().client_by_id["demo-service"]


def test_a_caller_sees_the_calls_of_the_org() -> None:
    store = Store()
    _, caller, _ = store.resolve("Bearer alice")
    call = store.default.calls.place(plan(DIAL, default_org(), Outcome.ANSWER), 0.0)
    assert call.id in caller.calls
    assert "another" not in caller.calls


def test_an_issued_token_expires_when_its_client_says() -> None:
    clock = Clock()
    store = Store(clock=clock)
    client = replace(default_org().client_by_id["demo-app"], token_seconds=300)
    issued = issue(store.default, client, default_org().user_by_id[ALICE])
    assert issued.expires_in == 300
    clock.now += 299.9
    assert state(store, issued.access_token) is TokenState.VALID
    clock.now += 0.1
    assert state(store, issued.access_token) is TokenState.EXPIRED


def test_a_token_issued_to_a_user_carries_the_clients_scopes() -> None:
    store = Store()
    app = default_org().client_by_id["demo-app"]
    issued = issue(store.default, app, default_org().user_by_id[ALICE])
    _, caller, _ = store.resolve(f"Bearer {issued.access_token}")
    assert (caller.scopes, caller.client) == (ALL_SCOPES, None)


@pytest.mark.parametrize("token", ["alice", "service"])
def test_a_revoked_token_is_unknown_until_the_org_is_reset(token: str) -> None:
    store = Store()
    assert store.default.revoke(token)
    assert state(store, token) is TokenState.UNKNOWN
    assert not store.default.revoke(token)
    store.reset()
    assert state(store, token) is TokenState.VALID


def test_revoking_one_token_leaves_the_others() -> None:
    store = Store()
    service = default_org().client_by_id["demo-service"]
    one, other = (issue(store.default, service).access_token for _ in range(2))
    assert store.default.revoke(one)
    assert state(store, one) is TokenState.UNKNOWN
    assert state(store, other) is TokenState.VALID


def test_a_token_that_is_withdrawn_can_be_renewed_by_the_login_it_came_from() -> None:
    store = Store()
    tenant = store.default
    client = tenant.org.client_by_id["demo-app"]
    refresh = "refresh-1"
    tenant.begin_login(Login(client.id, ALICE, public=False), "code-1", refresh)
    token = issue(tenant, client, tenant.org.user_by_id[ALICE], refresh).access_token
    tenant.withdraw(token)
    assert state(store, token) is TokenState.UNKNOWN
    assert tenant.login(refresh) is not None


def test_an_org_cannot_revoke_the_token_of_another() -> None:
    store = Store()
    fresh = store.add_org()
    assert not store.default.revoke(fresh.tokens["alice"])
    assert state(store, fresh.tokens["alice"]) is TokenState.VALID


def test_issued_tokens_are_bounded_and_standing_ones_stay() -> None:
    store = Store()
    service = default_org().client_by_id["demo-service"]
    issued = [issue(store.default, service).access_token for _ in range(TOKENS_KEPT + 2)]
    assert [state(store, token) for token in issued[:3]] == [
        TokenState.UNKNOWN,
        TokenState.UNKNOWN,
        TokenState.VALID,
    ]
    assert state(store, issued[-1]) is TokenState.VALID
    assert state(store, "alice") is TokenState.VALID


# --- authorization codes --------------------------------------------------------------------------


def a_code(tenant: Tenant) -> str:
    app, alice = tenant.org.clients[1], tenant.org.users[0]
    code = new_code()
    tenant.hold_code(code, Code.fresh(app, alice, "http://localhost:8000/callback", None, tenant.clock()))
    return code


def test_a_code_is_good_once() -> None:
    tenant = Store().default
    code = a_code(tenant)
    found = tenant.code(code, tenant.org.clients[1])
    assert found is not None
    assert found.user_id == ALICE
    tenant.use_up(code, tenant.org.clients[1])
    assert tenant.code(code, tenant.org.clients[1]) is None


def test_a_code_is_good_for_a_minute() -> None:
    clock = Clock()
    tenant = Store(clock=clock).default
    young, old = a_code(tenant), a_code(tenant)
    clock.now += CODE_SECONDS - 0.1
    assert tenant.code(young, tenant.org.clients[1]) is not None
    clock.now += 0.1
    assert tenant.code(old, tenant.org.clients[1]) is None


def test_another_clients_attempt_does_not_use_a_code_up() -> None:
    tenant = Store().default
    code = a_code(tenant)
    assert tenant.code(code, tenant.org.clients[0]) is None
    tenant.use_up(code, tenant.org.clients[0])
    assert tenant.code(code, tenant.org.clients[1]) is not None


def test_codes_are_bounded() -> None:
    tenant = Store().default
    codes = [a_code(tenant) for _ in range(CODES_KEPT + 1)]
    assert tenant.code(codes[0], tenant.org.clients[1]) is None
    assert tenant.code(codes[1], tenant.org.clients[1]) is not None


# --- the rate limit -------------------------------------------------------------------------------


def test_without_a_limit_nothing_is_counted() -> None:
    store = Store()
    assert all(store.resolve("Bearer alice")[1].quota is None for _ in range(5))


def test_a_window_begins_with_the_first_request_and_lasts_a_minute() -> None:
    clock = Clock(1000.0)
    store = Store(limited(2), clock=clock)
    assert quota(store) == Quota(2, 1, 60)
    clock.now = 1030.5
    assert quota(store) == Quota(2, 2, 30)
    clock.now = 1059.9
    last = quota(store)
    assert (last, last.exceeded) == (Quota(2, 3, 1), True)
    clock.now = 1060.0
    assert quota(store) == Quota(2, 1, 60)


def test_each_token_has_a_limit_of_its_own() -> None:
    store = Store(limited(1))
    assert (quota(store, "alice").count, quota(store, "bob").count) == (1, 1)
    assert quota(store, "alice").exceeded


def test_a_caller_with_a_quota_is_the_same_caller() -> None:
    _, plain, _ = Store().resolve("Bearer alice")
    store = Store(limited(5))
    _, counted, _ = store.resolve("Bearer alice")
    assert replace(counted, quota=None, calls=NO_CALLS) == replace(plain, calls=NO_CALLS)
    assert counted.calls is store.default.lives


def test_bad_tokens_have_no_quota() -> None:
    store = Store(limited(1))
    assert [store.resolve(f"Bearer {bad}")[1].quota for bad in ("expired", "nobody")] == [None, None]


def test_a_clock_that_was_set_back_begins_a_new_window() -> None:
    clock = Clock(1000.0)
    store = Store(limited(5), clock=clock)
    quota(store)
    clock.now = 500.0
    assert quota(store) == Quota(5, 1, 60)


@given(st.integers(1, 5), st.lists(st.floats(0, 200), min_size=1, max_size=40))
def test_no_window_lets_more_through_than_the_limit(rate: int, moments: list[float]) -> None:
    clock = Clock()
    store = Store(limited(rate), clock=clock)
    start = clock.now
    windows: dict[float, int] = {}
    begun: float | None = None
    for moment in sorted(moments):
        clock.now = start + moment
        if begun is None or clock.now - begun >= 60:
            begun = clock.now
        seen = quota(store)
        assert 1 <= seen.reset <= 60
        if not seen.exceeded:
            windows[begun] = windows.get(begun, 0) + 1
    assert max(windows.values()) <= rate


# --- orgs -----------------------------------------------------------------------------------------


def test_a_copy_has_the_same_entities_and_its_own_tokens_and_clients() -> None:
    store = Store()
    fresh = store.add_org()
    tenant, caller, _ = store.resolve(f"Bearer {fresh.tokens['alice']}")
    assert tenant is store.tenant(fresh.id)
    assert caller.user is not None
    assert caller.user.id == ALICE
    assert fresh.tokens.keys() == {token.value for token in default_org().tokens}
    assert all(new.startswith(f"{old}-") for old, new in fresh.tokens.items())
    assert fresh.clients.keys() == {"demo-service", "demo-app"}
    for old, new in fresh.clients.items():
        assert new.id.startswith(f"{old}-")
        assert new.secret != "demo-secret"
        found = store.client(new.id)
        assert found is not None
        assert (found[0], found[1].secret) == (tenant, new.secret)


def test_the_tokens_of_a_copy_behave_as_those_they_were_made_from() -> None:
    store = Store()
    fresh = store.add_org()
    assert state(store, fresh.tokens["expired"]) is TokenState.EXPIRED
    _, service, _ = store.resolve(f"Bearer {fresh.tokens['service']}")
    assert service.client is not None
    assert service.client.id == fresh.clients["demo-service"].id


def test_a_copy_keeps_the_switches_of_its_org() -> None:
    store = Store(changed(default_org(), {"sip_trunking": False, "limits": {"rate_per_minute": 7}}))
    tenant = store.tenant(store.add_org().id)
    assert tenant is not None
    assert (tenant.org.sip_trunking, tenant.org.limits.rate_per_minute) == (False, 7)


def test_orgs_never_see_each_others_calls() -> None:
    store = Store()
    one, other = (store.tenant(store.add_org().id) for _ in range(2))
    assert one is not None
    assert other is not None
    call = one.calls.place(plan(DIAL, default_org(), Outcome.ANSWER), 0.0)
    assert [call.id in tenant.calls for tenant in (one, other, store.default)] == [True, False, False]


def test_no_two_copies_share_a_token_or_a_client() -> None:
    store = Store()
    fresh = [store.add_org() for _ in range(5)]
    tokens = list(itertools.chain(*(one.tokens.values() for one in fresh)))
    clients = [client.id for one in fresh for client in one.clients.values()]
    assert len(set(tokens)) == len(tokens)
    assert len(set(clients)) == len(clients)
    assert len({one.id for one in fresh}) == 5


def test_the_oldest_copy_is_forgotten_with_its_tokens_and_clients() -> None:
    store = Store(orgs_size=2)
    first, second, third = (store.add_org() for _ in range(3))
    assert [store.tenant(one.id) is None for one in (first, second, third)] == [True, False, False]
    assert state(store, first.tokens["alice"]) is TokenState.UNKNOWN
    assert store.client(first.clients["demo-app"].id) is None
    assert state(store, third.tokens["alice"]) is TokenState.VALID
    assert state(store, "alice") is TokenState.VALID


def test_what_was_issued_in_a_forgotten_copy_is_forgotten_too() -> None:
    store = Store(orgs_size=1)
    tenant = store.tenant(store.add_org().id)
    assert tenant is not None
    issued = issue(tenant, tenant.org.clients[0]).access_token
    assert state(store, issued) is TokenState.VALID
    store.add_org()
    assert state(store, issued) is TokenState.UNKNOWN


def test_a_reset_forgets_everything_in_that_org_alone() -> None:
    store = Store(limited(9))
    fresh = store.add_org()
    other = store.tenant(fresh.id)
    assert other is not None
    for tenant in (store.default, other):
        tenant.calls.place(plan(DIAL, default_org(), Outcome.ANSWER), 0.0)
    mine = issue(store.default, default_org().clients[0]).access_token
    theirs = issue(other, other.org.clients[0]).access_token
    code = a_code(store.default)
    refresh = "refresh-1"
    store.default.begin_login(Login("demo-app", ALICE, public=False), "code-1", refresh)
    store.default.journal.record("1", 0.0, Request("GET", "/healthz"), Response(200))
    quota(store)
    store.reset()
    assert (len(store.default.calls), len(other.calls)) == (0, 1)
    assert (state(store, mine), state(store, theirs)) == (TokenState.UNKNOWN, TokenState.VALID)
    assert store.default.code(code, default_org().clients[1]) is None
    assert store.default.login(refresh) is None
    assert len(store.default.journal) == 0
    assert quota(store).count == 1
    store.reset(other)
    assert len(other.calls) == 0
    assert state(store, fresh.tokens["alice"]) is TokenState.VALID


def test_the_default_org_is_found_by_its_id() -> None:
    store = Store()
    assert store.tenant(default_org().id) is store.default
    assert store.tenant("another") is None


def test_sizes_hold_for_every_org() -> None:
    store = Store(calls_size=1)
    tenant = store.tenant(store.add_org().id)
    assert tenant is not None
    for each in (store.default, tenant):
        for _ in range(3):
            each.calls.place(plan(DIAL, default_org(), Outcome.ANSWER), 0.0)
        assert len(each.calls) == 1


def test_no_repr_shows_a_token_or_a_secret() -> None:
    store = Store()
    fresh = store.add_org()
    issued = issue(store.default, default_org().clients[1], default_org().users[0], "refresh-me")
    _, session = store._sessions[issued.access_token]
    texts = repr((fresh, issued, session, store.default, store.resolve("Bearer service"), store.default.org))
    secrets = [issued.access_token, "refresh-me", "demo-secret", *fresh.tokens.values()]
    secrets += [client.secret for client in fresh.clients.values()]
    assert [secret for secret in secrets if secret in texts] == []


# --- all orgs together ------------------------------------------------------------------------------


def test_all_orgs_share_one_memory_and_the_oldest_goes_first_whose_ever_it_is() -> None:
    store = Store(kept_bytes=40 * CALL_FRAME)
    copies = [store.tenant(store.add_org().id) for _ in range(3)]
    tenants = [tenant for tenant in copies if tenant is not None]
    call = plan(DIAL, default_org(), Outcome.ANSWER)
    placed = [(tenant, tenant.calls.place(call, 0).id) for _ in range(30) for tenant in tenants]
    kept = [call_id for tenant, call_id in placed if call_id in tenant.calls]
    assert 30 < len(kept) <= 40
    assert kept == [call_id for _, call_id in placed[-len(kept) :]]


def test_an_org_that_ends_gives_its_memory_back() -> None:
    store = Store(kept_bytes=40 * CALL_FRAME, orgs_size=1)
    call = plan(DIAL, default_org(), Outcome.ANSWER)
    first = store.default.calls.place(call, 0).id
    for _ in range(20):
        tenant = store.tenant(store.add_org().id)
        assert tenant is not None
        for _ in range(20):
            tenant.calls.place(call, 0)
    assert first in store.default.calls


def test_tokens_are_forgotten_for_newer_tokens_and_for_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback_mock.engine.tenant.LOGINS_BYTES", 64 * LOGIN_FRAME)
    store = Store(kept_bytes=CALL_FRAME)
    other = store.tenant(store.add_org().id)
    assert other is not None
    client = store.default.org.clients[0]
    tokens = [issue(tenant, client).access_token for _ in range(50) for tenant in (store.default, other)]
    for _ in range(50):
        store.default.calls.place(plan(DIAL, default_org(), Outcome.ANSWER), 0)
    known = [token for token in tokens if state(store, token) is TokenState.VALID]
    assert 60 < len(known) <= 64
    assert known == tokens[-len(known) :]

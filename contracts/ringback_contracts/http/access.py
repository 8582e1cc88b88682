"""Before the body is looked at: where the request goes, who sends it, how often, and with what right."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    COMMON_ERRORS,
    FINE,
    NOT_AUTHORIZED,
    OK,
    OK_PARTICIPANTS,
    OUR_CHOICE,
    RATE_NOTICE,
    SDK,
    STATUSES_2025,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import ASTRAY, Evidence, Example, Knowledge, Stage, TokenState, Violation
from ringback_contracts.http.nearest_path import nearest_path

CALL = {"phoneNumber": TEST_NUMBER}


@rule(
    id="http.malformed",
    stage=Stage.ROUTE,
    status=400,
    message="The request is not valid HTTP",
    title="The bytes sent are no HTTP request",
    fix="Send an HTTP/1.1 request; a common cause is speaking TLS to a plain port.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    rejects=[Example(well_formed=False)],
    accepts=[OK],
)
def http_malformed(case: Case) -> Sequence[Violation]:
    return FINE if case.request.well_formed else found("the server could not read this as HTTP")


@rule(
    id="host.misdirected",
    stage=Stage.ROUTE,
    status=421,
    code="misdirected.request",
    message="This server does not answer for that host unless it is started with --allow-host",
    title="The Host header names a host that this server does not stand for",
    fix="Call the mock by its loopback address, or start it with --allow-host NAME (in a container: with the "
    "variable RINGBACK_ALLOW_HOST set to the container's name).",
    evidence=Evidence.ASSUMED,
    source="Ringback's own protection against DNS rebinding",
    rejects=[Example(CALL, host_allowed=False)],
    accepts=[OK],
)
def host_misdirected(case: Case) -> Sequence[Violation]:
    if case.request.host_allowed:
        return FINE
    return found(f"the request is addressed to {case.request.headers.get('host', 'no host')!r}", "Host")


@rule(
    id="path.unknown",
    stage=Stage.ROUTE,
    status=404,
    code="not.found",
    message="The requested path does not exist",
    title="No operation of the platform has this path",
    fix="Place a call with POST /api/v2/conversations/calls; end it with POST"
    " /api/v2/conversations/{conversationId}/disconnect.",
    evidence=Evidence.ASSUMED,
    source=f"operations of the {SDK}; the status for an unknown path is Ringback's choice",
    knowledge=Knowledge.REQUEST,
    only=(ASTRAY,),
    rejects=[
        Example(CALL, path="/api/v2/outbound/calls"),
        Example(method="GET", path="/api/v2/nothing/here"),
        Example(CALL, path="/api/v2/conversations/call"),
    ],
    accepts=[OK],
)
def path_unknown(case: Case) -> Sequence[Violation]:
    if case.operation is not None or case.route.known:
        return FINE
    meant = nearest_path(case.request.method, case.request.path)
    return found(
        "the official SDK has no such path" + (f"; the nearest that it has is {meant}" if meant else ""),
        "path",
    )


@rule(
    id="path.not-served",
    stage=Stage.ROUTE,
    status=501,
    code="not.implemented",
    message="Ringback does not serve this operation yet",
    title="The platform has this operation, and Ringback does not serve it",
    fix="Use an operation listed at /openapi.json, or test this one against a real org.",
    evidence=Evidence.ASSUMED,
    source="Ringback's own limit",
    only=(ASTRAY,),
    rejects=[
        Example(method="GET", path="/api/v2/routing/skills"),
        Example(method="GET", path="/api/v2/outbound/campaigns"),
        Example(method="PATCH", path=f"/api/v2/users/{ALICE}"),
    ],
    accepts=[OK],
)
def path_not_served(case: Case) -> Sequence[Violation]:
    if case.route.unserved is None:
        return FINE
    unserved, near = case.route.unserved, case.route.near
    served = f"served near it: {', '.join(near)}" if near else "nothing near it is served"
    return found(f"the official SDK has this operation ({unserved}), and Ringback does not; {served}", "path")


@rule(
    id="method.not-allowed",
    stage=Stage.ROUTE,
    status=405,
    code="method.not.allowed",
    message="The method {method} is not allowed here; allowed: {allow}",
    title="The path exists, but not with this method",
    fix="Use one of the methods of the Allow header.",
    evidence=Evidence.ASSUMED,
    source="RFC 9110 section 15.5.6; the code is Ringback's choice",
    knowledge=Knowledge.REQUEST,
    only=(ASTRAY,),
    rejects=[Example(CALL, method="PUT"), Example(method="POST", path="/api/v2/users/me")],
    accepts=[OK, Example(method="GET")],
)
def method_not_allowed(case: Case) -> Sequence[Violation]:
    if not case.route.allow:
        return FINE
    listed = ", ".join(case.route.allow)
    return found(
        f"{case.request.method} is none of {listed}", "path", method=case.request.method, allow=listed
    )


@rule(
    id="token.missing",
    stage=Stage.AUTHENTICATE,
    status=401,
    code="authentication.required",
    message="No authentication bearer token was given",
    title="The request carries no bearer token",
    fix="Get a token at POST /oauth/token and send it as 'Authorization: Bearer TOKEN'.",
    evidence=Evidence.PUBLISHED,
    source=COMMON_ERRORS,
    rejects=[
        Example(CALL, token=None),
        Example(CALL, token=None, headers={"authorization": "Basic ZGVtbzpkZW1v"}),
    ],
    accepts=[OK, Example(CALL, token=None, headers={"authorization": "bearer alice"})],
)
def token_missing(case: Case) -> Sequence[Violation]:
    if case.caller.token is not TokenState.MISSING:
        return FINE
    return found("there is no 'Authorization: Bearer' header with a token in it", "Authorization")


@rule(
    id="token.unknown",
    stage=Stage.AUTHENTICATE,
    status=401,
    code="bad.credentials",
    message="Invalid login credentials",
    title="Nobody issued this bearer token, or it was revoked",
    fix="Get a new token; tokens belong to one org and one region. A token of the mock's org file that was "
    "revoked is good again after POST /__ringback/reset.",
    evidence=Evidence.PUBLISHED,
    source=COMMON_ERRORS,
    rejects=[Example(CALL, token="nobody")],
    accepts=[OK],
)
def token_unknown(case: Case) -> Sequence[Violation]:
    if case.caller.token is not TokenState.UNKNOWN:
        return FINE
    return found("no org here knows this token", "Authorization")


@rule(
    id="token.expired",
    stage=Stage.AUTHENTICATE,
    status=401,
    code="credentials.expired",
    message="The credentials have expired",
    title="The bearer token's time is over",
    fix="Get a new token; a client should refresh shortly before expires_in is over.",
    evidence=Evidence.PUBLISHED,
    source=COMMON_ERRORS,
    rejects=[Example(CALL, token="expired")],
    accepts=[OK],
)
def token_expired(case: Case) -> Sequence[Violation]:
    if case.caller.token is not TokenState.EXPIRED:
        return FINE
    return found("the token was valid once and is not any more", "Authorization")


@rule(
    id="rate.exceeded",
    stage=Stage.RATE,
    status=429,
    code="too.many.requests.retry.after",
    message="Rate limit exceeded; retry the request in {retryAfter} seconds",
    title="The token sent more requests this minute than its limit",
    fix="Wait as many seconds as Retry-After says, then send the request again.",
    evidence=Evidence.PUBLISHED,
    source=RATE_NOTICE,
    rejects=[Example(CALL, org={"limits": {"rate_per_minute": 2}}, used=2)],
    accepts=[OK, Example(CALL, org={"limits": {"rate_per_minute": 2}}, used=1)],
)
def rate_exceeded(case: Case) -> Sequence[Violation]:
    quota = case.caller.quota
    if quota is None or not quota.exceeded:
        return FINE
    detail = f"request {quota.count} of this minute, and {quota.allowed} are allowed"
    return found(detail, "Authorization", retryAfter=str(quota.reset))


@rule(
    id="scope.missing",
    stage=Stage.AUTHORIZE,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The OAuth client of the user's token has no scope that covers the operation",
    fix="Give the OAuth client a scope of the operation ('conversations' for calls) and log in again.",
    evidence=Evidence.MISSION,
    source="a working click-to-dial set-up holds 'conversations'; tutorial and thread name others",
    rejects=[Example(CALL, token="noscope")],
    accepts=[OK, OK_PARTICIPANTS],
)
def scope_missing(case: Case) -> Sequence[Violation]:
    operation, held = case.operation, case.caller.scopes
    if operation is None or not operation.scopes or held is None or not held.isdisjoint(operation.scopes):
        return FINE
    return found(
        f"the token's scopes are {_listed(held)}; one of {_listed(operation.scopes)} is needed",
        "Authorization",
    )


@rule(
    id="permission.missing",
    stage=Stage.AUTHORIZE,
    status=403,
    code="missing.any.permissions",
    message=NOT_AUTHORIZED,
    title="The roles of the token's holder lack the operation's permission",
    fix="Give the user (or the roles of the client-credentials client) one of the operation's permissions.",
    evidence=Evidence.PUBLISHED,
    source=f"permissions of the operation in the documentation of the {SDK}; {STATUSES_2025}",
    rejects=[
        Example(CALL, token="carol"),
        Example(CALL, token="bob", path=f"/api/v2/conversations/calls/user/{ALICE}"),
    ],
    accepts=[OK, OK_PARTICIPANTS],
)
def permission_missing(case: Case) -> Sequence[Violation]:
    operation = case.operation
    if operation is None or not operation.any_of or not _known(case):
        return FINE
    if not case.caller.permissions.isdisjoint(operation.any_of):
        return FINE
    if operation.spares_participants and _takes_part(case):
        return FINE
    return found(f"the token's holder has none of {_listed(operation.any_of)}", "Authorization")


@rule(
    id="permissions.missing",
    stage=Stage.AUTHORIZE,
    status=403,
    code="missing.permissions",
    message=NOT_AUTHORIZED,
    title="The roles of the token's holder lack one of the permissions that the operation needs together",
    fix="Give the user (or the roles of the client-credentials client) all of the operation's permissions.",
    evidence=Evidence.PUBLISHED,
    source=f"permissions of the operation in the documentation of the {SDK}; {STATUSES_2025}",
    operations=lambda operation: bool(operation.all_of),
    rejects=[Example(method="GET", path="/api/v2/presence/definitions", token="carol")],
    accepts=[Example(method="GET", path="/api/v2/presence/definitions")],
)
def permissions_missing(case: Case) -> Sequence[Violation]:
    operation = case.operation
    if operation is None or not _known(case):
        return FINE
    lacking = frozenset(operation.all_of) - case.caller.permissions
    return found(f"the token's holder lacks {_listed(lacking)}", "Authorization") if lacking else FINE


def _takes_part(case: Case) -> bool:
    """Whether the token's user is, or was, in the conversation of the path."""
    call = case.caller.calls.get(case.route.params.get("conversationId", ""))
    user = case.caller.user
    return call is not None and user is not None and any(one.user_id == user.id for one in call.participants)


def _known(case: Case) -> bool:
    return case.caller.user is not None or case.caller.client is not None


def _listed(words: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(words)) or "none"

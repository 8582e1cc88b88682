"""Why a command cannot be applied: the platform's error code for each reason, and how we know it."""

from __future__ import annotations

from typing import NamedTuple

from ringback_contracts.core.model import Evidence

SWAGGER_2018 = "the published Swagger of 2018-03-21"
ANALOGY = "no source tells; chosen by analogy"


class Ground(NamedTuple):
    """A reason for which the platform refuses a command."""

    id: str
    status: int
    code: str
    evidence: Evidence
    source: str


class Objection(NamedTuple):
    """What stands against a command here and now; ``detail`` says what, and what would do."""

    ground: Ground
    detail: str

    @property
    def id(self) -> str:
        return self.ground.id

    @property
    def code(self) -> str:
        return self.ground.code


GROUNDS: dict[str, Ground] = {}
"""Every ground by its id."""


def _ground(ground_id: str, status: int, code: str, evidence: Evidence, source: str) -> Ground:
    ground = Ground(ground_id, status, code, evidence, source)
    GROUNDS[ground_id] = ground
    return ground


def _published(ground_id: str, code: str, operation: str, status: int = 400) -> Ground:
    return _ground(ground_id, status, code, Evidence.PUBLISHED, f"{SWAGGER_2018}: {operation}")


def _assumed(ground_id: str, code: str, to_what: str, status: int = 400) -> Ground:
    return _ground(ground_id, status, code, Evidence.ASSUMED, f"{ANALOGY} with {to_what}")


_PATCH = "PATCH calls participant"
_CONSULT = "POST consult"
_REPLACE = "POST replace"

HOLD_ALERTING = _published("life.hold-alerting", "conversation.error.hold.alerting", _PATCH)
DISCONNECTED = _published("life.disconnected", "conversation.error.call.disconnected", _PATCH)
NO_ACTIVE_CONVERSATION = Ground(
    "life.no-active-conversation",
    400,
    "conversation.error.participant.no.active.conversations",
    Evidence.PUBLISHED,
    f"{SWAGGER_2018}: PATCH participant of a conversation; that it answers a hang-up too, for which "
    "conversation.error.cannot.disconnect.call is published, is assumed",
)
"""How ``DISCONNECTED`` is told where the media is not said."""
CANNOT_CONFINE = _published("life.cannot-confine", "conversation.error.cannot.confine.party", _PATCH)
NO_SUCH_PARTICIPANT = _published(
    "life.no-such-participant", "conversation.error.not.conversation.participant", _PATCH, 404
)
NOT_ACTIVE = _published(
    "life.not-active", "conversation.error.forbidden.not.active.participant", f"{_PATCH}, PATCH call", 403
)
CODE_REQUIRED = _published("life.wrapup-code-required", "conversation.error.wrapup.code.required", _PATCH)
CANNOT_SKIP = _published("life.wrapup-cannot-skip", "conversation.error.wrapup.cannot.skip", _PATCH)
PARK_UNANSWERED = _assumed("life.park-unanswered", HOLD_ALERTING.code, "a hold of a leg that alerts")

DESTINATION_REQUIRED = _published(
    "life.transfer-without-destination", "conversations.error.transfer.destination.required", _REPLACE
)
SAME_PARTY = _published("life.transfer-same-party", "conversations.error.transfer.same.party", _REPLACE)
NOT_CONNECTED = _published(
    "life.transfer-not-connected", "conversations.error.transfer.not.connected", _REPLACE
)
ACD_UNATTENDED = _published(
    "life.transfer-acd-unattended", "conversations.error.transfer.acd.call.unattended", _REPLACE
)
ACD_VOICEMAIL = _published(
    "life.transfer-acd-voicemail", "conversations.error.transfer.userCall.voicemail", f"generic {_REPLACE}"
)

NOT_A_PARTICIPANT = _ground(
    "life.consult-not-a-participant",
    400,
    "not.a.participant",
    Evidence.REPORTED,
    f"{SWAGGER_2018}: {_CONSULT}; lab findings of 2026 met it with the own leg in the path",
)
OBJECT_REQUIRED = _published("life.consult-object-required", "object.participant.id.required", _CONSULT)
CONSULT_NO_DESTINATION = _published(
    "life.consult-without-destination", "conversation.error.consult.transfer.no.destination", _CONSULT
)
CONSULT_NO_INITIATOR = _published(
    "life.consult-without-initiator", "conversation.error.consult.transfer.no.initiator", _CONSULT
)
TRANSFER_TO_SELF = _published(
    "life.consult-to-self", "conversation.error.cannot.transfer.to.self", f"{_CONSULT}, PATCH consult"
)
TRANSFER_CONFERENCE = _published(
    "life.consult-in-conference", "conversation.error.cannot.transfer.conference", _CONSULT
)
CONSULT_RUNS = _assumed(
    "life.consult-runs",
    "conversation.error.cannot.transfer.conference",
    "a conference: three are on the call",
)
CONSULT_NOT_STARTED = _published(
    "life.consult-not-started", "conversation.error.consult.transfer.not.started", "DELETE consult"
)
CONSULT_NOT_PENDING = _published(
    "life.consult-not-pending",
    "conversation.error.consult.transfer.pending.not.found",
    "POST and DELETE consult",
    404,
)

MERGE_NOTHING = _published("life.merge-nothing", "conversation.error.empty.conversation.list", "PATCH call")
MERGE_SELF = _published(
    "life.merge-self", "conversation.error.cannot.conference.self", "PATCH callback, the twin of PATCH call"
)
MERGE_ALERTING = _published(
    "life.merge-alerting", "conversation.error.cannot.merge.alerting.conference", "PATCH call"
)
WATCH_OWN = _published("life.watch-own", "conversation.error.monitor.own.conversation", "POST monitor")
WATCH_NOBODY = _assumed("life.watch-unanswered", DISCONNECTED.code, "a command to a leg that is gone")
CALL_BACK_ACD = _published("life.call-back-acd", "conversation.error.cannot.callback.acd", "POST callbacks")
CALL_BACK_QUEUE = _published("life.call-back-queue", "conversation.error.queue.required", "POST callbacks")
CALL_BACK_NONE = _published(
    "life.call-back-none", "conversation.error.callback.call.cannot.be.placed", "POST call"
)
VERSION = _ground(
    "life.secure-attributes-version",
    409,
    "general.conflict",
    Evidence.PUBLISHED,
    "ConversationSecureAttributes of the official SDKs: PUT finds conflicts by the version, PATCH does not; "
    "status and code, which every operation lists, are assumed, as that a PUT without version finds none",
)
TOO_LONG = _ground(
    "life.history-full",
    400,
    "bad.request",
    Evidence.ASSUMED,
    "our bound, so that a call's history stays small; the platform has others",
)
EXISTS = _assumed("life.placed-twice", "bad.request", "what no request can ask: a call begins once")

"""The same wish as a request of the published contract, and what has to be asked about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.domain.numbers import Problem, assess
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Equivalent, Suggestion
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.party import Kind, MeantParty
from ringback_explain.meant.placeholders import gap_in
from ringback_explain.tell.questions import ask, gap, no_id, quoted

_FIELD = {
    Kind.NUMBER: "phoneNumber",
    Kind.SIP: "phoneNumber",
    Kind.USER: "callUserId",
    Kind.QUEUE: "callQueueId",
}
_MEMBER = {Kind.NUMBER: "address", Kind.SIP: "address", Kind.USER: "userId", Kind.QUEUE: "queueId"}
_OF_QUEUE = ("priority", "languageId", "routingSkillsIds", "routingSkillExpression")
_KEPT_ELSEWHERE = ("externalContactId", "label", "uuiData")


@dataclass(slots=True)
class _Draft:
    """An equivalent in the making. ``blocked`` where no request can be shown before an answer is given."""

    wish: MeantCall
    service: bool
    body: dict[str, Any] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    user_id: str | None = None
    blocked: bool = False

    def ask(self, name: str, *, block: bool = False, **facts: str) -> None:
        question = ask(name, **facts)
        if question not in self.questions:
            self.questions.append(question)
        self.blocked = self.blocked or block

    def ask_about(self, name: str, party: MeantParty, *, block: bool = False) -> None:
        """Ask about a party as it was written."""
        facts = {"shown": quoted(party.written), "gap": gap(party.written)}
        self.ask(name, block=block, pointer=party.pointer, **facts)


def suggest(wish: MeantCall, path_user: str | None, *, service: bool = False) -> Suggestion:
    """Make the equivalent of a wish; ``path_user`` is the user that the path names as caller.

    ``service`` says that the token is one of the client-credentials grant.
    """
    draft = _Draft(wish, service)
    for step in (_destination, _caller_id, _queue, _routing, _data):
        step(draft)
    _caller(draft, path_user)
    if draft.blocked:
        return Suggestion(None, tuple(draft.questions))
    path = f"{CALLS_PATH}/user/{draft.user_id}" if draft.user_id else CALLS_PATH
    return Suggestion(Equivalent("POST", path, draft.body), tuple(draft.questions))


# --- whom to ring -----------------------------------------------------------------------------------


def _destination(draft: _Draft) -> None:
    _undirected(draft)
    parties = _distinct(draft.wish.to)
    for party in parties:
        _objected(draft, party)
        _country(draft, party)
    for pointer in draft.wish.empty:
        draft.ask("empty", pointer=pointer, block=not parties)
    if not parties:
        _nobody(draft)
    elif len(parties) == 1:
        _one(draft, parties[0])
    elif len({party.pointer.removeprefix("/").partition("/")[0] for party in parties}) == 1:
        draft.body["participants"] = [dict(_member(party)) for party in parties if party.kind in _MEMBER]
    else:
        _contradicting(draft, parties)
    if parties and draft.wish.kept.get("conversationIds"):
        _contradicting(draft, parties)


def _contradicting(draft: _Draft, parties: list[MeantParty]) -> None:
    """Several destinations in different places: not even a conference was asked for."""
    named = [f"{quoted(party.written)} ({party.pointer})" for party in parties[:5]]
    named += ["the calls of /conversationIds"] if draft.wish.kept.get("conversationIds") else []
    listed = ", ".join(named)
    draft.ask("several-destinations", listed=listed, block=True)
    for party in parties:
        if party.kind is Kind.USER:
            draft.ask("dialled-user", shown=quoted(party.value))


def _country(draft: _Draft, party: MeantParty) -> None:
    if party.without_country:
        template = "plus" if party.may_have_country else "country"
        if template == "plus" and assess(f"+{party.digits}").problem is Problem.NOT_ASSIGNED:
            return  # with a plus it would ring nobody: it is not offered
        draft.ask(template, pointer=party.pointer, digits=party.digits)


def _distinct(parties: Iterable[MeantParty]) -> list[MeantParty]:
    """The parties, each once."""
    return list({(party.kind, party.value.lower()): party for party in reversed(list(parties))}.values())[
        ::-1
    ]


def _undirected(draft: _Draft) -> None:
    wish = draft.wish
    if len(wish.undirected) == 1 and not wish.to:
        wish.to.append(wish.undirected[0])
    elif wish.undirected:
        listed = ", ".join(party.pointer for party in wish.undirected[:5])
        draft.ask("undirected", listed=listed, block=not wish.to)


def _objected(draft: _Draft, party: MeantParty) -> None:
    """Ask about a party that cannot be dialled as it is written."""
    if party.usable:
        return
    if party.kind is Kind.ID:
        draft.ask("user-or-queue", pointer=party.pointer, block=True)
    elif party.kind in (Kind.USER, Kind.QUEUE) and not gap_in(party.written):
        draft.ask("named", kind=party.kind, pointer=party.pointer, shown=quoted(party.written), block=True)
    else:
        template = "unreadable" if party.kind is Kind.UNREADABLE else "not-filled"
        draft.ask_about(template, party, block=True)


def _nobody(draft: _Draft) -> None:
    queue = next((queue for queue in draft.wish.queues if queue.usable), None)
    conversations = draft.wish.kept.get("conversationIds")
    if conversations:
        draft.body["conversationIds"] = conversations
    elif queue:
        draft.ask("queue-alone", pointer=queue.pointer, block=True)
    elif not draft.wish.undirected and not draft.wish.empty:
        draft.ask("no-destination", block=True)


def _one(draft: _Draft, party: MeantParty) -> None:
    if party.kind in _FIELD:
        draft.body[_FIELD[party.kind]] = party.value
    if party.is_mail:
        draft.ask("mail", pointer=party.pointer, shown=quoted(party.written))


def _member(party: MeantParty) -> Iterator[tuple[str, str]]:
    yield _MEMBER[party.kind], party.value
    if party.name:
        yield "name", party.name


# --- what is shown, for whom, and with what ---------------------------------------------------------


def _caller_id(draft: _Draft) -> None:
    callers = _distinct(draft.wish.caller_ids)
    numbers = [party for party in callers if party.kind is Kind.NUMBER]
    for party in callers:
        if party.kind is not Kind.NUMBER:
            template = "left-out" if party.kind is Kind.GAP else "caller-id-unusable"
            draft.ask_about(template, party)
    if len(numbers) > 1:
        draft.ask("several-caller-ids", listed=", ".join(quoted(party.written) for party in numbers[:5]))
    elif numbers:
        draft.body["callerId"] = numbers[0].value
        _country(draft, numbers[0])
    if draft.wish.caller_name and len(numbers) <= 1:
        draft.body["callerIdName"] = draft.wish.caller_name


def _queue(draft: _Draft) -> None:
    kept = draft.wish.kept.get("callFromQueueId")
    if kept:
        draft.body["callFromQueueId"] = kept
    for queue in draft.wish.not_ids:
        template = "left-out" if gap_in(queue.written) else "not-an-id"
        draft.ask_about(template, queue)
    for queue in _distinct(draft.wish.queues) if "callQueueId" not in draft.body else ():
        if not queue.usable:
            why = no_id(queue.written, queue.pointer, "queue")
            draft.ask("queue-not-filled", pointer=queue.pointer, no_id=why)
        elif "callFromQueueId" not in draft.body and draft.wish.to:
            draft.body["callFromQueueId"] = queue.value
            draft.ask("queue-or-behalf", pointer=queue.pointer)


def _routing(draft: _Draft) -> None:
    """What routes a call to an agent counts where a queue is dialled."""
    wish = draft.wish
    ids = [text for _, text in wish.skills if is_uuid(text)]
    if wish.skills and (len(ids) < len(wish.skills) or "callQueueId" not in draft.body):
        draft.ask("skill", pointer=wish.skills[0][0])
    elif ids:
        draft.body["routingSkillsIds"] = ids
    for pointer, text in wish.languages[:1]:
        draft.ask("language", pointer=pointer, shown=quoted(text))


def _data(draft: _Draft) -> None:
    wish = draft.wish
    for key in (*_OF_QUEUE, *_KEPT_ELSEWHERE):
        if key in wish.kept:
            draft.body.setdefault(key, wish.kept[key])
    if wish.attributes:
        draft.body["attributes"] = wish.attributes
    for party in wish.agents_in_data:
        draft.ask("agent-in-data", shown=quoted(party.value), pointer=party.pointer)
    for party in _distinct(wish.campaigns):
        if party.pointer.startswith("/from"):
            draft.ask("campaign", pointer=party.pointer, block=True)


# --- who calls --------------------------------------------------------------------------------------


def _caller(draft: _Draft, path_user: str | None) -> None:
    agents = _distinct(draft.wish.agents)
    if path_user is not None:
        agents = _distinct([MeantParty(Kind.USER, path_user.lower(), "path", path_user), *agents])
    usable = [agent for agent in agents if agent.usable]
    if len(usable) > 1:
        listed = ", ".join(f"{quoted(agent.value)} ({agent.pointer})" for agent in usable[:5])
        draft.ask("several-agents", listed=listed, block=True)
    elif usable:
        draft.user_id = usable[0].value
    elif agents:
        agent = agents[0]
        draft.ask("agent-not-filled", block=draft.service, no_id=no_id(agent.written, agent.pointer, "user"))
    elif draft.service:
        draft.ask("agent-needed", block=True)

"""The same wish as a request of the published contract, and what has to be asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Equivalent, Suggestion
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.party import Kind, MeantParty
from ringback_explain.meant.placeholders import gap_in
from ringback_explain.tell.questions import ask, gap, no_id, quoted

_DIALLED = {
    Kind.NUMBER: ("phoneNumber", "address"),
    Kind.SIP: ("phoneNumber", "address"),
    Kind.USER: ("callUserId", "userId"),
    Kind.QUEUE: ("callQueueId", "queueId"),
}
"""The field that dials a party of a kind, and the one of a participant."""
_KEPT = (
    *("priority", "languageId", "routingSkillsIds", "routingSkillExpression"),
    *("externalContactId", "label", "uuiData"),
)


@dataclass(slots=True)
class _Draft:
    """An equivalent in the making. ``blocked`` where no request can be shown before an answer is given."""

    wish: MeantCall
    service: bool
    body: dict[str, Any] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    user_id: str | None = None
    blocked: bool = False

    def ask(self, name: str, about: MeantParty | None = None, *, block: bool = False, **facts: str) -> None:
        """Ask a question, about a party as it was written."""
        if about is not None:
            shown = quoted(about.written)
            facts = {"pointer": about.pointer, "shown": shown, "gap": gap(about.written), **facts}
        question = ask(name, **facts)
        if question not in self.questions:
            self.questions.append(question)
        self.blocked = self.blocked or block


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


def _destination(draft: _Draft) -> None:
    wish = draft.wish
    if len(wish.undirected) == 1 and not wish.to:
        wish.to.append(wish.undirected[0])
    elif wish.undirected:
        listed = ", ".join(party.pointer for party in wish.undirected[:5])
        draft.ask("undirected", listed=listed, block=not wish.to)
    parties = _distinct(wish.to)
    for party in parties:
        if not party.usable:
            _ask_whom(draft, party)
        _country(draft, party)
    for pointer in wish.empty:
        draft.ask("empty", pointer=pointer, block=not parties)
    if parties:
        _dial(draft, parties)
    else:
        _nobody(draft)


def _dial(draft: _Draft, parties: list[MeantParty]) -> None:
    is_listed = len({party.pointer.removeprefix("/").partition("/")[0] for party in parties}) == 1
    if (len(parties) > 1 and not is_listed) or draft.wish.kept.get("conversationIds"):
        # Several destinations in different places: not even a conference was asked for.
        named = [f"{quoted(party.written)} ({party.pointer})" for party in parties[:5]]
        named += ["the calls of /conversationIds"] if draft.wish.kept.get("conversationIds") else []
        draft.ask("several-destinations", listed=", ".join(named), block=True)
        for party in (party for party in parties if party.kind is Kind.USER):
            draft.ask("dialled-user", shown=quoted(party.value))
    if len(parties) > 1 and is_listed:
        draft.body["participants"] = [
            {_DIALLED[party.kind][1]: party.value, **({"name": party.name} if party.name else {})}
            for party in parties
            if party.kind in _DIALLED
        ]
    elif len(parties) == 1:
        if parties[0].kind in _DIALLED:
            draft.body[_DIALLED[parties[0].kind][0]] = parties[0].value
        if parties[0].is_mail:
            draft.ask("mail", parties[0])


def _country(draft: _Draft, party: MeantParty) -> None:
    # With a plus it might ring nobody: then it is not offered.
    if party.without_country and party.may_lack_plus == party.may_have_country:
        draft.ask("plus" if party.may_have_country else "country", party, digits=party.digits)


def _distinct(parties: Iterable[MeantParty]) -> list[MeantParty]:
    """The parties, each once."""
    first: dict[tuple[Kind, str], MeantParty] = {}
    for party in parties:
        first.setdefault((party.kind, party.value.lower()), party)
    return list(first.values())


def _ask_whom(draft: _Draft, party: MeantParty) -> None:
    """Ask about a party that cannot be dialled as it is written."""
    if party.kind is Kind.ID:
        draft.ask("user-or-queue", party, block=True)
    elif party.kind in (Kind.USER, Kind.QUEUE) and not gap_in(party.written):
        draft.ask("named", party, kind=party.kind, block=True)
    else:
        draft.ask("unreadable" if party.kind is Kind.UNREADABLE else "not-filled", party, block=True)


def _nobody(draft: _Draft) -> None:
    queue = next((queue for queue in draft.wish.queues if queue.usable), None)
    if conversations := draft.wish.kept.get("conversationIds"):
        draft.body["conversationIds"] = conversations
    elif queue:
        draft.ask("queue-alone", queue, block=True)
    elif not draft.wish.undirected and not draft.wish.empty:
        draft.ask("no-destination", block=True)


def _caller_id(draft: _Draft) -> None:
    callers = _distinct(draft.wish.caller_ids)
    numbers = [party for party in callers if party.kind is Kind.NUMBER]
    for party in callers:
        if party.kind is not Kind.NUMBER:
            draft.ask("left-out" if party.kind is Kind.GAP else "caller-id-unusable", party)
    if len(numbers) > 1:
        draft.ask("several-caller-ids", listed=", ".join(quoted(party.written) for party in numbers[:5]))
    elif numbers:
        draft.body["callerId"] = numbers[0].value
        _country(draft, numbers[0])
    if draft.wish.caller_name and len(numbers) <= 1:
        draft.body["callerIdName"] = draft.wish.caller_name


def _queue(draft: _Draft) -> None:
    if kept := draft.wish.kept.get("callFromQueueId"):
        draft.body["callFromQueueId"] = kept
    for queue in draft.wish.not_ids:
        draft.ask("left-out" if gap_in(queue.written) else "not-an-id", queue)
    for queue in _distinct(draft.wish.queues) if "callQueueId" not in draft.body else ():
        if not queue.usable:
            draft.ask("queue-not-filled", queue, no_id=no_id(queue.written, queue.pointer, "queue"))
        elif "callFromQueueId" not in draft.body and draft.wish.to:
            draft.body["callFromQueueId"] = queue.value
            draft.ask("queue-or-behalf", queue)


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
    for key in _KEPT:
        if key in wish.kept:
            draft.body.setdefault(key, wish.kept[key])
    if wish.attributes:
        draft.body["attributes"] = wish.attributes
    for party in wish.agents_in_data:
        draft.ask("agent-in-data", party, shown=quoted(party.value))
    for party in _distinct(wish.campaigns):
        if party.pointer.startswith("/from"):
            draft.ask("campaign", party, block=True)


def _caller(draft: _Draft, path_user: str | None) -> None:
    in_path = [MeantParty(Kind.USER, path_user.lower(), "path", path_user)] if path_user is not None else []
    agents = _distinct([*in_path, *_distinct(draft.wish.agents)])
    usable = [agent for agent in agents if agent.usable]
    if len(usable) > 1:
        listed = ", ".join(f"{quoted(agent.value)} ({agent.pointer})" for agent in usable[:5])
        draft.ask("several-agents", listed=listed, block=True)
    elif usable:
        draft.user_id = usable[0].value
    elif agents:
        why = no_id(agents[0].written, agents[0].pointer, "user")
        draft.ask("agent-not-filled", block=draft.service, no_id=why)
    elif draft.service:
        draft.ask("agent-needed", block=True)

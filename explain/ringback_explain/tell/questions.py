"""What explain asks where it would otherwise have to guess."""

from __future__ import annotations

import re

from ringback_explain.meant.placeholders import IN_CODE

FOR_USER = "/api/v2/conversations/calls/user/{userId}"
_FOR_USER = FOR_USER.replace("{", "{{").replace("}", "}}")

NO_DESTINATION = (
    "Whom should the call ring? Nothing in the body names a number, a SIP address, a user or a queue to dial."
)
SEVERAL_DESTINATIONS = (
    "Which of {listed} should the call ring? One call has one destination; a conference lists all of them"
    " under participants."
)
UNDIRECTED = (
    "Which of the addresses at {listed} should the call ring, and which one is only shown as caller id? The"
    " first goes into phoneNumber, the other into callerId."
)
NOT_FILLED = "What should stand at {pointer}? {gap}."
NAMED = "Which {kind} is meant at {pointer}? {shown} is no id (a UUID), and names are not looked up."
LEFT_OUT = "What should stand at {pointer}? {gap}; a request shown here leaves it out."
NOT_AN_ID = "Which id should stand at {pointer}? {shown} is no UUID; a request shown here leaves it out."
UNREADABLE = "What should stand at {pointer}? {shown} is no number, no SIP address and no id."
EMPTY = "What should stand at {pointer}? It is empty."
MAIL = (
    "Is {shown} at {pointer} a SIP address, or the e-mail address of a colleague? A SIP address is dialled"
    " with its scheme, as shown; a colleague with callUserId and the user's id."
)
USER_OR_QUEUE = (
    "What does the id at {pointer} belong to? A user to dial goes into callUserId, a queue to dial into"
    " callQueueId."
)
QUEUE_OR_BEHALF = (
    "Dial the queue at {pointer}, or call on its behalf? On its behalf it is callFromQueueId beside the"
    " destination, as shown; to dial it, send callQueueId instead of the destination."
)
QUEUE_ALONE = (
    "Dial the queue at {pointer}, or call on its behalf? To dial it, send callQueueId alone; on its behalf,"
    " send callFromQueueId and phoneNumber, and say whom to ring."
)
QUEUE_NOT_FILLED = (
    "Which queue is meant at {pointer}, and should it be dialled or called on behalf of? {no_id}. On its"
    " behalf it is callFromQueueId; to dial it, callQueueId instead of the destination."
)
AGENT_NOT_FILLED = (
    "Which user places the call? {no_id}. With that user's own token send the request as shown; for another"
    " user post the same body to " + _FOR_USER + "."
)
AGENT_NEEDED = (
    "Which user places the call? A client-credentials token has no user: post the body to "
    + _FOR_USER
    + " with the"
    " id of the user whose phone rings first, or use that user's own token (authorization code)."
)
SEVERAL_AGENTS = "Which user places the call: {listed}? The path of " + _FOR_USER + " takes one."
AGENT_IN_DATA = (
    "Is {shown} at {pointer} the user who places the call? Then post the body to "
    + _FOR_USER
    + "; in attributes it"
    " is only a text."
)
DIALLED_USER = (
    "Is {shown} the user to dial, or the user who calls? callUserId dials; who calls stands in the path "
    + _FOR_USER
    + "."
)
SEVERAL_CALLER_IDS = "Which number should be shown as caller id: {listed}?"
CALLER_ID_UNUSABLE = (
    "Which number should be shown as caller id? {shown} at {pointer} cannot be; leave it out for the default."
)
CAMPAIGN = (
    "Which user places the call? A campaign ({pointer}) cannot stand in a published call request: its calls"
    " are placed by the dialer."
)
SKILL = (
    "Which skills should route the call? {pointer} takes ids of skills, in routingSkillsIds, and they only"
    " count where a queue is dialled."
)
LANGUAGE = "Which language should route the call? languageId takes its id; {pointer} has {shown}."
COUNTRY = (
    "Which country is the number at {pointer} in? With the country code it is + and digits; {digits} alone is"
    " dialled as a number of the org's own country."
)
PLUS = (
    "Does the number at {pointer} begin with its country code? Then it is +{digits}; {digits} alone is"
    " dialled as a number of the org's own country."
)
A_LIST = (
    "Which of the {count} entries of the list should be sent? One request places one call, so each is sent by"
    " itself; to have several parties in one call, list them under participants."
)
UNREAD_BODY = "What does the body say? It could not be read as JSON, a form, an object literal or YAML."
CUT_SHORT = (
    "What follows {shown}? The body ends there, and a request shown here has only what is whole in it."
)
REFUSED_HERE = (
    "What can be changed beside the request? The nearest published one is refused here too ({detail}), until"
    " this is done: {fix}"
)
NOT_ACCEPTED = "What should be sent instead? The nearest published request is still refused: {detail}."


def ask(template: str, **facts: str) -> str:
    """A question with its facts filled in."""
    return template.format(**facts)


def gap(text: str) -> str:
    """Why a text is not the value that belongs there."""
    if IN_CODE.search(text):
        return f"Only the running program knows {quoted(text)}"
    return f"{quoted(text)} was not filled in"


def no_id(text: str, pointer: str, what: str) -> str:
    """Why a text is not the id that belongs there."""
    if IN_CODE.search(text):
        return f"Only the running program knows {quoted(text)} at {pointer}"
    return f"{quoted(text)} at {pointer} is no id of a {what} (a UUID)"


_SIP_USER = re.compile(r"(sips?:)([^@\s]*)(@?)", re.IGNORECASE)


def _without_password(found: re.Match[str]) -> str:
    scheme, user, at = found.groups()
    name, colon, _ = user.partition(":")
    return f"{scheme}{name}:***@" if at and colon else found[0]


def quoted(text: str, limit: int = 60) -> str:
    """A text of the request as it is shown in a question, cut where it is long."""
    shown = _SIP_USER.sub(_without_password, text)
    plain = "".join(character if character.isprintable() else " " for character in shown[: limit + 1])
    return f"'{plain[:limit]}…'" if len(plain) > limit else f"'{plain}'"

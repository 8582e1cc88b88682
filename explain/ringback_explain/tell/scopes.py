"""Notes on OAuth scopes: which exist, and which are permissions or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback_contracts.operations import BY_ID, PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_explain.explanation import Context, Note

READ_ONLY = ":readonly"

_AREAS = """
    ai-studio alerting analytics architect assistants authorization billing business-rules
    case-management coaching content-management conversations data-privacy devices dialog
    employee-engagement employee-performance external-contacts fax gamification gdpr geolocation
    greetings groups identity-providers infrastructureascode integrations journey knowledge
    language-understanding learning license locations logcapture messaging messaging-platform oauth
    organization organization-authorization outbound presence process-automation quality recordings
    response-management routing scim screen-monitoring scripts social-media
    speech-and-text-analytics stations telephony textbots usage user-recordings users users-rules
    voicemail web-chat webdeployments widgets workforce-management workitems
"""
_ALONE = "all audits:readonly data-extensions notifications search:readonly upload user-basic-info"

SCOPES = frozenset([*_AREAS.split(), *_ALONE.split(), *(area + READ_ONLY for area in _AREAS.split())])
"""The scopes of the vendor's Swagger of July 2026: an area, or an area for reading alone."""

_PLACE, _FOR_USER = (" or ".join(BY_ID[operation].any_of) for operation in (PLACE_CALL, PLACE_CALL_FOR_USER))
CALLING = (
    f"calls need the scope conversations; the permission goes into a role: {_PLACE} for POST /calls,"
    f" {_FOR_USER} for POST /calls/user/{{userId}}"
)
READING = "users are read with the scope users or users:readonly"
PERMISSION = (
    "'{scope}' is written like a permission and is no OAuth scope: a name of three parts belongs into a role"
)
INVENTED = (
    "'{scope}' is no OAuth scope: scopes name an area, such as conversations, or an area for reading alone,"
    " such as conversations:readonly"
)
NEVER_APPLY = "scopes do not apply to a client-credentials token: its roles decide"


def scope_notes(context: Context) -> Iterator[Note]:
    """Say of each scope that is none what it is instead; silent on those that exist."""
    for scope in dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed)):
        if scope and scope not in SCOPES:
            yield _note(scope)


def _note(scope: str) -> Note:
    is_permission = scope.count(":") > 1
    text = (PERMISSION if is_permission else INVENTED).format(scope=scope[:80])
    about_users = re.match(r"users?\b", scope) is not None
    return Note(
        "scope.is-a-permission" if is_permission else "scope.unknown",
        "scope",
        f"{text}; {READING if about_users else CALLING}",
    )

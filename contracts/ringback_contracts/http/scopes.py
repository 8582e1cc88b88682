"""The OAuth scopes of the platform."""

from __future__ import annotations

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

"""Hide secrets and people's phone numbers in what is logged, kept or shown.

Secrets are bearer tokens, Basic credentials, passwords in URIs, cookies, and the values of names that say so
(``names``), as JSON, as a form or as text. A phone number is a run of seven digits or more, separators
between them included; what stays is its plus, up to four digits in front and the last two. UUIDs and times
of ISO 8601 stay, and so do international numbers of a reserved range, which are nobody's. When in doubt
something is hidden: seconds since 1970 look like a number.
"""

from __future__ import annotations

from ringback_contracts.privacy.messages import redact_body, redact_headers
from ringback_contracts.privacy.shapes import HIDDEN
from ringback_contracts.privacy.text import redact_text

__all__ = ["HIDDEN", "redact_body", "redact_headers", "redact_text"]

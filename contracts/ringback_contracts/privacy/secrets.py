"""Secrets in text: by their shape, their name, or the place where they stand."""

from __future__ import annotations

from ringback_contracts.privacy.assigned import without_assigned
from ringback_contracts.privacy.carriers import without_carried, without_columns
from ringback_contracts.privacy.markup import without_marked
from ringback_contracts.privacy.places import without_placed
from ringback_contracts.privacy.schemes import without_schemes
from ringback_contracts.privacy.shapes import HIDDEN, Hide, without_shapes
from ringback_contracts.privacy.spoken import without_spoken
from ringback_contracts.privacy.tables import without_tabled

_SUSPICIOUS = [
    "//",
    "@",
    "\\/",
    "basic",
    "-u",
    "-p",
    "-a",
    "-w",
    "-k",
    "-n",
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "login",
    "cookie",
    "code",
    "pin",
    "otp",
    "sig",
    "jwt",
    "sess",
    "sid",
    "sas",
    "pat",
    "puk",
    "cvv",
    "cvc",
    "cvn",
    "assert",
    "bearer",
    "csrf",
    "xsrf",
    "psk",
    "mfa",
    "response",
    "nonce",
    "identified",
    "mnemonic",
    "phrase",
    "answer",
    "community",
    "digits",
    "dtmf",
    "verifier",
    "wort",
    "woord",
    "senha",
    "contrase",
]
"""What stands somewhere in every text with a secret that has no shape: most texts are done with."""


_STEPS = (
    without_tabled,
    without_marked,
    without_schemes,
    without_carried,
    without_assigned,
    without_columns,
    without_spoken,
)
"""What looks at names, each at what the ones before it left."""
_COLONS = 4
"""How many stand in a line of a file of passwords, host and all."""


def hide_all(_: str) -> str:
    """What is shown in place of any secret."""
    return HIDDEN


def without_secrets(text: str, hide: Hide = hide_all) -> str:
    """The text without secrets; what is hidden already stays as it is."""
    text = without_placed(without_shapes(text, hide), hide)
    if not _is_suspicious(text):
        return text
    for without in _STEPS:
        text = without(text, hide)
    return text


def _is_suspicious(text: str) -> bool:
    lowered = text.lower()
    for sign in _SUSPICIOUS:
        if sign in lowered:
            return True
    return text.count(":") >= _COLONS

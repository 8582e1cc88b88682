"""Names that say that what they name is a secret: of headers, members, fields, options and variables."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ENDING = re.compile(
    r"(?:pass(?:words?|codes?|phrases?|wort)|passwd|pwd|motdepasse|contrasena|kennwort|senha|wachtwoord|saml(?:response|request)|connectsid|secrets?|tokens?|cookies?2?|credentials?|signatures?|jwts?"
    r"|(?:api|access|secret|private|subscription|shared|session|auth|account|master|encryption|signing)keys?"
    r"|(?:access|secret)keyid|sess(?:ion)?id|assertion|mnemonic|(?:seed|recovery|backup|wallet|mnemonic)phrase|(?:security|secret|challenge|recovery)(?:question)?answer"
    r"|(?:bind|root|user|admin|db|ftp|smtp|login|vpn|wifi|wlan|sudo|proxy)pw"
    r"|(?:require|store|key|ssh|user|db|root|admin|my|mysql|pg|ftp|smtp|imap|mail|login|bind|ldap|http|proxy|become|sudo|wifi|vpn|master|auth|trust|rpc)pass"
    r"|masterauth|(?:snmp|read|write|ro|rw|trap)community(?:string)?|communitystring|privatekeyid|(?:oauth|pkce|srp|password)verifier|authorization|codeverifier|passwordhash|sonarlogin)\Z"
)
"""How a telling name ends, read without what divides its words."""
_LAST = word_set(
    "otp totp hotp pin pins pass pw pswd psk sig sas pat puk cvv cvc cvn mfa csrf xsrf cred creds bearer tgt"
)
"""The last word of a telling name."""
_OPEN_KEYS = word_set(
    "public primary foreign sort partition idempotency cache object row index translation message"
    " group unique composite natural bucket range routing event lookup issue project file entity"
    " parent sub map dict json hash column table field property config setting option locale i18n hot"
    " arrow short any each this that the no a registry resource record item meta tag label metric"
    " state attribute"
)
"""What is before "key" where the key opens nothing."""
_CODES = word_set(
    "auth authorization authorisation verification verify security access login otp mfa totp sms pin "
    "time user recovery backup activation confirmation device pairing unlock reset invite 2fa factor sms"
    " email door gate alarm entry pass master card bypass"
)
"""The same before "code", such as ``one_time_code``."""
_KEYS = word_set("digits dtmf dtmfdigits")
"""What a phone's keys were pressed for is called so: often a PIN, or a card's number."""
_WHOLE = word_set("code auth authheader sid session sensitive") | _KEYS
_AUTH = word_set("x basic bearer http proxy")
_TICKETS = word_set("kerberos auth session service login granting")
_QUALIFIERS = word_set(
    "value text string raw plain plaintext header confirmation confirm repeat again hash"
    " base salt pem der block b64 hex encoded proof bytes str current previous primary secondary backup"
    " literal"
)
"""What may stand behind a telling name, and makes it no other."""
_DIGITS_TELL = word_set("otp totp hotp pin pins puk cvv cvc cvn")
_VALUES = word_set(
    "value val v content data text currentvalue initialvalue defaultvalue stringvalue secretvalue"
    " newvalue oldvalue example default"
)
SCHEMA = word_set(
    "type format scheme description title in name required nullable readOnly writeOnly deprecated"
    " minLength maxLength file external environment"
    " pattern flows tokenUrl authorizationUrl refreshUrl scopes bearerFormat openIdConnectUrl $ref"
    " schema style explode items enum properties allOf anyOf oneOf"
)
"""What describes a value that has a telling name, and is none: members of JSON Schema and OpenAPI."""
_LONGEST = 80
"""Characters at the end of a name that are looked at: it may be of any length, and somebody else's."""


def names_secret(name: str) -> bool:
    """Whether what has this name, such as a header or a member of JSON, is a secret."""
    return _tells(name[-_LONGEST:])


@lru_cache(maxsize=4096)
def _tells(name: str) -> bool:
    words = words_of(name)
    while len(words) > 1 and words[-1] in _QUALIFIERS:
        words.pop()
    if not words:
        return False
    joined, last = "".join(words), words[-1]
    if _ENDING.search(joined) or last in _LAST or "".join(words_of(name)) in _WHOLE:
        return True
    before = words[-2] if len(words) > 1 else ""
    if (last == "auth" and before in _AUTH) or (last == "ticket" and before in _TICKETS):
        return True
    return (last in ("key", "keys") and before not in _OPEN_KEYS | {""}) or (
        last in ("code", "codes") and before in _CODES
    )


def words_of(name: str) -> list[str]:
    """The words of a name, but for a number at its end, as in ``password2``; of a long one the last."""
    words = [word.lower() for word in _WORD.findall(_ascii(name[-_LONGEST:]))]
    while words and (words[-1].isdigit() or (words[-1] == "v" and len(words) > 1)):
        words.pop()
    return words


def _ascii(name: str) -> str:
    return name if name.isascii() else normalize("NFKD", name).encode("ascii", "ignore").decode()


def digits_tell(name: str) -> bool:
    """Whether a few digits are all that such a secret is."""
    words = words_of(name)
    return bool(words) and (words[-1] in _DIGITS_TELL or is_keys(name))


def is_keys(name: str) -> bool:
    """Whether a name is that of keys that were pressed, or of a number of digits."""
    return "".join(words_of(name)) in _KEYS


def is_ordinary(name: str) -> bool:
    """Whether a telling name is also a word of plain sentences: "the token: nobody issued it"."""
    return len(words_of(name)) == 1


def gives_value(name: str) -> bool:
    """Whether a name says but that something is a value: what it is of, another name says."""
    return name.lower().replace("_", "") in _VALUES or words_of(name)[-1:] == ["value"]

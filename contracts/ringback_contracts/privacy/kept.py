"""What looks like a telephone number and is none: ids, times, versions, hosts, amounts, orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback_contracts.domain.uuids import UUID_PATTERN
from ringback_contracts.privacy.counted import CODE, COUNT, GIT, HEXADECIMAL, MEASURE, ORDER, is_article
from ringback_contracts.privacy.names import word_set, words_of

# \d on purpose: full-width and other digits are digits to whoever reads them, and so are small and round
# ones.
DIGIT = r"[\d\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea\u24f5-\u24fd\u2776-\u277e]"
GAP = (
    r"(?:[ \-_.()\[\]/~|\x00-\x09\x0b\x0c\x0e-\x1f\u00a0\u00ad\u00b7\u061c\u1680\u180e\u2000-\u2015\u2022"
    r"\u2027\u202a-\u202f\u2043\u205f-\u206f\u2212\u2219\u22c5\u3000\u30fb\ufe58\ufe63\ufeff\uff08\uff09\uff0d\uff0e\uff0f\uff65]"
    rf"|%2[089DdEe]|(?<={DIGIT})\+(?={DIGIT}))"
)
"""What parts the digits of a number."""
# One with a digit too few or too many is somebody's slip in an id, and no number either.
_UUID = rf"(?<![0-9A-Za-z]){UUID_PATTERN[:-4]}{{10,14}}(?![0-9A-Za-z])"
_YEAR, _MONTH, _DAY = r"(?:19|20)[0-9]{2}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_DATE = rf"{_YEAR}-{_MONTH}-{_DAY}"
_ANY_MONTH, _ANY_DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_TIME = (
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2}| [+-][0-9]{4}(?![0-9]))?"
)
_SPOKEN_DATE = (
    rf"(?:{_DAY}\.{_MONTH}\.{_YEAR}|{_ANY_DAY}/{_ANY_MONTH}/{_YEAR}|{_ANY_MONTH}/{_ANY_DAY}/{_YEAR})"
)
_MOMENT = (
    rf"(?<![0-9+])(?:(?:{_DATE}|{_YEAR}/{_MONTH}/{_DAY})[T ]{_TIME}(?![0-9])"
    rf"|{_SPOKEN_DATE},? (?:{_TIME}(?![0-9])|[0-9]{{1,2}}:[0-5][0-9](?::[0-5][0-9])? ?[AaPp][Mm]\b))"
)
# A date alone stays only where no other digits stand beside it, with which it could be one number.
_ALONE = (
    r"(?<![0-9+])(?<![0-9][-. ()/])"
    rf"(?:{_DATE}|{_YEAR}(?:/{_MONTH}/|\.{_MONTH}\.){_DAY}|{_SPOKEN_DATE})"
    r"(?![0-9])(?![-. ()/]{1,3}[0-9])"
)
_COMPACT = (
    rf"(?<![0-9+A-Za-z]){_YEAR}{_MONTH}{_DAY}T[0-2][0-9][0-5][0-9][0-5][0-9](?:[.,]?[0-9]{{3,9}})?Z?(?![0-9])"
)
_SECONDS = (
    r"(?P<seconds>(?<![\w.+-])1[0-9]{9}\.[0-9]{3,6}(?![\w.]))"
    r"|\b(?:exp|iat|nbf|ts|timestamp|time|epoch(?:_?[a-z]{2,6}|M[a-z]{1,5})?|date|since|until|expires|reset|created|updated|modified|[a-z_]{1,20}_at|[a-z]{1,20}At)"
    r"""["']?\s{0,2}[:=]\s{0,2}["']?1[0-9]{9}(?:[0-9]{3})?(?![\w.-])"""
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}(?::[0-9]{{1,5}}|/(?:3[0-2]|[12]?[0-9]))?(?![\w])"
_HOSTS = (
    rf"(?:(?<=[@/])|(?<![\w.+/-])(?!(?:[0-9]{{2}}\.){{3}}[0-9]{{2}}(?![0-9:])))"
    rf"(?P<hosts>{_IPV4}(?: (?:[-/|] )?{_IPV4})*+)"
)
"""IPv4 addresses; one with two digits in each group only in a place for it, since it may be a number."""
_VERSION = (
    r"(?:\b[Vv](?:ersion)?[ :=]{0,3}|(?<=[A-Za-z]/)|\b(?:NT|[Bb]uild|OS X) )(?![0-9]{3}\.[0-9]{3}\.[0-9]{4})"
    r"[0-9]{1,4}(?:[._][0-9]{1,6}){1,4}(?![0-9])"
    r"(?:-(?:[0-9]\.)?[0-9]{14}-[0-9a-f]{12}(?![0-9a-f]))?"
    r"|\([A-Z][a-z]{2,10} [1-9][0-9]?\.[0-9]\.[0-9]-[0-9]{1,2}\) [1-9][0-9]?\.[0-9]\.[0-9](?![\w.-])"
)
_MONEY = r"(?:USD|EUR|GBP|CHF|JPY|INR|AUD|CAD|SEK|NOK|DKK|PLN|BRL|MXN|CNY)"
_SUM = r"[0-9]{1,15}(?:[.,'\u00a0\u202f ][0-9]{3}){0,5}(?:[.,][0-9]{1,4})?"
_AMOUNT = (
    rf"(?:[$\u20ac\u00a3\u00a5\u20b9]|\b{_MONEY})[ \u00a0]?{_SUM}(?![0-9]|[-:/][0-9])"
    rf"|(?<![\w.,+-]){_SUM}[ \u00a0]?(?:[\u20ac\u00a3\u00a5\u20b9]|{_MONEY}\b)"
)
_LOG = r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"
"""As web servers write moments."""
_CLOCK = r"(?<![0-9+:.])(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]{1,9})?(?![0-9:])"
_DATED_NAME = rf"(?<=[A-Za-z][_/.-]){_YEAR}{_MONTH}{_DAY}(?=[_/.-][A-Za-z])"
_PLACE = (
    r"\b(?i:lat(?:itude)?|lon(?:gitude)?|lng)[\"']?[ :=]{1,3}-?[0-9]{1,3}\.[0-9]{3,15}"
    r"|(?<![\w.+-])-?(?:90|[1-8]?[0-9])\.[0-9]{4,15}, ?-?(?:1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{4,15}(?![\w.-])"
    r"|(?P<fraction>(?<![\w.+-])(?:0\.[0-9]{6,17}|[0-9]{1,2}\.[0-9]{13,17}|[1-9][0-9]{4,6}\.[0-9]{2})(?![\w.-]))"
)
_SESSION = (
    rf"o=\S{{1,64}} [0-9]{{1,20}} [0-9]{{1,20}} IN IP[46](?= )|\bIN IP4 {_IPV4}"
    r"|(?<=;)tag=[0-9]{7,15}(?![\w-])"
)
"""Origins, connections and dialogs, as SDP (RFC 8866) and SIP (RFC 3261) write them."""
KEPT = re.compile(
    # Most places are done with by what stands before them.
    rf"(?<![0-9])(?:{_MOMENT}|{_ALONE}|(?<![A-Za-z])(?:{_UUID}|{GIT}|{HEXADECIMAL}|{_COMPACT}|{_CLOCK}|{_LOG}|{_PLACE}|{_DATED_NAME}|{COUNT}|{_SESSION}"
    rf"|{_SECONDS}|0x[0-9A-Fa-f]{{1,16}}(?![0-9A-Za-z])|{_HOSTS}|{_VERSION}|{_AMOUNT}|{MEASURE}|(?i:{ORDER})|{CODE}))"
)
_LEADS = ("/", "@")
"""What stands before an address in a URL."""
_LONGEST_GAP = 10
"""Characters of what parts two digits of a number, however it is encoded, and of the first digit."""
_DIGIT_BEFORE = re.compile(rf"{DIGIT}{GAP}{{1,3}}\Z")
_DIGIT_BEHIND = re.compile(rf"{GAP}{{1,3}}(?={DIGIT})")
_COUNTS = word_set(
    "exp iat nbf ts timestamp time at date epoch millis ms seconds secs expires ttl duration since "
    "created updated modified until size length bytes count total limit offset price amount cost"
    " balance version build port"
)
_COUNTED = word_set(
    "order invoice ticket booking shipment tracking parcel receipt article item sku part serial batch "
    "lot job issue case contract claim reference"
)
_ARTICLES = word_set("barcode isbn issn ean gtin upc")
_WITH_LETTERS = re.compile("(?=[0-9/.-]*[A-Z])[A-Z0-9]{1,20}(?:[-/.][A-Z0-9]{1,12}){0,4}", re.ASCII)
"""The number of an order: with groups as a telephone's may have, but with a letter too."""


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of the text, and whether one stays as it is whatever its digits."""
    end = 0
    for found in KEPT.finditer(text):
        if found.lastgroup and _is_within(text, found, end):
            continue
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False


def _is_within(text: str, found: re.Match[str], end: int) -> bool:
    """Whether what looks like hosts, seconds, a fraction or an article is part of a number, or is one."""
    if found["article"]:
        return not is_article(re.sub(r"\A\D+(?:-?1[03](?=[^0-9-]))?", "", found["article"]))
    before = text[max(0, found.start() - 2) : found.start()]
    if found["hosts"] and (":" in found[0] or (before[-1:] in _LEADS and not before[:-1].isdigit())):
        return False
    if _DIGIT_BEFORE.search(text, max(end, found.start() - _LONGEST_GAP), found.start()):
        return True
    behind = _DIGIT_BEHIND.match(text, found.end())
    return behind is not None and KEPT.match(text, behind.end()) is None


def is_count(name: str, value: object) -> bool:
    """Whether a number counts or orders something for its name, as those of ``expires_at`` or ``orderId``."""
    if not isinstance(value, int | float | str):
        return False
    words = words_of(name)
    last = words[-1] if words else ""
    if last in _ARTICLES:
        return re.fullmatch(r"[0-9](?:-?[0-9])*-?[0-9Xx]", str(value)) is not None and is_article(str(value))
    ordered = len(words) > 1 and words[-2] in _COUNTED and last in ("number", "id", "no", "nr")
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        return ordered and _WITH_LETTERS.fullmatch(value) is not None
    return ordered or last in _COUNTS

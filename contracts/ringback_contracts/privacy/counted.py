"""Digits that a word before or behind them tells to be no telephone number: orders, amounts, revisions."""

from __future__ import annotations

_SAYS = r"""["']?[ ]?[:=#]?[ ]?["']?#?"""
"""What stands between such a word and its digits."""
_LENGTH = r"(?:bytes|octets|[mnu\u00b5]s|(?:milli|micro)?seconds|[KMGT]i?B|requests|B)"
_WHOLE = r"(?:0|[1-9][0-9]{0,%d})"
_LOCAL = r"[0-9]{3}\.[0-9]{4}(?![0-9])"
MEASURE = (
    rf"(?<![\w.,+-])(?:[1-9][0-9]{{4,14}}(?:\.[0-9]{{1,9}})?|(?!{_LOCAL}){_WHOLE % 3}\.[0-9]{{3,9}})"
    rf"[ \u00a0]?{_LENGTH}\b"
    r"|(?<![\w.,+-])(?:100|[1-9]?[0-9])\.[0-9]{1,15} ?%(?![0-9A-Fa-f]{2})"
    rf"|(?<=\[){_WHOLE % 6}\.[0-9]{{6}}(?=\])|(?<![\w.+-])[0-9]\.[0-9]{{1,17}}[eE]-[0-9]{{1,3}}(?!\w)"
    rf"|\bbytes[ =]{_WHOLE % 14}-(?:{_WHOLE % 14})?(?:/[0-9]{{1,15}})?(?![\w-])"
)
"""What is measured, in parts of a hundred, in seconds since a start, or as a range of octets.

A number may stand before the words of a sentence: units that are such words, as days, tell nothing.
"""
ORDER = (
    r"\b(?:(?:order|invoice|ticket|booking|shipment|tracking|parcel|purchase order|PO|RMA|receipt|build"
    r"|case(?= 0))"
    r"|(?:article|item|sku|part|serial|batch|lot|job|issue|case|contract|claim|reference|ref)"
    r"(?=s?[ _-]?(?:no\b|nr|num|id\b|#|[:=]|\.)))"
    rf"(?:[ _-]?(?:numbers?|nos?|nr|num|ids?))?\.?{_SAYS}"
    r"[A-Z]{0,4}-?(?!0[1-9][0-9]{7})[0-9]{4,20}(?:[-/][0-9]{1,8})?(?![\w-])"
    r"|\b(?:pipeline|commit|revision|rev|changeset)(?: (?:no\.?|number|id):? ?#?| ?#|: ?)"
    r"[1-9][0-9]{3,8}(?![\w-])"
    rf"|(?P<article>\b(?:isbn|issn|ean|gtin|upc)(?:-?1[03])?{_SAYS}[0-9](?:-?[0-9]){{6,13}}(?:-?X\b)?(?![\w-]))"
    r"|\bpmid:? ?[1-9][0-9]{6,7}(?![\w-])|\barxiv:[0-9]{4}\.[0-9]{4,5}(?![\w.-])"
    r"|\bdoi(?:\.org/|[: ] ?)10\.[0-9]{4,9}/[\w.-]{1,60}"
)
"""Names of what is ordered, kept or published; not all of them are sure enough without ``no.`` or a colon."""
COUNT = (
    r"\b(?i:size|length|bytes|count|total|limit|offset|price|amount|cost|balance|port|duration|s-maxage|max-age"
    r"|expires_in|ttl|[pt]id|thread(?:[_-]?id)?|[a-z_]{1,30}(?:_(?:[mnu]s|bytes|count|size)|(?-i:Ms|Bytes|Count|Size)))"
    r"""["']?\s{0,2}[:=]\s{0,2}["']?[0-9]{7,15}(?![\w-])"""
    r"|\b[pt]id [1-4][0-9]{6}(?![\w-])"
)
_REVISION = r"[0-9a-f]{7,40}"
_PAIR = r"(?=[0-9., ]{0,80}[a-f])"
GIT = (
    rf"\bindex {_PAIR}{_REVISION}(?:,{_REVISION})?\.\.{_REVISION}(?: [0-7]{{6}})?(?!\w)"
    rf"|(?<![\w.]){_PAIR}{_REVISION}\.\.\.?{_REVISION}(?!\w)"
    rf"|(?<=[0-9][+-])g{_REVISION}(?!\w)|(?<=[0-9]\.)dev[1-9][0-9]{{5,6}}(?=\+g)"
    r"|@@ -[0-9,]{1,20} \+[0-9,]{1,20} @@"
    rf"|\bMerge: {_PAIR}{_REVISION}(?: {_REVISION})+(?!\w)"
)
"""Revisions as git writes them; digits alone may be numbers."""
# Letters between digits, or three of them: one at an end of a number may be a slip. Digits in a row that may
# be a number themselves stay only in a word as long as hashes and ids are.
_MIXED = r"(?![0-9a-fA-F]{0,128}[0-9]{7})"
HEXADECIMAL = (
    rf"(?<![0-9A-Za-z])(?:{_MIXED}(?=[0-9]*+[a-f]++(?:[0-9]++[a-f]|(?<=[a-f]{{3}})))[0-9a-f]{{7,128}}"
    rf"|{_MIXED}(?=[0-9]*+[A-F]++(?:[0-9]++[A-F]|(?<=[A-F]{{3}})))[0-9A-F]{{12,128}}"
    r"|(?=[0-9]*+[a-f][0-9]*+[a-f])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{24}"
    r"|[0-9a-f]{16}|(?<=[a-z]-)[0-9a-f]{17})|(?=[0-9]*+[A-F][0-9]*+[A-F])(?:[0-9A-F]{64}|[0-9A-F]{40}|[0-9A-F]{32})"
    r"|1-[0-9a-f]{8}-[0-9a-f]{24})(?![0-9A-Za-z])"
)
"""Hashes and ids, whole or cut."""
CODE = (
    r"(?:PO|INV|ORD|SO|RMA|SKU|TKT|REQ|INC|CHG|CVE)-?[0-9]{4,12}(?:-[0-9]{1,8})?(?![\w-])"
    r"|(?<![\w-])(?:KB[1-9][0-9]{5,6}|[A-Z]{2}[0-9]{20,25}|1Z[0-9A-Z]{16})(?![\w-])"
    r"|SQLSTATE\[\w{5}\]|\bW/\"[\w+/=.-]{1,64}\""
    r"|\barn:aws[\w-]{0,10}:[\w-]{0,30}:[\w-]{0,20}:[0-9]{12}(?![0-9])"
    r"|(?<![\w.-])(?:runs|jobs|builds|projects|issues|pull|pipelines|articles|questions|tasks)/[1-9][0-9]{4,19}(?![\w-])"
)
"""Digits behind capitals that say what they are, in names of clouds, and in paths to what is numbered."""
_LENGTHS = (8, 12, 13, 14)
"""Of the numbers of articles: EAN-8, UPC, EAN-13 and GTIN-14."""


def is_article(number: str) -> bool:
    """Whether the last digit of a number is the one that checks those before it, as on a book."""
    *digits, last = [10 if digit == "X" else int(digit) for digit in number.upper() if digit.isalnum()]
    if len(digits) in (7, 9) and (sum(n * d for n, d in enumerate([last, *reversed(digits)], 1))) % 11 == 0:
        return True
    weighed = sum(digits[-1::-2]) * 3 + sum(digits[-2::-2])
    return len(digits) + 1 in _LENGTHS and last == -weighed % 10

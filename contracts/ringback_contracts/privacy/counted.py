"""Digits that a word before or behind them tells to be no telephone number: orders, amounts, revisions."""

from __future__ import annotations

_SAYS = r"""["']?[ ]?[:=#]?[ ]?["']?#?"""
"""What stands between such a word and its digits."""
_LENGTH = r"(?:bytes|octets|[mnu\u00b5]?s|(?:milli|micro)?seconds|minutes|hours|days|[kKMGT]i?B|requests|B)"
_THINGS = (
    r"(?:rows|records|files|lines|tests|items|entries|objects|documents|messages|events|iterations|operations|ops"
    r"|times|characters|chars|tokens|words|blocks|packets|pages|samples)"
)
MEASURE = (
    rf"(?<![\w.,+-])(?:(?:[0-9]{{5,15}}(?:\.[0-9]{{1,9}})?|[0-9]{{1,4}}\.[0-9]{{3,9}})[ \u00a0]?{_LENGTH}"
    rf"|[0-9]{{5,9}} {_THINGS})\b|(?<![\w.,+-])[0-9]{{1,3}}\.[0-9]{{1,15}} ?%"
    r"|(?<=\[)[0-9]{1,7}\.[0-9]{6}(?=\])|(?<![\w.+-])[0-9]\.[0-9]{1,17}[eE]-[0-9]{1,3}(?!\w)"
    r"|\bbytes[ =][0-9]{1,15}-[0-9]{0,15}(?:/[0-9]{1,15})?(?![\w-])"
)
"""What is measured, in parts of a hundred, in seconds since a start, or as a range of octets."""
ORDER = (
    r"\b(?:(?:order|invoice|ticket|booking|shipment|tracking|parcel|purchase order|PO|RMA|receipt|build|job"
    r"|batch|pipeline|commit|revision|rev|blob|tree|changeset|pmid|arxiv|case(?= 0))"
    r"|(?:article|item|sku|part|serial|lot|issue|case|contract|claim|reference|ref|vat)"
    r"(?=s?[ _-]?(?:no\b|nr|num|id\b|#|[\"']?[:=]|\.)))"
    rf"(?:[ _-]?(?:numbers?|nos?|nr|num|ids?))?\.?{_SAYS}"
    r"[A-Z]{0,4}-?[0-9]{4,20}(?:[-/.][0-9]{1,8}){0,3}(?![\w-])"
    rf"|\b(?:isbn|issn|ean|gtin|upc)(?:-?1[03])?{_SAYS}[0-9]{{1,13}}(?:-[0-9]{{1,7}}){{0,4}}(?:-?X\b)?(?![\w-])"
    r"|(?<![\w+.-])97[89][0-9]{10}(?![\w.-])|\bdoi(?:\.org/|[: ] ?)10\.[0-9]{4,9}/[\w.-]{1,60}"
)
"""Names of what is ordered, kept or published; not all of them are sure enough without ``no.`` or a colon."""
COUNT = (
    r"\b(?i:size|length|bytes|count|total|limit|offset|price|amount|cost|balance|port|duration|s-maxage|max-age"
    r"|expires_in|ttl|[pt]id|thread(?:[_-]?id)?|[a-z_]{1,30}(?:_(?:[mnu]s|bytes|count|size)|(?-i:Ms|Bytes|Count|Size)))"
    r"""["']?\s{0,2}[:=]\s{0,2}["']?[0-9]{7,15}(?![\w-])"""
    r"|\b(?i:(?:total|out of|uptime|seq|ts) [0-9]{7,9}|(?:[pt]id|thread) [0-9]{7,15})(?![\w-])"
)
_REVISION = r"[0-9a-f]{7,40}"
GIT = (
    rf"\bindex {_REVISION}(?:,{_REVISION})?\.\.{_REVISION}(?: [0-7]{{6}})?(?!\w)"
    rf"|(?<![\w.])(?=[0-9.]{{0,80}}[a-f]){_REVISION}\.\.\.?{_REVISION}(?!\w)"
    rf"|(?<=[+.-])(?:g{_REVISION}|dev[0-9]{{6,12}})(?!\w)|@@ -[0-9,]{{1,20}} \+[0-9,]{{1,20}} @@"
    rf"|\bMerge: {_REVISION}(?: {_REVISION})+(?!\w)"
)
"""Revisions as git writes them; a range of digits alone may be one of numbers."""
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
    r"|(?<![\w-])(?!TEL|PH|FAX|MOB|CELL|ANI|DNIS|CLI|DDI|DID|NUM|NR|NO|TO|SMS|CALL|WA)[A-Z]{2,4}[0-9]{5,9}(?![\w-])"
    r"|(?<![\w-])(?:[A-Z]{2}[0-9]{20,25}|1Z[0-9A-Z]{16})(?![\w-])"
    r"|(?<![\w-])[A-Z]{2,4}-[0-9]{4,9}-[A-Z]{2,4}(?![\w-])|SQLSTATE\[\w{5}\]|\bW/\"[\w+/=.-]{1,64}\""
    r"|\barn:aws[\w-]{0,10}:[\w-]{0,30}:[\w-]{0,20}:[0-9]{12}(?![0-9])"
    r"|(?<![\w.-])(?:runs|jobs|builds|projects|issues|pull|pipelines|articles|questions|tasks)/[0-9]{5,20}(?![\w-])"
)
"""Digits behind capitals that say what they are, in names of clouds, and in paths to what is numbered."""

"""From what somebody pasted to the texts in which a request may stand."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from ringback_explain.table import pattern

MAX_BYTES = 16 * 2**20
"""A longer input is not read; it is no request, and too much for a HAR file of one page."""
MAX_TEXT = 256 * 2**10
"""Characters of a text that is searched for a request; only a HAR file is longer than that."""

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n`]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_QUOTE_MARK = re.compile(r"^>[ ]?", re.MULTILINE)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_SENTENCE = re.compile(r"(?<![A-Za-z\u2019'])(?:[A-Za-z\u2019']+[,.:;]? ){5}")
_HEADING = re.compile(r"\s*(?:[-*\u2022] |\d+[.)] )?[A-Z][A-Za-z]*(?: [A-Za-z&-]+)+[.:?]?\s*")
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--)")
_REMARK = re.compile(r"\s(?://|#).*")
_CODE = re.compile(r"[;{}]\s*$|\w\([^)]*\)\s*[:;]?\s*$|^\s*(?:return|raise|throw|print|puts|echo)\b")


def decoded(data: bytes) -> str:
    """The bytes as text with plain line ends, and without the invisible marks that a web page leaves.

    Total: what is not UTF-8 is read as Latin-1.
    """
    encoding = next((named for mark, named in _BOMS.items() if data.startswith(mark)), None)
    try:
        text = data.decode(encoding or "utf-8", "replace" if encoding else "strict")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").replace("\ufeff", "")


def candidates(text: str) -> Iterator[str]:
    """The parts of the text to look at, the most promising first: code blocks, then the whole."""
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(line.startswith(">") for line in lines):
        text = _QUOTE_MARK.sub("", text)  # which a mail program puts before each line
    blocks = [found.group(2) for found in _FENCE.finditer(text)]
    yield from blocks
    yield _FENCE.sub(lambda found: found.group(2), text) if blocks else text


def without_prose(text: str) -> str:
    """The text with empty lines in place of those that are words and no code."""
    lines = pattern("trace").sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    return "\n".join("" if _is_prose(line) else line for line in lines)


def _is_prose(line: str) -> bool:
    if _COMMENT.match(line) or _CODE.search(line):
        return False
    return bool(_SENTENCE.search(_REMARK.sub("", _QUOTED.sub(" ", line))) or _HEADING.fullmatch(line))

"""From what somebody pasted to the texts in which a request may stand."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator

from ringback_explain.table import pattern

MAX_BYTES = 16 * 2**20
"""A longer input is not read; it is no request, and too much for a HAR file of one page."""
MAX_TEXT = 256 * 2**10
"""Characters of a text that is searched for a request; only a HAR file is longer than that."""

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ESCAPED = re.compile(r"&(?:quot|#34|#x22);")
"""What stands for a quote where a text is copied with its mark-up."""
_MARK_UP = re.compile(r"</?[a-z][a-z0-9]*(?: [^<>]*)?>")
_FENCE = re.compile(
    r"^[ \t]*(```+|~~~+)[^\n`]*\n(?P<code>.*?)(?:^[ \t]*\1[ \t]*$|\Z)|\[code[^\]]*\](?P<block>.*?)\[/code\]",
    re.MULTILINE | re.DOTALL,
)
_QUOTE_MARK = re.compile(r"^>[ ]?", re.MULTILINE)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_SENTENCE = re.compile(
    r"(?<![\w\u2019'])(?:(?:[^\W\d_]|[\u2019'])+[,.:;]? ){5}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}"
)
"""Five words, or a few letters of a script that has no blanks between them."""
_HEADING = re.compile(r"\s*(?:[-*\u2022] |\d+[.)] )?[A-Z][A-Za-z]*(?: [A-Za-z&-]+)+[.:?]?\s*")
_GREETING = re.compile(r"^[^\W\d_]+(?: [^\W\d_]+){0,3}[,!](?=\n\s*\n)", re.MULTILINE)
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
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").replace("\ufeff", "")
    return html.unescape(_MARK_UP.sub("", plain)) if _ESCAPED.search(plain) else plain


def candidates(text: str) -> Iterator[str]:
    """The parts of the text to look at, the most promising first: code blocks, then the whole."""
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(line.startswith(">") for line in lines):
        text = _QUOTE_MARK.sub("", text)  # which a mail program puts before each line
    blocks = [found["code"] or found["block"] for found in _FENCE.finditer(text)]
    yield from blocks
    yield _FENCE.sub(lambda found: found["code"] or found["block"], text) if blocks else text


def without_prose(text: str) -> str:
    """The text with empty lines in place of those that are words and no code."""
    bare = _GREETING.sub("", pattern("trace").sub(lambda found: "\n" * found[0].count("\n"), text))
    return "\n".join("" if _is_prose(line) else line for line in bare.split("\n"))


def _is_prose(line: str) -> bool:
    if _COMMENT.match(line) or _CODE.search(line):
        return False
    return bool(_SENTENCE.search(_REMARK.sub("", _QUOTED.sub(" ", line))) or _HEADING.fullmatch(line))

"""Secrets in tables, where the name stands at the head of a column: CSV, terminals, Markdown, SQL."""

from __future__ import annotations

import re

from ringback_contracts.privacy.carriers import HARMLESS, hidden_text
from ringback_contracts.privacy.names import digits_tell, is_keys, names_secret
from ringback_contracts.privacy.shapes import Hide

_SEPARATORS = (",", ";", "\t", "|")
_HEAD = re.compile(r"[\"']?[A-Za-z_][\w .()#-]{0,40}[\"']?")
_CELL = r"(?:\"(?:[^\"]|\"\")*+\"|[^{0}\n]*+)"
_RULE = re.compile(r"[-+|=: ]+\r?")
"""A line between the rows of a table."""
_WIDE = re.compile(r"[ ]{2,}+")
_LONGEST_HEAD = 2_000
_MOST_COLUMNS = 60
_QUOTES = " \t\"'\r"
_INSERT = re.compile(
    r"\((?P<names>[\w\s,`\"\[\].]{1,1000}+)\)\s{1,20}values?\s{0,20}(?P<rows>\([^()]{1,2000}+\)(?:\s{0,20},\s{0,20}\([^()]{1,2000}+\))*+)",
    re.IGNORECASE,
)
_ROW = re.compile(r"\([^()]++\)")
_SQL_VALUE = re.compile(r"\s*+(?:N?'(?:[^']|'')*+'|\"[^\"]*+\"|[^,()]++)")
_PAIR = 2
_TABLE = re.compile(r"<table\b(?:(?!</table).)*+", re.DOTALL | re.IGNORECASE)
_TR = re.compile(r"<tr\b(?:(?!</tr).)*+", re.DOTALL | re.IGNORECASE)
_TH = re.compile(r"<th\b[^<>]*+>((?:(?!</th)[^\n])*+)", re.IGNORECASE)
_TD = re.compile(r"(<td\b[^<>]*+>)((?:(?!</td).)*+)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
Columns = dict[int, bool]
"""The places of columns that hold secrets, and whether a few digits are one."""


def without_tabled(text: str, hide: Hide) -> str:
    """The text without the values of columns whose heads tell that they are secrets."""
    if "(" in text:
        text = _INSERT.sub(lambda found: _inserted(found, hide), text)
    if "<th" in text:
        text = _TABLE.sub(lambda found: _marked_rows(found[0], hide), text)
    return _rows(text, hide) if "\n" in text else text


def _marked_rows(table: str, hide: Hide) -> str:
    """A table of HTML."""
    heads = [_TAG.sub("", head[1]).strip() for head in _TH.finditer(table)]
    columns = {place: digits_tell(head) for place, head in enumerate(heads) if names_secret(head)}
    if not columns or len(heads) < _PAIR:
        return table

    def row(found: re.Match[str]) -> str:
        places = iter(range(_MOST_COLUMNS))
        return _TD.sub(lambda cell: _marked_cell(cell, next(places, _MOST_COLUMNS), columns, hide), found[0])

    return _TR.sub(row, table)


def _marked_cell(cell: re.Match[str], place: int, columns: Columns, hide: Hide) -> str:
    if place not in columns:
        return cell[0]
    shown = re.sub(
        r"(?<=>)[^<>]++|\A[^<>]++", lambda text: _hidden(text[0], hide, digits=columns[place]), cell[2]
    )
    return cell[1] + shown


def _rows(text: str, hide: Hide) -> str:
    lines = text.split("\n")
    separator, columns, width = "", Columns(), 0
    for number, line in enumerate(lines):
        if columns and _RULE.fullmatch(line):
            continue
        if columns:
            cells = _cells(line, separator)
            if len(cells) == width and line.strip():
                lines[number] = _shown(cells, separator, columns, hide)
                continue
        separator, columns, width = _read_head(line)
    return "\n".join(lines)


def _read_head(line: str) -> tuple[str, Columns, int]:
    if not line or len(line) > _LONGEST_HEAD:
        return "", {}, 0
    for separator in (*_SEPARATORS, "  "):
        if separator not in line.strip():
            continue
        cells = [cell.strip(_QUOTES) for cell in _cells(line, separator)]
        if not 1 < len(cells) <= _MOST_COLUMNS or not all(_HEAD.fullmatch(cell) for cell in cells if cell):
            continue
        columns = {
            place: digits_tell(cell)
            for place, cell in enumerate(cells)
            if cell.lower() != "code" and not is_keys(cell) and names_secret(cell)
        }
        if columns and len(list(filter(None, cells))) > 1:
            return separator, columns, len(cells)
    return "", {}, 0


def _cells(line: str, separator: str) -> list[str]:
    if separator == "  ":
        return _WIDE.split(line)
    if '"' not in line:
        return line.split(separator)
    found = re.findall(
        rf"(?:^|(?<={re.escape(separator)}))" + _CELL.replace("{0}", re.escape(separator)), line
    )
    return [str(cell) for cell in found]


def _shown(cells: list[str], separator: str, columns: Columns, hide: Hide) -> str:
    return separator.join(
        _hidden(cell, hide, digits=columns[place]) if place in columns else cell
        for place, cell in enumerate(cells)
    )


def _hidden(cell: str, hide: Hide, *, digits: bool) -> str:
    value = cell.strip(_QUOTES)
    if not re.search(r"\w", value) or (HARMLESS.fullmatch(value) and not (digits and value.isdigit())):
        return cell
    start = cell.index(value)
    return cell[:start] + hidden_text(value, hide) + cell[start + len(value) :]


def _inserted(found: re.Match[str], hide: Hide) -> str:
    names = [name.strip(' \t\r\n`"[]') for name in found["names"].split(",")]
    columns = {place: digits_tell(name) for place, name in enumerate(names) if names_secret(name)}
    if not columns:
        return found[0]
    rows = _ROW.sub(lambda row: _inserted_row(row[0], len(names), columns, hide), found["rows"])
    return found[0][: found.start("rows") - found.start()] + rows


def _inserted_row(row: str, width: int, columns: Columns, hide: Hide) -> str:
    values = _SQL_VALUE.findall(row[1:-1])
    return f"({_shown(values, ',', columns, hide)})" if len(values) == width else row

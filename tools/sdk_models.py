"""Write what each operation of the installed official SDK answers with into ringback_contracts, or check it.

python tools/sdk_models.py           rewrite contracts/ringback_contracts/data/sdk_models.txt
python tools/sdk_models.py --check   exit 1 and list the differences, if there are any

The SDK's sources are read, never imported, as in tools/sdk_operations.py.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from sdk_operations import SDK, operation_id, sdk_folder

METHOD = re.compile(
    r"^    def ((?:delete|get|head|patch|post|put)_\w+)\(.*?response_type=(None|'[^']+')",
    re.MULTILINE | re.DOTALL,
)
CLASS = re.compile(r"^class (\w+)\(object\):", re.MULTILINE)
TYPES = re.compile(r"self\.swagger_types = (\{.*?\n        \})", re.DOTALL)
NAMES = re.compile(r"self\.attribute_map = (\{.*?\n        \})", re.DOTALL)
ALLOWED = re.compile(r"@(\w+)\.setter\n(?:(?!@property).)*?allowed_values = (\[.*?\])", re.DOTALL)
LEAST = re.compile(
    r"@(\w+)\.setter\n(?:(?!@property).)*?must be a value greater than or equal to `([\d.]+)`", re.DOTALL
)
PLAIN = {
    "str": "",
    "int": "|i",
    "float": "|f",
    "bool": "|b",
    "datetime": "|t",
    "date": "|d",
    "object": "|o",
    "LocalDateTime": "|l",
    "YearMonth": "|y",
}
PATTERN = re.compile(r"@(\w+)\.setter\n(?:(?!@property).)*?re\.match\('([^']+)'", re.DOTALL)
FITTING = ("#336699", "5eed0000-0000-4000-8000-000000000001", "12", "name")
"""Texts of which one fits each pattern."""
HEADER = """\
# What the operations of {sdk} {version} answer with, by tools/sdk_models.py. "=" and a type,
# behind it the ids of the operations that answer with it; then a model a line, behind it its fields: a name,
# "|" and its type, "=" and a value that it may have. No type is a text; i, f, b, t, d, l, y, o: an integer,
# a float, a boolean, a time, a date, a local time, a month, anything; "[" a list, "{{" an object of these.
"""


def written(kind: str) -> str:
    """A type of the SDK in our letters; empty for a text."""
    if kind.startswith("list["):
        return "|[" + written(kind[5:-1]).removeprefix("|")
    if kind.startswith("dict("):
        return "|{" + written(kind[5:-1].partition(", ")[2]).removeprefix("|")
    return PLAIN.get(kind, f"|{kind}")


def answers(folder: Path) -> Mapping[str, list[str]]:
    """The operations by what they answer with."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((folder / "apis").glob("*.py")):
        for name, kind in METHOD.findall(file.read_text("utf-8")):
            if kind != "None":
                found["=" + written(kind.strip("'")).removeprefix("|")].append(operation_id(name))
    return found


def models(folder: Path) -> dict[str, str]:
    """The line of each model, by its name."""
    lines = {}
    for file in (folder / "models").glob("*.py"):
        text = file.read_text("utf-8")
        name, kinds, names = CLASS.search(text), TYPES.search(text), NAMES.search(text)
        if name and kinds and names:
            lines[name[1]] = " ".join((name[1], *_fields(text, kinds[1], names[1])))
    return lines


def _fields(text: str, kinds: str, names: str) -> Iterator[str]:
    allowed = {attribute: ast.literal_eval(values) for attribute, values in ALLOWED.findall(text)}
    least = {attribute: value for attribute, value in LEAST.findall(text) if float(value) > 1}
    fitting = {
        attribute: next(one for one in FITTING if re.match(pattern, one))
        for attribute, pattern in PATTERN.findall(text)
    }
    in_json = ast.literal_eval(names)
    for attribute, kind in ast.literal_eval(kinds).items():
        value = next((one for one in allowed.get(attribute, ()) if " " not in str(one)), None)
        value = value or least.get(attribute) or fitting.get(attribute)
        yield f"{in_json[attribute]}{written(kind)}" + (f"={value}" if value is not None else "")


def reached(given: Mapping[str, list[str]], lines: Mapping[str, str]) -> set[str]:
    """The models that answers hold, at whatever depth."""
    waiting = [kind.lstrip("=[{") for kind in given]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in lines and name not in found:
            found.add(name)
            waiting += (kind.lstrip("[{") for kind in re.findall(r"\|([^ =]+)", lines[name]))
    return found


def main(arguments: list[str]) -> int:
    """Write or check the file."""
    target = Path(str(files("ringback_contracts").joinpath("data/sdk_models.txt")))
    before = target.read_text("utf-8").splitlines() if target.exists() else []
    folder = sdk_folder()
    given, lines = answers(folder), models(folder)
    header = HEADER.format(sdk=SDK, version=version(SDK)).splitlines()
    listed = [" ".join((kind, *sorted(set(ids)))) for kind, ids in sorted(given.items())]
    after = [*header, *listed, *(lines[name] for name in sorted(reached(given, lines)))]
    if arguments != ["--check"]:
        target.write_text("\n".join(after) + "\n", "utf-8")
        return 0
    difference = list(difflib.unified_diff(before, after, "ours", "sdk", lineterm=""))
    print("\n".join(difference) or f"{target.name} is what {SDK} has")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write the paths that the installed official SDK knows into ringback_contracts, or check them.

python tools/platform_paths.py           rewrite contracts/ringback_contracts/data/platform_paths.txt
python tools/platform_paths.py --check   exit 1 and list the differences, if there are any

The SDK's sources are read, never imported: importing it takes seconds and watches the home folder.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

SDK = "PureCloudPlatformClientV2"
RESOURCE_PATH = re.compile(r"resource_path = '/api/v2/([^']+)'")
PARAMETER = re.compile(r"\{[^}]*\}")
HEADER = """\
# The paths under /api/v2 that {sdk} {version} has; written by tools/platform_paths.py.
# A segment a line, indented under the one before it; {{}} is any segment; no path ends at one with a slash.
"""

Tree = dict[str, "Tree"]


def sdk_folder() -> Path:
    """Find the installed SDK without importing it."""
    spec = find_spec(SDK)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{SDK} is not installed: pip install {SDK}")
    return Path(spec.submodule_search_locations[0])


def templates(folder: Path) -> set[str]:
    """Every path of the SDK, its parameters written {}."""
    sources = (file.read_text("utf-8") for file in (folder / "apis").glob("*.py"))
    return {PARAMETER.sub("{}", path) for source in sources for path in RESOURCE_PATH.findall(source)}


def tree(paths: set[str]) -> Tree:
    """Nest the segments of the paths; an empty key marks where one ends."""
    root: Tree = {}
    for path in paths:
        node = root
        for segment in path.split("/"):
            node = node.setdefault(segment, {})
        node[""] = {}
    return root


def lines(node: Tree, depth: int = 0) -> Iterator[str]:
    """One line a segment, deeper ones indented."""
    for segment in sorted(node.keys() - {""}):
        child = node[segment]
        yield " " * depth + segment + ("" if "" in child else "/")
        yield from lines(child, depth + 1)


def main(arguments: list[str]) -> int:
    """Write or check the file."""
    text = (
        HEADER.format(sdk=SDK, version=version(SDK)) + "\n".join(lines(tree(templates(sdk_folder())))) + "\n"
    )
    target = Path(str(files("ringback_contracts").joinpath("data/platform_paths.txt")))
    if arguments != ["--check"]:
        target.write_text(text, "ascii")
        return 0
    difference = list(
        difflib.unified_diff(target.read_text("ascii").splitlines(), text.splitlines(), "ours", "sdk")
    )
    print("\n".join(difference) or f"{target.name} is what {SDK} has")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

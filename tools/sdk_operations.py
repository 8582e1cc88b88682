"""Write the operations that the installed official SDK has into ringback_contracts, or check them.

python tools/sdk_operations.py           rewrite contracts/ringback_contracts/data/sdk_operations.txt
python tools/sdk_operations.py --check   exit 1 and list the differences, if there are any

Ids and paths are the SDK's; what it does not tell, the success statuses and permissions, stays as the file
has it. The SDK's sources are read, never imported: importing it takes seconds and watches the home folder.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

SDK = "PureCloudPlatformClientV2"
METHOD = re.compile(
    r"^    def ((?:delete|get|head|patch|post|put)_\w+)\(.*?^        resource_path = '/api/v2/([^']+)'",
    re.MULTILINE | re.DOTALL,
)
HEADER = """\
# The operations of {sdk} {version}, by tools/sdk_operations.py: a path under /api/v2 a line,
# behind it the ids of its operations. An id begins with its method. Where the vendor's documents were read
# it is followed by the success statuses (Swagger of November 2025) and the permissions (documents of the
# SDK 257.1.0): "|" between those of which one will do, "&" before each of those that are all needed.
"""


def sdk_folder() -> Path:
    """Find the installed SDK without importing it."""
    spec = find_spec(SDK)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{SDK} is not installed: pip install {SDK}")
    return Path(spec.submodule_search_locations[0])


def operations(folder: Path) -> dict[str, set[str]]:
    """The ids of the operations at each path under ``/api/v2/``."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in (folder / "apis").glob("*.py"):
        for name, path in METHOD.findall(file.read_text("utf-8")):
            found[path].add(operation_id(name))
    return found


def operation_id(name: str) -> str:
    """The id of a method of the Python SDK: ``get_user`` is ``getUser`` in the vendor's contract."""
    return re.sub(r"_(\w)", lambda initial: initial[1].upper(), name)


def documented(lines: Iterable[str]) -> dict[str, str]:
    """What the file says of operations beyond their ids."""
    entries = (entry for line in lines if not line.startswith("#") for entry in line.split()[1:])
    return {entry.partition("=")[0]: entry for entry in entries}


def rows(found: dict[str, set[str]], known: dict[str, str]) -> Iterator[str]:
    """The lines of the file."""
    for path in sorted(found):
        yield " ".join([path, *(known.get(name, name) for name in sorted(found[path]))])


def main(arguments: list[str]) -> int:
    """Write or check the file."""
    target = Path(str(files("ringback_contracts").joinpath("data/sdk_operations.txt")))
    before = target.read_text("ascii").splitlines()
    header = HEADER.format(sdk=SDK, version=version(SDK)).splitlines()
    after = [*header, *rows(operations(sdk_folder()), documented(before))]
    if arguments != ["--check"]:
        target.write_text("\n".join(after) + "\n", "ascii")
        return 0
    difference = list(difflib.unified_diff(before, after, "ours", "sdk", lineterm=""))
    print("\n".join(difference) or f"{target.name} is what {SDK} has")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

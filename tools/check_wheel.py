"""Hold a built wheel, or an installed one, to the checkout: each file of the packages, and nothing else.

python tools/check_wheel.py dist/*.whl
python tools/check_wheel.py --installed
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
RELATIVE = re.compile(r"\]\((?!https?:|#)[^)]+\)")
WRITTEN_BY_INSTALLERS = ("INSTALLER", "REQUESTED", "direct_url.json")


def project() -> dict[str, Any]:
    """The ``pyproject.toml`` of the checkout, with the version from its one place."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    place = ROOT / config["tool"]["hatch"]["version"]["path"]
    found = re.search(r'^VERSION = "(.+)"$', place.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{place} names no VERSION")
    return {**config, "project": {**config["project"], "version": found[1]}}


def expected_files(config: dict[str, Any]) -> set[str]:
    """The paths that a wheel of the checkout holds."""
    folders = [ROOT / name for name in config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
    code = {
        path.relative_to(folder.parent).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = f"{config['project']['name']}-{config['project']['version']}.dist-info"
    return code | {f"{info}/{name}" for name in METADATA}


def complaints(found: Iterable[str], expected: set[str]) -> list[str]:
    """What is missing and what is too much, one line each."""
    found = set(found)
    missing = [f"missing: {name}" for name in sorted(expected - found)]
    return missing + [f"too much: {name}" for name in sorted(found - expected)]


def metadata_complaints(text: str, config: dict[str, Any]) -> list[str]:
    """Where the metadata of a wheel differs from the checkout's."""
    fields = Parser().parsestr(text)
    wanted = {
        "Name": config["project"]["name"],
        "Version": config["project"]["version"],
        "Requires-Python": config["project"]["requires-python"],
        "License-Expression": config["project"]["license"],
    }
    wrong = [
        f"{key}: {fields[key]!r}, not {value!r}" for key, value in wanted.items() if fields[key] != value
    ]
    extras = set(config["project"]["optional-dependencies"])
    if set(fields.get_all("Provides-Extra", [])) != extras:
        wrong.append(f"Provides-Extra: {fields.get_all('Provides-Extra')}, not {sorted(extras)}")
    readme = str(fields.get_payload())
    wrong += [f"the README links within the repository: {link}" for link in RELATIVE.findall(readme)]
    return wrong


def check_wheel(wheel: Path) -> list[str]:
    """Hold the wheel's list of files and its metadata to the checkout."""
    config = project()
    expected = expected_files(config)
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next((name for name in names if name.endswith(".dist-info/METADATA")), None)
        text = archive.read(metadata).decode() if metadata else ""
    return complaints(names, expected) + metadata_complaints(text, config)


def check_installed() -> list[str]:
    """The same of the distribution that this interpreter has installed, which must not be the checkout."""
    config = project()
    installed = distribution(config["project"]["name"])
    files = [PurePosixPath(path.as_posix()) for path in installed.files or ()]
    names = {
        str(path)
        for path in files
        if not ({"..", "__pycache__"} & set(path.parts)) and path.name not in WRITTEN_BY_INSTALLERS
    }
    return complaints(names, expected_files(config)) + metadata_complaints(
        installed.read_text("METADATA") or "", config
    )


def main(arguments: list[str]) -> int:
    """Exit status 0 when everything fits, 1 when not, 2 for wrong usage."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = check_installed() if arguments == ["--installed"] else check_wheel(Path(arguments[0]))
    for line in found:
        print(f"{arguments[0]}: {line}", file=sys.stderr)
    if not found:
        print(f"{arguments[0]}: holds each file of the packages and nothing else")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

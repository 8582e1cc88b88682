"""The house keeps its form: five packages, named alike everywhere, in small modules, standing alone."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringback_mock.version import VERSION

ROOT = Path(__file__).parent.parent
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = [
    "contracts/ringback_contracts",
    "explain/ringback_explain",
    "mockserver/ringback_mock",
    "client/ringback_client",
    "harness/ringback_harness",
]
FOLDERS = [Path(package).parts[0] for package in PACKAGES]
NAMES = [Path(package).name for package in PACKAGES]
DATA = {".py", ".json", ".toml", ".html", ".css", ".js", ".md", ".yaml", ".txt", ".lua"}


def _modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _tracked() -> list[Path]:
    """The project's files: those that git knows, and new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    ("where", "listed"),
    [
        (
            "the wheel",
            [Path(p).name for p in CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]],
        ),
        ("import-linter", CONFIG["tool"]["importlinter"]["root_packages"]),
    ],
)
def test_each_list_of_packages_names_the_five(where: str, listed: list[str]) -> None:
    assert listed == NAMES, where


@pytest.mark.parametrize(
    ("where", "listed"),
    [
        ("mypy", CONFIG["tool"]["mypy"]["files"]),
        ("ruff", CONFIG["tool"]["ruff"]["src"]),
        ("coverage", CONFIG["tool"]["coverage"]["run"]["source"]),
    ],
)
def test_each_list_of_folders_names_the_five(where: str, listed: list[str]) -> None:
    assert listed[: len(FOLDERS)] == FOLDERS, where


def test_every_layer_of_the_import_rules_is_a_package() -> None:
    layers = CONFIG["tool"]["importlinter"]["contracts"][0]["layers"]
    assert sorted(re.findall(r"\w+", " ".join(layers))) == sorted(NAMES)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_importable_stands_beside_a_package(package: str) -> None:
    beside = [
        p.name for p in (ROOT / package).parent.iterdir() if p.name not in {"__pycache__", Path(package).name}
    ]
    assert not beside, "an editable install would put these on everybody's path"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_holds_modules_and_known_kinds_of_data(package: str) -> None:
    files = [p for p in (ROOT / package).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert not [p for p in files if p.suffix not in DATA and p.name != "py.typed"]


@pytest.mark.parametrize(
    "folder", ["", "contracts", "explain", "mockserver", "client", "harness", "examples"]
)
def test_each_folder_of_tests_is_a_package_so_that_equal_names_do_not_clash(folder: str) -> None:
    assert (ROOT / "tests" / folder / "__init__.py").is_file()


def test_modules_stay_small() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in _modules()}
    assert not {name: length for name, length in lengths.items() if length > 500}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_functions_stay_small() -> None:
    functions = [function for path in _modules() for function in _functions(path)]
    assert not [(name, lines) for name, lines in functions if lines > 60]


def test_the_median_function_has_at_most_ten_lines() -> None:
    lines = sorted(lines for path in _modules() for _, lines in _functions(path))
    assert lines[len(lines) // 2] <= 10


def test_no_two_classes_share_a_name() -> None:
    homes = defaultdict(list)
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in homes.items() if len(paths) > 1}


ONE_HOME = {
    r"\{8\}.{1,30}\{3\}": "contracts/ringback_contracts/domain/uuids.py",
    r'"/oauth/token"': "contracts/ringback_contracts/resources/tokens/paths.py",
    r"get_close_matches": "contracts/ringback_contracts/core/nearest.py",
    r"mkstemp|NamedTemporaryFile|os\.replace": "client/ringback_client/atomic_write.py",
    r"\"callUserId\",\s*\"callQueueId\",\s*\"c": "contracts/ringback_contracts/resources/calls/forms.py",
    r"(?i)(?:credentials|startswith|prefix|partition|split|re\.\w+)\([^\n]*[\"']bearer"
    r"|(?:[!=]=|\bin) \(?[\"']bearer": "contracts/ringback_contracts/core/credentials.py",
}
"""What is decided in one place: what would decide it again, and where that place is."""
OF_OTHER_TEXTS = {
    "contracts/ringback_contracts/privacy/schemes.py": "hides what stands behind the word in any text",
    "harness/ringback_harness/check/expectation.py": "reads a challenge, which is no header of a request",
}


@pytest.mark.parametrize(("deciding", "home"), ONE_HOME.items())
def test_what_is_decided_has_one_home(deciding: str, home: str) -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in _modules()}
    assert {path for path, text in texts.items() if re.search(deciding, text)} - OF_OTHER_TEXTS.keys() == {
        home
    }


OUTSIDE = re.compile(r"[.]{2}/shared|/(?:work|root|home|Users)/\w|\bseeds?/")


def test_no_file_reaches_outside_the_project() -> None:
    reaching = {
        str(path.relative_to(ROOT)): found.group()
        for path in _tracked()
        if (found := OUTSIDE.search(path.read_text("utf-8", errors="replace")))
    }
    assert not reaching


def test_the_changelog_s_top_version_is_the_package_s() -> None:
    found = re.search(
        r"^## \[(.+?)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert found is not None
    assert found.group(1) == VERSION


def test_what_changed_in_a_release_stands_once_under_each_heading() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    assert len({release.splitlines()[0] for release in releases}) == len(releases)
    for release in releases:
        headings = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert sorted(headings) == sorted(set(headings)), release.splitlines()[0]


IGNORE = re.compile(r"#\s*(?:type: ignore|noqa|pragma).*")
CODES = r"(?:type: ignore\[[\w, -]+\]|noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*|pragma: no \w+)"
REASONED = re.compile(rf"#\s*{CODES}\s*[#-]\s*\w")


def test_the_makefile_names_each_target_once() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    assert sorted(targets) == sorted(set(targets))
    assert set(re.findall(r'@echo "make (\w+) ', makefile)) == set(targets) - {"help"}


def _ignores() -> Iterator[tuple[str, str]]:
    for path in _tracked():
        if path.suffix == ".py" and path != Path(__file__):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if found := IGNORE.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}", found.group()


def test_every_ignore_names_its_code_and_gives_its_reason() -> None:
    assert not [(where, text) for where, text in _ignores() if not REASONED.match(text)]

"""What an installed Ringback brings, needs and leaves alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from ringback_explain.read.code.languages import languages
from ringback_mock.version import VERSION

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FOR_TYPE_CHECKERS = {"_typeshed"}
PACKAGES = ["ringback_contracts", "ringback_explain", "ringback_mock", "ringback_client", "ringback_harness"]
SOURCES = [ROOT / folder for folder in ("contracts", "explain", "mockserver", "client", "harness")]

# Import the modules of a package; tell which of the named libraries came along.
IMPORT_ALL = """
import importlib, pkgutil, sys
package, *libraries = sys.argv[1:]
module = importlib.import_module(package)
for found in pkgutil.walk_packages(module.__path__, package + "."):
    if not found.name.endswith(("__main__", "check.hooks")):  # what schemathesis alone can import
        importlib.import_module(found.name)
print(*sorted(name for name in libraries if sys.modules.get(name)))
"""
# Where the named libraries are not installed.
WITHOUT = "import sys; sys.modules.update(dict.fromkeys(sys.argv[2:]));"
EVERY_HELP = """
from click.testing import CliRunner
from ringback_harness.cli import main
for words in [[], *([command] for command in main.list_commands(None))]:
    done = CliRunner().invoke(main, [*words, "--help"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
"""
HEAVY = ["flask", "phonenumbers", "requests", "rich", "uvicorn"]
PLUGIN_USES = ["fixtures", "in_process", "over_https", "shared_server", "sandbox.settings"]
EXTRAS = ["hypothesis", "pytest", "redis", "schemathesis"]


def _python(code: str, *arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _names(requirements: list[str]) -> set[str]:
    """The distributions that the requirements name, in normal form."""
    return {re.split(r"[\[<>=!; ]", line)[0].lower().replace("_", "-") for line in requirements}


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _third_party() -> set[str]:
    """The distributions that the packages import."""
    trees = [ast.parse(path.read_text("utf-8")) for source in SOURCES for path in source.rglob("*.py")]
    imported = {name for tree in trees for name in _imports(ast.walk(tree))}
    known = packages_distributions()
    outside = imported - set(sys.stdlib_module_names) - set(PACKAGES) - FOR_TYPE_CHECKERS
    return {known.get(name, [name])[0].lower().replace("_", "-") for name in outside}


def test_the_distribution_has_the_version_of_the_checkout() -> None:
    assert version("ringback") == VERSION


def test_the_command_is_installed_and_says_its_version() -> None:
    (script,) = entry_points(group="console_scripts", name="ringback")
    assert script.value == PROJECT["scripts"]["ringback"]
    done = subprocess.run(
        [Path(sys.executable).with_name("ringback"), "--version"], check=True, capture_output=True, text=True
    )
    assert VERSION in done.stdout


def test_what_the_packages_import_is_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    for_users = (extras[name] for name in ("pytest", "harness", "mcp", "redis", "sdk"))
    declared = _names(PROJECT["dependencies"]).union(*map(_names, for_users))
    assert _third_party() <= declared


def test_what_is_declared_is_imported() -> None:
    chosen_by_uvicorn = {"uvloop"}
    grammars = {language.grammar.partition(":")[0].replace("_", "-") for language in languages()}
    assert _names(PROJECT["dependencies"]) - _third_party() - chosen_by_uvicorn == grammars


@pytest.mark.parametrize("package", ["ringback_contracts", "ringback_explain"])
def test_what_is_pure_imports_neither_a_server_nor_a_client_nor_a_test_library(package: str) -> None:
    heavy = ["asyncio", "flask", "requests", "rich", "urllib3", "uvicorn", "werkzeug", *EXTRAS]
    assert _python(IMPORT_ALL, package, *heavy) == ""


@pytest.mark.parametrize("package", ["ringback_mock", "ringback_client"])
def test_a_plain_install_can_import_every_module(package: str) -> None:
    _python(WITHOUT + IMPORT_ALL, package, *EXTRAS)


def test_the_pytest_plugin_needs_nothing_but_its_own_extra() -> None:
    assert _names(PROJECT["optional-dependencies"]["pytest"]) == {"pytest", "trustme"}
    (plugin,) = entry_points(group="pytest11", name="ringback")
    modules = (plugin.value, *(f"ringback_harness.{name}" for name in PLUGIN_USES))
    of_others = ["abnf", "harfile", "hypothesis", "redis", "schemathesis"]
    _python(f"{WITHOUT} import {', '.join(modules)}", "", *of_others)


def test_with_the_extras_every_module_of_the_harness_can_be_imported() -> None:
    _python(IMPORT_ALL, "ringback_harness")


def test_every_command_of_a_plain_install_can_say_what_it_does() -> None:
    _python(WITHOUT + EVERY_HELP, "", *EXTRAS)


def test_the_command_line_itself_needs_nothing_heavy() -> None:
    _python(WITHOUT + "import ringback_harness.cli", "", *EXTRAS, *HEAVY)


@pytest.mark.parametrize(
    "folder", ["client", "contracts", "explain", "harness", "mockserver", "tests", "tools"]
)
def test_installing_ringback_shadows_nobody_s_package(folder: str, tmp_path: Path) -> None:
    found = "import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]))"
    assert _python(found, folder, cwd=tmp_path) == "None"


def _check_wheel(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/check_wheel.py"), *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """An archive with the names and the metadata that a wheel of this checkout must have."""
    info = f"ringback-{VERSION}.dist-info"
    names = [
        path.relative_to(source).as_posix()
        for source in SOURCES
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    metadata = f"Name: ringback\nVersion: {VERSION}\nRequires-Python: >=3.11\nLicense-Expression: MIT\n"
    extras = "".join(f"Provides-Extra: {extra}\n" for extra in PROJECT["optional-dependencies"])
    path = tmp_path / "ringback.whl"
    with ZipFile(path, "w") as archive:
        for name in [
            *names,
            *(f"{info}/{n}" for n in ("RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")),
        ]:
            archive.writestr(name, "")
        archive.writestr(f"{info}/METADATA", metadata + extras)
    return path


def test_check_wheel_is_content_with_just_the_packages(wheel: Path) -> None:
    done = _check_wheel(wheel)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_wheel_names_what_is_too_much(wheel: Path) -> None:
    with ZipFile(wheel, "a") as archive:
        archive.writestr("tests/conftest.py", "")
    done = _check_wheel(wheel)
    assert (done.returncode, done.stderr) == (1, f"{wheel}: too much: tests/conftest.py\n")


def test_check_wheel_names_what_is_missing(wheel: Path, tmp_path: Path) -> None:
    poorer = tmp_path / "poorer.whl"
    with ZipFile(wheel) as whole, ZipFile(poorer, "w") as archive:
        for name in whole.namelist():
            if name != "ringback_contracts/data/org.toml":
                archive.writestr(name, whole.read(name))
    done = _check_wheel(poorer)
    assert (done.returncode, done.stderr) == (1, f"{poorer}: missing: ringback_contracts/data/org.toml\n")

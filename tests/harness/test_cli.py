"""The command ``ringback`` itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ringback_harness.cli import COMMANDS, main
from ringback_harness.exits import Exit, Refused, SetupError, Unreachable
from ringback_mock.version import VERSION
from tests.serving import RINGBACK

INSTALLED = "from ringback_harness.cli import main; main(prog_name='ringback')"
SERVE_NEEDS_NONE_OF = {
    "flask",
    "jsonschema",
    "requests",
    "rich",
    "ringback_client",
    "schemathesis",
    "werkzeug",
}


RINGBACK_AS_INSTALLED = [
    sys.executable,
    "-c",
    "from ringback_harness.cli import main; main(prog_name='ringback')",
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_the_version_is_told() -> None:
    assert run("--version").output == f"ringback, version {VERSION}\n"


def test_every_command_is_listed_with_what_it_does() -> None:
    shown = run("--help")
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.output
        assert len(run(name, "--help").output.splitlines()) > 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("check", "--mutants", "--target", "mock"), "leave --target out with --mutants"),
        (("crash-test", "--list", "--jobs", "2", "true"), "leave --jobs, [COMMAND]... out with --list"),
        (("explain", "{}", "--json", "--curl"), "leave --curl out with --json"),
        (("store", "--delete", "x", "--json", "--store", "redis://127.0.0.1:1/0"), "leave --json out with"),
        (("check", "--report-dir", "x"), "--report-dir does nothing without --report"),
        (("crash-test", "--report-dir", "x", "true"), "--report-dir does nothing without --report"),
        (("diff", "--target", ".", "--report-dir", "x"), "--report-dir does nothing without --report"),
    ],
)
def test_options_that_would_do_nothing_are_refused(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, says in result.output) == (Exit.SETUP, True), result.output


def test_what_the_environment_sets_is_for_every_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RINGBACK_EVIDENCE", str(tmp_path / "none.json"))
    assert "leave" not in run("rules", "tel.no-plus", "--json").output


def test_what_a_command_of_several_does_is_told_in_whole() -> None:
    several = [name for name, load in COMMANDS.items() if isinstance(load(), click.Group)]
    assert several
    for name in several:
        assert "..." not in run(name, "--help").output.partition("\nCommands:\n")[2]


def options_of(command: click.Command) -> list[click.Parameter]:
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(option for one in below for option in options_of(one))]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_range_of_an_option_holds_what_is_no_number(name: str) -> None:
    for option in options_of(COMMANDS[name]()):
        if isinstance(option.type, click.FloatRange):
            with pytest.raises(click.BadParameter, match="'nan' is not a number"):
                option.type("nan", option)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_known_by_its_own_name(name: str) -> None:
    assert COMMANDS[name]().name == name


@pytest.mark.parametrize(
    ("typo", "meant"), [("serv", "serve"), ("cal", "call"), ("inti", "init"), ("Serve", "serve")]
)
def test_a_near_miss_names_the_command_that_was_meant(typo: str, meant: str) -> None:
    shown = run(typo)
    assert shown.exit_code == Exit.SETUP
    assert f"No such command '{typo}'" in shown.output
    assert f"'{meant}'" in shown.output.split("Did you mean")[1]


def test_a_command_that_is_like_none_is_unknown() -> None:
    shown = run("qqqq")
    assert shown.exit_code == Exit.SETUP
    assert "Did you mean" not in shown.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--prot", "1"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "x"),
        ("serve", "--contract", "both"),
        ("serve", "--org", "nowhere.toml"),
        ("serve", "--journal-size", "-1"),
        ("serve", "now"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_was_wrong(arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)
    assert shown.exit_code == Exit.SETUP
    assert arguments[1].removeprefix("--") in shown.output


@pytest.mark.parametrize(("error", "code"), [(SetupError, 2), (Unreachable, 3), (Refused, 4)])
def test_each_error_has_its_exit_code(error: type[click.ClickException], code: int) -> None:
    @click.command()
    def failing() -> None:
        raise error("the reason")

    shown = CliRunner().invoke(failing)
    assert (shown.exit_code, shown.output) == (code, "Error: the reason\n")


def test_a_wrong_org_file_ends_with_2_and_the_loader_s_message(tmp_path: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text('id = "x"\n', encoding="utf-8")
    ended = subprocess.run(
        [*RINGBACK, "serve", "--org", str(file)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == Exit.SETUP
    assert ended.stderr.endswith(f"Error: {file}: name is missing\n")


def test_serve_starts_without_what_it_does_not_need() -> None:
    script = (
        "import sys, uvicorn\n"
        "uvicorn.Server.run = lambda self, sockets: print(*sys.modules)\n"
        "from ringback_harness.cli import main\n"
        "main(['serve', '--port', '0'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in ended.stdout.split()}
    assert "ringback_mock" in loaded
    assert not loaded & SERVE_NEEDS_NONE_OF


def test_the_command_line_alone_imports_no_command() -> None:
    script = "import sys, ringback_harness.cli; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert not {name for name in loaded if name.startswith("ringback_harness.commands.")}
    assert not loaded & {"uvicorn", "asyncio", "ringback_contracts"}


def test_explaining_a_body_loads_nothing_that_it_does_not_need() -> None:
    script = """import sys
from ringback_harness.cli import main
try:
    main(["explain", '{"phoneNumber": 5}'], prog_name="ringback")
except SystemExit:
    print(*sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "ringback_explain.tell.telling" in loaded
    needless = {"rich", "jsonschema_rs", "tree_sitter", "yaml", "ringback_explain.tell.tokens"}
    assert not loaded & {*needless, "phonenumbers.data.region_FR", "phonenumbers.shortdata.region_FR"}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("rules tel.", {"tel.no-plus", "tel.not-plain"}),
        ("serve --fault lost", {"lost-reply"}),
        ("crash-test --scenario slow", {"slow-reply", "slow-login"}),
        ("ru", {"rules"}),
    ],
)
def test_a_shell_completes_the_names_of_our_things(typed: str, offered: set[str]) -> None:
    words = ["ringback", *typed.split()]
    asking = {"_RINGBACK_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words)}
    asking |= {"COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", INSTALLED],
        env={**os.environ, **asking},
        capture_output=True,
        text=True,
        check=False,
    )
    assert {line.partition(",")[2] for line in done.stdout.split()} == offered

"""With a proxy in the environment: what is on this machine is never asked through it, by any command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ringback_harness.check.api import SchemathesisOptions, SchemathesisRun
from ringback_harness.check.results import CheckOutcome
from ringback_harness.cli import main
from ringback_harness.proxies import VARIABLES, without_proxy_here
from ringback_harness.sandbox.options import Reach, reached
from tests.harness.plain_target import plain_target
from tests.serving import mock_server
from tests.standin import TOKEN

DEAD = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, DEAD)
        monkeypatch.setenv(name.upper(), DEAD)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with mock_server() as url:
        yield url


def test_who_is_kept_from_the_proxy_stays_so() -> None:
    kept = without_proxy_here({"NO_PROXY": "corp.example, .internal", "http_proxy": DEAD})
    assert kept["NO_PROXY"] == kept["no_proxy"] == "corp.example,.internal,127.0.0.1,localhost,::1"


@pytest.mark.parametrize(
    "words",
    [["call", "tel:+442079460100"], ["diff", "--target", "URL"], ["verify-fix", "CASES", "--target", "URL"]],
)
def test_a_command_asks_a_mock_itself(words: list[str], mock: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "why: an order\nrequest: {body: {phoneNumber: '+442079460100'}}\nexpect: {status: 202}\n", "utf-8"
    )
    given = {"URL": mock, "CASES": str(tmp_path)}
    environment = {"RINGBACK_URL": mock, "RINGBACK_ACCESS_TOKEN": "alice"}
    result = CliRunner().invoke(main, [given.get(word, word) for word in words], env=environment)
    assert result.exit_code == 0, result.output


def test_schemathesis_asks_a_mock_and_the_relay_themselves(
    mock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGBACK_ACCESS_TOKEN", TOKEN)
    with plain_target() as plain:
        for url in (mock, plain):
            with reached(url, Reach()) as target:
                run = SchemathesisRun(target, SchemathesisOptions(examples=1))
                results = list(run.results())
                run.close()
            assert {result.outcome for result in results} >= {CheckOutcome.HELD}
            assert [result.reasons for result in results if result.failed] == []

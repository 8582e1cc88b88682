"""What the environment says: which target, whose credentials."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import trustme

from ringback_client import (
    AccessToken,
    CallsClient,
    ClientCredentials,
    ConfigurationError,
    SafetyRefusal,
    Target,
)
from ringback_client.environment import credentials_from, target_from, verify_from

MOCK = {"RINGBACK_URL": "http://127.0.0.1:8010"}
OFFICIAL = {"GENESYSCLOUD_OAUTHCLIENT_ID": "id", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "hunter2"}
TUTORIAL = {"GENESYS_CLIENT_ID": "other", "GENESYS_CLIENT_SECRET": "hunter2"}


@pytest.mark.parametrize(
    ("environment", "target"),
    [
        (MOCK, "http://127.0.0.1:8010"),
        ({"GENESYSCLOUD_REGION": "eu_west_1"}, "eu_west_1"),
        ({"GENESYSCLOUD_REGION": "mypurecloud.ie"}, "eu_west_1"),
        ({"GENESYS_BASE_URL": "https://api.mypurecloud.com"}, "us_east_1"),
        ({"GENESYS_BASE_URL": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
        ({"GENESYSCLOUD_REGION": "eu_west_1", **MOCK}, "http://127.0.0.1:8010"),
        ({"RINGBACK_URL": "", "GENESYSCLOUD_REGION": "eu_west_1"}, "eu_west_1"),
    ],
)
def test_the_target(environment: dict[str, str], target: str) -> None:
    assert target_from(environment) == Target.parse(target)


@pytest.mark.parametrize(
    ("environment", "credentials"),
    [
        ({"RINGBACK_ACCESS_TOKEN": "alice", **OFFICIAL}, AccessToken("alice")),
        (OFFICIAL, ClientCredentials("id", "hunter2")),
        (TUTORIAL, ClientCredentials("other", "hunter2")),
        ({**TUTORIAL, **OFFICIAL}, ClientCredentials("id", "hunter2")),
    ],
)
def test_the_credentials(environment: dict[str, str], credentials: object) -> None:
    assert credentials_from(environment) == credentials


def test_no_target_says_which_names_to_set() -> None:
    with pytest.raises(ConfigurationError, match=r"RINGBACK_URL.*GENESYSCLOUD_REGION"):
        CallsClient.from_env(OFFICIAL)


def test_no_credentials_says_which_names_to_set() -> None:
    with pytest.raises(ConfigurationError, match=r"RINGBACK_ACCESS_TOKEN.*GENESYSCLOUD_OAUTHCLIENT_ID"):
        CallsClient.from_env(MOCK)


@pytest.mark.parametrize("name", [*OFFICIAL, *TUTORIAL])
def test_half_a_client_is_none(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        credentials_from({name: "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_private_ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.chdir(tmp_path)
    for named in ("ca.pem", str(tmp_path / "ca.pem")):
        assert verify_from({"RINGBACK_CA": named}) == str(tmp_path / "ca.pem")
    assert verify_from({"RINGBACK_CA": str(tmp_path)}) == str(tmp_path)
    assert verify_from({}) is True
    assert verify_from({"RINGBACK_CA": ""}) is True


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file"),
        ("", "holds no certificate"),
        ("junk", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate"),
    ],
)
def test_a_private_ca_that_is_none_is_named(tmp_path: Path, text: str | None, why: str) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=f"RINGBACK_CA names {re.escape(str(path))}.*{why}"):
        verify_from({"RINGBACK_CA": str(path)})


def test_the_tutorial_s_environment_makes_a_client_that_dials_nobody_by_itself() -> None:
    calls = CallsClient.from_env({"GENESYS_BASE_URL": "https://api.mypurecloud.com", **TUTORIAL})
    with pytest.raises(SafetyRefusal):
        calls.place_call("tel:+442079460100", "user:a11ce000-0000-4000-8000-000000000001")


def test_the_process_s_environment_is_the_one_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGBACK_URL", "http://127.0.0.1:8010")
    monkeypatch.setenv("RINGBACK_ACCESS_TOKEN", "alice")
    assert CallsClient.from_env(preflight=False).target == Target.parse("http://127.0.0.1:8010")

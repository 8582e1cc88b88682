"""A file that is written is there whole, or as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ringback_client.atomic_write import atomic_write


def test_a_file_takes_the_place_of_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old and longer")
    with atomic_write(path) as file:
        file.write("né\n")
        assert path.read_text() == "old and longer"
    assert path.read_bytes() == b"n\xc3\xa9\n"
    assert list(tmp_path.iterdir()) == [path]


def test_others_can_read_it_neither_while_it_is_written_nor_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    with atomic_write(path) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_on_the_disk_before_it_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    seen = []
    monkeypatch.setattr("os.fsync", lambda handle: seen.append((os.fstat(handle).st_size, path.read_text())))
    with atomic_write(path) as file:
        file.write("new")
    assert seen == [(3, "old")]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["the block", "os.fsync", "pathlib.Path.replace"])
def test_what_breaks_off_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    path = tmp_path / "report.json"
    path.write_text("old")
    in_block = fail if where == "the block" else str
    if where != "the block":
        monkeypatch.setattr(where, fail)
    with pytest.raises(type(error)), atomic_write(path) as file:
        file.write(f"half of i{in_block()}")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "no" / "report.json"):
        pass

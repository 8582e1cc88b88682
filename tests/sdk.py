"""The official Python SDK for tests: where it is installed, and how to import it without its surprises."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import cast
from unittest.mock import patch

import pytest

NAME = "PureCloudPlatformClientV2"
STILL = "[general]\nlive_reload_config = false\n"
"""An SDK configuration that starts no file watcher."""


def sdk_folder() -> Path:
    """The folder of the installed SDK, found without importing it; skips the test where there is none."""
    spec = find_spec(NAME)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{NAME} is not installed: pip install 'ringback[test]'")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def _quiet_home() -> Iterator[None]:
    """A home folder whose SDK configuration is still: otherwise importing the SDK watches the real one."""
    with tempfile.TemporaryDirectory() as home, patch.dict("os.environ", HOME=home, USERPROFILE=home):
        config = Path(home, ".genesyscloudpython", "config")
        config.parent.mkdir()
        config.write_text(STILL)
        yield


@cache
def load_sdk() -> ModuleType:
    """Import the SDK, which takes seconds; skips the test where there is none.

    Its configuration is one for the whole process, so set the host on the ``ApiClient`` of a test
    (``set_gateway``), not on ``configuration``.
    """
    sdk_folder()
    with _quiet_home(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import PureCloudPlatformClientV2

        return cast("ModuleType", PureCloudPlatformClientV2)

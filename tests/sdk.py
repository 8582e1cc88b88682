"""The official Python SDK for tests: where it is installed, and how to import it without its surprises."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from ringback_harness.check.official import NAME, load


def sdk_folder() -> Path:
    """The folder of the installed SDK, found without importing it; skips the test where there is none."""
    spec = find_spec(NAME)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{NAME} is not installed: pip install 'ringback[test]'")
    return Path(spec.submodule_search_locations[0])


def load_sdk() -> ModuleType:
    """Import the SDK, which takes seconds; skips the test where there is none.

    Its configuration is one for the whole process, so set the host on the ``ApiClient`` of a test
    (``set_gateway``), not on ``configuration``.
    """
    sdk_folder()
    return load()

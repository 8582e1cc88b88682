"""Run the shell steps of `action.yml` as a runner would: what a workflow of ten lines does.

python tools/workflow.py [--ringback COMMAND] [NAME=VALUE ...]

NAME=VALUE are the action's inputs. With --ringback the step that installs is left out, and that command
serves. What other actions would do is left out: fetch a Python, upload files (which are named).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
INSTALLS = "Install Ringback"


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its ``${{ expressions }}`` replaced."""
    return re.sub(r"\$\{\{ *(.+?) *\}\}", lambda found: values[found[1]], text)


def runs(condition: str, values: Mapping[str, str], *, failed: bool) -> bool:
    """Whether a step with such an ``if`` runs: conditions on inputs, and ``always()``."""
    if failed and "always()" not in condition:
        return False
    unset = re.findall(r"(inputs\.\S+) != ''", condition)
    return all(values[name] for name in unset)


def lines(file: Path) -> dict[str, str]:
    """What a step has written for those behind it."""
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


class Runner:
    """A folder of a job, and what its steps have told those behind them."""

    def __init__(self, folder: Path, values: dict[str, str]) -> None:
        self.folder, self.values, self.failed = folder, values, False
        self.files = {name: folder / name for name in ("ENV", "OUTPUT", "PATH", "STEP_SUMMARY")}
        for file in self.files.values():
            file.touch()

    def step(self, step: Mapping[str, Any]) -> None:
        """Run one step of the action."""
        if not runs(step.get("if", ""), self.values, failed=self.failed):
            return
        if "uses" in step:
            for pattern in filled(step.get("with", {}).get("path", ""), self.values).split():
                print(f"kept: {', '.join(str(path) for path in sorted(self._found(pattern))) or 'nothing'}")
            return
        print(f"== {step['name']}", flush=True)
        environment = {
            **os.environ,
            **{f"GITHUB_{name}": str(file) for name, file in self.files.items()},
            **lines(self.files["ENV"]),
            **{key: filled(value, self.values) for key, value in step.get("env", {}).items()},
            "RUNNER_TEMP": str(self.folder),
        }
        first = self.files["PATH"].read_text("utf-8").split()
        environment["PATH"] = os.pathsep.join([*reversed(first), environment["PATH"]])
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.folder, env=environment, check=False)
        self.failed = self.failed or done.returncode != 0

    def _found(self, pattern: str) -> list[Path]:
        path = self.folder / pattern
        return list(path.parent.glob(path.name))


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 when each step succeeds."""
    parser = argparse.ArgumentParser(description="Run the shell steps of action.yml.")
    parser.add_argument("--ringback", type=Path)
    parser.add_argument("inputs", nargs="*", metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    given = dict(pair.split("=", 1) for pair in options.inputs)
    if unknown := given.keys() - action["inputs"].keys():
        parser.error(f"action.yml has no input {', '.join(sorted(unknown))}")
    inputs = {name: described["default"] for name, described in action["inputs"].items()} | given
    with tempfile.TemporaryDirectory() as folder:
        values = {
            **{f"inputs.{name}": value for name, value in inputs.items()},
            "github.action_path": str(ROOT),
            "github.job": "tests",
            "runner.temp": folder,
            "steps.python.outputs.python-path": sys.executable,
        }
        runner = Runner(Path(folder), values)
        if options.ringback:
            (Path(folder) / "ringback-path").mkdir()
            (Path(folder) / "ringback-path/ringback").symlink_to(options.ringback.absolute())
            (runner.files["PATH"]).write_text(f"{folder}/ringback-path\n", "utf-8")
        for step in action["runs"]["steps"]:
            if not (options.ringback and step.get("name") == INSTALLS):
                runner.step(step)
        print((runner.files["STEP_SUMMARY"]).read_text("utf-8"), end="")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

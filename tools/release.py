"""Try what `make release` has built as its users would, and write its checksums and its bill of materials.

python tools/release.py dist

Each wheel and sdist is installed into a fresh environment of every Python that is found (3.11 to 3.14),
serves, and takes a call. Beside them stand SHA256SUMS and, in CycloneDX's form, what a plain install brings.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import requests

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SUMS = "SHA256SUMS"


def found_python(version: str) -> str | None:
    """A Python of that version that runs: on the path, or pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *map(str, pyenv.glob(f"{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return candidate
    return None


def installed(python: str, archive: Path, folder: Path) -> Path:
    """The Python of a fresh environment that holds the archive and what it asks for."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    inside = folder / "bin/python"
    pip = [str(inside), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, str(archive)], check=True, cwd=folder)
    return inside


def place_call(inside: Path) -> None:
    """Serve the mock that is installed there, and place a call on it."""
    command = [str(inside.with_name("ringback")), "serve", "--port", "0", "--quiet"]
    with subprocess.Popen(command, cwd=inside.parent, stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = re.match(r"ringback ready on (\S+)", (server.stdout or sys.stdin).readline())
            if ready is None:
                sys.exit(f"{inside}: the mock did not start")
            answer = requests.post(
                f"{ready[1]}/api/v2/conversations/calls",
                json={"phoneNumber": "+442079460100"},
                headers={"Authorization": "Bearer alice"},
                timeout=10,
            )
            answer.raise_for_status()
        finally:
            server.terminate()


def bill_of_materials(inside: Path, wheel: Path) -> None:
    """Write what the environment holds, with Ringback as the thing described."""
    sbom = wheel.parent / f"{'-'.join(wheel.name.split('-')[:2])}.cdx.json"
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "-o", str(sbom), str(inside)]
    subprocess.run(command, check=True)


def checksums(folder: Path) -> Iterator[str]:
    """The lines of ``sha256sum`` for each file but their own."""
    for path in sorted(folder.iterdir()):
        if path.name != SUMS:
            yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 when each archive took a call on each Python that was found."""
    folder = Path(arguments[0] if arguments else "dist").resolve()
    archives = [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]
    pythons = {version: python for version in PYTHONS if (python := found_python(version))}
    if len(archives) != 2 or not pythons:
        sys.exit(f"{folder}: found {len(archives)} archives and {len(pythons)} Pythons; run make release")
    for version, python in pythons.items():
        for archive in archives:
            with tempfile.TemporaryDirectory() as work:
                inside = installed(python, archive, Path(work))
                place_call(inside)
                if archive.suffix == ".whl":
                    bill_of_materials(inside, archive)
            print(f"{archive.name}: installed and called on Python {version}")
    for version in PYTHONS:
        if version not in pythons:
            print(f"not tried on Python {version}, which is not on this machine")
    (folder / SUMS).write_text("".join(checksums(folder)), "utf-8")
    made = ", ".join(path.name for path in sorted(folder.iterdir()) if path.name != SUMS)
    print(f"wrote {SUMS} of {made}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build the image, run what it runs, place a call, stop it, and tell its size and time.

python tools/image.py [--base IMAGE] [--tag NAME] [BUILD ARGUMENT ...]

Takes Docker or Podman where one answers. Otherwise buildah builds (as root), and the command runs in the
image's own files under chroot: as the image's user, with its variables, its root read-only and a folder
mounted at /mnt.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parent.parent
ADDED = 75  # MB to the 120 MB of python:3.13-slim, so that the whole stays under 200
STOPPED = 2.0
TOKEN = "only-of-this-run"
VARIABLES = {
    "RINGBACK_ADMIN_TOKEN": TOKEN,
    "RINGBACK_ALLOW_HOST": "ringback",
    "RINGBACK_ORG": "/mnt/org.toml",
}
IN_CHROOT = """
set -e
mount --bind "$1" "$1"
mount --rbind /proc "$1/proc"
mount --bind "$2" "$1/mnt"
mount -o remount,ro,bind "$1"
root=$1 user=$3; shift 3
exec chroot --userspec="$user" "$root" env -i "$@"
"""


@dataclass(frozen=True)
class Image:
    """What a built image says of itself, in bytes and in the terms of its Dockerfile."""

    size: int
    user: str
    env: Sequence[str]
    command: Sequence[str]
    health: Sequence[str]


def out(*command: str) -> str:
    """What a command prints; its failure ends this program with its own words."""
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed with exit code {done.returncode}")
    return done.stdout.strip()


def engine() -> str:
    """The first of the programs that can build here."""
    for name in ("docker", "podman"):
        if not shutil.which(name):
            continue
        if subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            return name
    if shutil.which("buildah") and os.geteuid() == 0:
        return "buildah"
    sys.exit("nothing here builds images: start Docker, or install podman, or buildah (and be root)")


def build(name: str, base: str, tag: str, further: Sequence[str]) -> None:
    """Build the Dockerfile of this checkout."""
    command = {"buildah": ["bud", "--pull=never"], "podman": ["build"], "docker": ["build"]}[name]
    command += [] if name == "docker" else ["--format=docker"]  # the other has no check of health
    out(name, *command, "--build-arg", f"BASE={base}", "--tag", tag, *further, ".")


def inspected(name: str, tag: str) -> Image:
    """Read an image's configuration, which all three keep in Docker's form."""
    if name == "buildah":
        found: dict[str, Any] = json.loads(out(name, "inspect", "--type=image", tag))["Docker"]
        config = found["config"]
    else:
        found = json.loads(out(name, "image", "inspect", tag))[0]
        config = found["Config"]
    health = (config["Healthcheck"] if "Healthcheck" in config else found["HealthCheck"])["Test"]
    command = config["Entrypoint"] + config["Cmd"]
    return Image(size_of(name, tag), config["User"], config["Env"], command, health[1:])


def size_of(name: str, image: str) -> int:
    """The bytes of an image's files."""
    if name != "buildah":
        return int(json.loads(out(name, "image", "inspect", image))[0]["Size"])
    with mounted(image) as root:
        return int(out("du", "-sb", "--one-file-system", root).split()[0])


@contextmanager
def mounted(tag: str) -> Iterator[str]:
    """The folder in which buildah shows an image's files."""
    container = out("buildah", "from", "--pull=never", tag)
    try:
        yield out("buildah", "mount", container)
    finally:
        out("buildah", "rm", container)


@contextmanager
def chrooted(tag: str, image: Image, folder: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The image's command in its own files, and the check of its health beside it."""
    ours = {**VARIABLES, "RINGBACK_PORT": str(port)}
    variables = [*image.env, *(f"{key}={value}" for key, value in ours.items())]
    with mounted(tag) as root:
        enter = ["unshare", "--mount", "sh", "-c", IN_CHROOT, "sh", root, folder, image.user, *variables]
        with subprocess.Popen([*enter, *image.command]) as process:
            try:
                wait_for(port)
                out(*enter, *image.health)
                yield process
            finally:
                process.kill()


@contextmanager
def contained(name: str, tag: str, folder: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The image's command in a container, whose signals the engine's own program hands on."""
    variables = [word for key, value in VARIABLES.items() for word in ("--env", f"{key}={value}")]
    reached = ["--publish", f"127.0.0.1:{port}:8010", "--volume", f"{folder}:/mnt:ro"]
    with subprocess.Popen([name, "run", "--rm", "--read-only", *reached, *variables, tag]) as process:
        try:
            wait_for(port)
            yield process
        finally:
            process.kill()


def wait_for(port: int) -> None:
    """Return when the mock is healthy, or end this program after half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if asked(port, "/healthz") == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    sys.exit("the image's command did not become healthy within half a minute")


def asked(port: int, path: str, headers: Mapping[str, str] | None = None) -> int:
    """The status of an answer."""
    return requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=5).status_code


def called(port: int, host: str) -> int:
    """The status of the answer to a call that is placed by a name of the host."""
    return requests.post(
        f"http://127.0.0.1:{port}/api/v2/conversations/calls",
        json={"phoneNumber": "+442079460100"},
        headers={"Authorization": "Bearer alice", "Host": host},
        timeout=5,
    ).status_code


def complaints(port: int) -> list[str]:
    """What a running image answers otherwise than it should."""
    journal = "/__ringback/exchanges"
    answers = {
        "a call": (called(port, "localhost"), 202),
        "a call by the container's name": (called(port, "ringback:8010"), 202),
        "a call by another name": (called(port, "elsewhere:8010"), 421),
        "the journal without the token": (asked(port, journal), 401),
        "the journal with it": (asked(port, journal, {"Ringback-Admin-Token": TOKEN}), 200),
    }
    return [f"{what}: {found}, not {wanted}" for what, (found, wanted) in answers.items() if found != wanted]


def stopped_after(process: subprocess.Popen[bytes]) -> float:
    """The seconds from SIGTERM to the end."""
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    return time.monotonic() - started


def tried(name: str, tag: str, image: Image) -> tuple[list[str], float]:
    """What the running image does otherwise than it should, and the seconds that its end takes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copy(ROOT / "contracts/ringback_contracts/data/org.toml", folder)
        run = chrooted(tag, image, folder, port) if name == "buildah" else contained(name, tag, folder, port)
        with run as process:
            return complaints(port), stopped_after(process)


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 when the image does what it should, 1 when not."""
    parser = argparse.ArgumentParser(description="Build the image and try it.")
    parser.add_argument("--base", default="python:3.13-slim")
    parser.add_argument("--tag", default="ringback")
    options, further = parser.parse_known_args(arguments)
    os.environ["BUILDAH_ISOLATION"] = "chroot"
    os.environ.setdefault("STORAGE_DRIVER", "vfs")
    name = engine()
    build(name, options.base, options.tag, further)
    image = inspected(name, options.tag)
    found, seconds = tried(name, options.tag, image)
    whole, added = image.size / 1e6, (image.size - size_of(name, options.base)) / 1e6
    print(f"{options.tag}: {whole:.0f} MB, {added:.0f} of them its own; ended {seconds:.2f} s after SIGTERM")
    if added > ADDED:
        found.append(f"it adds {added:.0f} MB to its base, more than {ADDED}")
    if seconds > STOPPED:
        found.append(f"SIGTERM took {seconds:.1f} s, more than {STOPPED:.0f}")
    if image.user.partition(":")[0] in {"", "root", "0"}:
        found.append("it runs as root")
    for line in found:
        print(f"{options.tag}: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The reports of schemathesis, cleaned as cassettes are: it hides credentials, but no bodies.

It writes them to a folder of its own, which nobody else can read; what is given out is clean.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ringback_client.atomic_write import atomic_write
from ringback_harness.cassettes.cleaning import Cleaner

Json = dict[str, Any]


def publish(folder: Path, destination: Path) -> list[Path]:
    """Write the reports of a folder to another, with the same stand-ins in all, and say which.

    A report that broke off with its run is left out. Raises ``OSError``.
    """
    cleaner, written = Cleaner(), []
    destination.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        clean = _CLEANED[path.name.partition("-")[0]]
        with suppress(ValueError, ET.ParseError):
            with atomic_write(destination / path.name) as file:
                file.write(clean(path.read_text("utf-8"), cleaner))
            written.append(destination / path.name)
    return written


def _har(text: str, cleaner: Cleaner) -> str:
    document = json.loads(text)
    for entry in document["log"]["entries"]:
        _clean_message(entry["request"], entry["request"].get("postData"), cleaner, answer=False)
        _clean_message(entry["response"], entry["response"]["content"], cleaner, answer=True)
        entry["request"]["url"] = cleaner.text(entry["request"]["url"])
        entry["response"]["redirectURL"] = cleaner.text(entry["response"]["redirectURL"])
    return json.dumps(document, ensure_ascii=False, indent=1)


def _clean_message(message: Json, content: Json | None, cleaner: Cleaner, *, answer: bool) -> None:
    for field in ("headers", "queryString", "cookies"):
        for pair in message.get(field, ()):
            pair["value"] = cleaner.headers({pair["name"]: pair["value"]})[pair["name"]]
    if content and content.get("text"):
        body = content["text"].encode("utf-8", "replace")
        clean = cleaner.body(body, content.get("mimeType", ""), answer=answer)
        content["text"] = clean.decode("utf-8", "replace")


def _junit(text: str, cleaner: Cleaner) -> str:
    root = ET.fromstring(text)  # noqa: S314 - written just now by a process of ours
    for element in root.iter():
        if element.text:
            element.text = cleaner.text(element.text)
        for name, value in element.items():
            if name in ("name", "message"):
                element.set(name, cleaner.text(value))
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _json(text: str, cleaner: Cleaner) -> str:
    return json.dumps(_leaf(json.loads(text), cleaner), ensure_ascii=False, indent=1)


def _leaf(value: Any, cleaner: Cleaner) -> Any:
    if isinstance(value, dict):
        return {cleaner.text(name): _leaf(member, cleaner) for name, member in value.items()}
    if isinstance(value, list):
        return [_leaf(item, cleaner) for item in value]
    return cleaner.text(value) if isinstance(value, str) else value


_CLEANED: dict[str, Callable[[str, Cleaner], str]] = {"har": _har, "junit": _junit, "json": _json}
"""By what the name of a report begins with."""

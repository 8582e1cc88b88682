"""Notes on SDK packages, classes and methods in pasted code: which do not exist, and which came later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ringback_explain.explanation import Note
from ringback_explain.table import table
from ringback_explain.tell.questions import listed_names, note


def sdk_notes(text: str, path: str = "") -> Iterator[Note]:
    """Say what of the pasted code does not exist, or not yet; ``path`` is where the request should go."""
    known = table("tell/sdks")
    real = tuple(known["packages"])
    named = dict.fromkeys(_packages(text))
    invented = [name for name in named if _is_ours(name) and not name.lower().startswith((".", *real))]
    for official, names in groupby(sorted(invented, key=_official), _official):
        yield note("sdk.unknown-package", names=listed_names(names), official=official)
    for misused in known["misused"]:
        if re.search(misused["pattern"], text):
            yield Note(misused["id"], "", misused["text"])
    if re.search(known["of-sdk"], text):
        yield from _unknown_names(text)
    if release := re.search(known["release"], text):
        version = int(release[1] or release[2])
        for later in known["since"]:
            if version < later["release"] and re.search(later["pattern"], f"{text}\n{path}"):
                yield note("sdk.too-old", what=later["what"], needed=later["release"], version=version)


def _unknown_names(text: str) -> Iterator[Note]:
    known = table("tell/sdks")
    classes = (found[0] for found in re.finditer(known["call-class"], text))
    own = {*known["classes"].split(), *re.findall(known["own-class"], text)}
    if unknown := listed_names(name for name in classes if name not in own):
        yield note("sdk.unknown-class", names=unknown)
    methods = (found[1] or found[2] for found in re.finditer(known["call-method"], text))
    if unknown := listed_names(name for name in methods if name not in known["methods"].split()):
        yield note("sdk.unknown-method", names=unknown)


def _packages(text: str) -> Iterator[str]:
    for pattern in table("tell/sdks")["imports"]:
        yield from (found[found.lastindex or 0] for found in re.finditer(pattern, text))
    for listed in re.findall(table("tell/sdks")["installed"], text):
        yield from (re.split(r"[=<>~!\[]", word)[0] for word in listed.split() if not word.startswith("-"))


def _is_ours(package: str) -> bool:
    return re.search("genesys|purecloud", package, re.IGNORECASE) is not None


def _official(package: str) -> str:
    known = table("tell/sdks")["official"]
    return str(next(each["sdk"] for each in known if re.search(each["named"], package.rstrip("."))))

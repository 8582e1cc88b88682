"""Write the shapes of well-known tokens, from the rules of CredSweeper (MIT licence).

    pip install --no-deps credsweeper==1.19.5 pyyaml && python tools/token_shapes.py

Its rules are kept up to date, in Python's own regular expressions; as a library it would bring numpy,
pandas and a model for machine learning, and take seconds to import.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import yaml

SHAPES = Path(__file__).parent.parent / "contracts/ringback_contracts/data/token_shapes.json"
LEAST_HINT = 3
"""Characters that must stand somewhere in a text before a pattern is tried: fewer stand in any."""
OURS = (
    "Authorization",
    "CURL",
    "CMD",
    "SQL",
    "URL",
    "PEM",
    "JSON Web",
    "JWK",
    "BASE64",
    "Azure Access",
    "Grafana P",
)
"""What is found by what stands around it, which is ours to read."""
NO_SECRETS = (
    "UUID",
    "Salesforce",
    "Twilio",
    "Tencent",
    "Firebase",
    "S3 Bucket",
    "Client ID",
    "Google Multi",
    "Composio",
    "long term",
)
"""What is an id or a name, or cannot be told from one."""
LEAD = re.compile(r"\(\?:\^\|/\|\[\^\\\\0-9A-Za-z\+_-\]\|.*?\)(?=\(\?[P=])")
"""How the rules say that a token begins there."""


def shapes() -> list[dict[str, Any]]:
    """The hints and the pattern of each kind of token that its text alone tells."""
    package = distribution("credsweeper")
    rules = yaml.safe_load(Path(str(package.locate_file("credsweeper/rules/config.yaml"))).read_text("utf-8"))
    return [
        {"name": rule["name"], "hints": rule["required_substrings"], "pattern": _pattern(rule["values"][0])}
        for rule in rules
        if _is_shape(rule)
    ]


def _is_shape(rule: dict[str, Any]) -> bool:
    hints = rule.get("required_substrings") or [""]
    named = any(word in rule["name"] for word in OURS + NO_SECRETS)
    return (
        rule["type"] in ("pattern", "multi")
        and rule["target"] != ["doc"]
        and rule["severity"] != "info"
        and min(map(len, hints)) >= LEAST_HINT
        and not named
    )


def _pattern(value: str) -> str:
    pattern = (
        LEAD.sub("(?<![0-9A-Za-z_-])", value).replace("(?P<value>", "(?:").replace("(?P<variable>", "(?:")
    )
    re.compile(pattern)
    return pattern


if __name__ == "__main__":
    source = f"CredSweeper {version('credsweeper')}, Copyright (c) 2021 Samsung, MIT licence"
    SHAPES.write_text(json.dumps({"source": source, "shapes": shapes()}, indent=1) + "\n", "utf-8")
    print(f"{len(shapes())} shapes")

"""Read the request of a data action, exported as JSON or written for Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ringback_contracts.catalogue import route
from ringback_explain.meant.placeholders import IN_CODE, stand_in
from ringback_explain.read import described
from ringback_explain.read.code.values import decoded
from ringback_explain.read.found import Address, FoundRequest, ReadError
from ringback_explain.table import pattern

_TEMPLATE = re.compile(r"\$+!?\{((?:[^{}]|\{[^{}]*\})*)\}|\$!?(input\.\w+(?:\.\w+)*)")
"""What only a run of the action fills in: ``${input.phone}``, ``$!{input.phone}``, ``$${input.phone}``."""
_ESCAPED = re.compile(r"^\w+\.(?:jsonEncode|jsonString|url)\((.*)\)$")
_FIELDS = {
    "method": re.compile(r'\brequest_type\s*=\s*"(\w+)"'),
    "url": re.compile(r'\brequest_url_template\s*=\s*"([^"\n]+)"'),
}
_ASSIGNED = re.compile(r'([{,]\s*|^\s*)"?(\w+)"?\s*=\s*', re.MULTILINE)
_BETWEEN = re.compile(r"(?<=[\"\w}\]])[ \t]*\n(?=\s*\")")


def from_export(value: Mapping[str, Any], text: str) -> FoundRequest | None:
    """The request that an exported action sends; none for any other JSON."""
    config = value.get("config")
    request = config.get("request") if isinstance(config, dict) else value.get("request", value)
    if not isinstance(request, dict) or "requestUrlTemplate" not in request:
        return None
    template = request.get("requestTemplate")
    described_as = {
        "method": request.get("requestType") or "POST",
        "url": request["requestUrlTemplate"],
        "headers": request.get("headers"),
        "body": template if isinstance(template, str) else "",
    }
    return _found(described_as, text)


def from_terraform(text: str) -> FoundRequest | None:
    """The request of an action in HCL; none where the text has no ``request_url_template``."""
    fields = {name: found[1] for name, pattern in _FIELDS.items() if (found := pattern.search(text))}
    return (
        _found({"method": "POST", **fields, "body": _terraform_body(text)}, text) if "url" in fields else None
    )


def _terraform_body(text: str) -> str:
    body = pattern("request-template").search(text)
    if body is None:
        return ""
    if body["quoted"] is not None:
        return str(json.loads(f'"{body["quoted"]}"', strict=False))
    if body["object"] is None:
        return body["lines"]
    return _BETWEEN.sub(",\n", _ASSIGNED.sub(r'\1"\2": ', body["object"]))


def _found(request: dict[str, Any], text: str) -> FoundRequest:
    body = _known(request["body"])
    fields = decoded(body)
    if fields is None and IN_CODE.fullmatch(body.strip()):
        # What is given to the action may be anything; no body matters where the operation reads none.
        address = Address(str(request["method"]), _known(str(request["url"])))
        operation = route(address.method.upper(), address.parts[1]).operation
        if operation is not None and operation.reads is not None:
            raise ReadError("template", template=str(request["body"]).strip()[:60])
        body = ""
    headers = request.get("headers") or {}
    filled = {
        "method": request["method"],
        "url": _known(request["url"]),
        "headers": {key: _known(str(value)) for key, value in headers.items()},
        "body": body if fields is None else fields,
    }
    return described.request_of_description(filled, text, "a data action")


def _known(template: str) -> str:
    return _TEMPLATE.sub(
        lambda found: stand_in(_ESCAPED.sub(r"\1", found[1] or found[2]).strip("$!{}")), template
    )

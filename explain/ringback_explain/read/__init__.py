"""Read what somebody pasted: a request in any of the forms that people have it in, or the error they got."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.meant import body as meant
from ringback_explain.read import described, logged, mention
from ringback_explain.read.found import Found, FoundError, FoundRequest, ReadError, encoded, usual_type
from ringback_explain.read.text import MAX_BYTES, MAX_TEXT, candidates, decoded

__all__ = ["MOST_FOUND", "Found", "FoundError", "FoundRequest", "Read", "ReadError", "read"]

MOST_FOUND = 200
"""Requests of one input that are explained, in a second or two."""
_HEADING = re.compile(r"\A\s*(?:payload|body|data|json|request)[ \t]*:[ \t]*\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Read:
    """The first ``MOST_FOUND`` that were found, how many more there are, and how many requests of a HAR file
    were passed over."""

    found: tuple[Found, ...]
    ignored: int = 0
    left_out: int = 0


def read(data: bytes, folder: Path | None = None) -> Read:
    """Find the requests, or the error, in what somebody pasted.

    ``folder`` is where the ``@file`` of a curl command is looked for; without it none is read. Raises
    ``ReadError``, and nothing else, for what holds neither.
    """
    if len(data) > MAX_BYTES:
        raise ReadError("too-large", most=MAX_BYTES)
    text = decoded(data)
    if not text.strip():
        raise ReadError("empty")
    result = _best(logged.told(text), folder)
    found = result.found[:MOST_FOUND]
    share = MAX_TEXT // max(1, len(found))
    # Each of many is not held against the whole text around it.
    shares = tuple(
        replace(one, context=replace(one.context, text=one.context.text[:share]))
        if isinstance(one, FoundRequest)
        else one
        for one in found
    )
    return replace(result, found=shares, left_out=len(result.found) - len(found))


def _best(text: str, folder: Path | None) -> Read:
    """The first part of the text that holds a request; else the first that holds an error."""
    errors: list[Read] = []
    for part in candidates(text):
        result = _of_part(part, text, folder)
        if result and any(isinstance(found, FoundRequest) for found in result.found):
            # With the one request goes the refusal that the text shows too.
            (first, *others) = result.found
            if others or not isinstance(first, FoundRequest) or first.answer or len(text) > MAX_TEXT:
                return result
            return replace(result, found=(replace(first, answer=described.answer_in(text)),))
        errors += [result] if result else []
    if errors:
        return errors[0]
    try:
        # A JSON value that is no object, and all there is: somebody sent it as a body.
        value = described.parsed(text)
        return Read((described.request_of_body(value, text.strip(), text, "a JSON body"),))
    except ValueError:
        if (body := described.broken_body(text)) is not None:
            return Read((body,))
    raise ReadError("nothing")


def _of_part(part: str, text: str, folder: Path | None) -> Read | None:
    whole = _json(part, text)
    if whole is not None:
        return whole
    if len(part) > MAX_TEXT:
        raise ReadError("too-long", most=MAX_TEXT)
    for found in _readers(part, text, folder):
        if found:
            return Read((found,) if isinstance(found, FoundRequest | FoundError) else tuple(found))
    return None


def _json(part: str, text: str) -> Read | None:
    text = text[:MAX_TEXT]  # what is said around a request stands near it
    try:
        value = described.parsed(part)
    except ValueError:
        return _one_after_another(part)
    if isinstance(value, str):
        return _of_part(value, text, None)
    if any(key in part for key in ("entries", "item", "resources", "requests")):
        from ringback_explain.read import exports

        if (exported := exports.readings(value)) is not None:
            return Read(tuple(exported[0]), exported[1])
    if isinstance(value, dict) and "requestUrlTemplate" in part:
        from ringback_explain.read import data_action

        if (action := data_action.from_export(value, text)) is not None:
            return Read((action,))
    found = described.of_json(value, part.strip(), text)
    return Read((found,)) if found else None


def _one_after_another(part: str) -> Read | None:
    """JSON bodies and nothing else, such as a file with one on each line."""
    values = described.sequence(part)
    if not values or not all(map(described.weight, values)):
        return None
    if len(values) == described.MOST_IN_SEQUENCE:
        raise ReadError("too-many-bodies", count=len(values))
    bodies = ((value, json.dumps(value, ensure_ascii=False)) for value in values)
    found = (described.request_of_body(value, body, body, "a JSON body") for value, body in bodies)
    return Read(tuple(found))


def _readers(part: str, text: str, folder: Path | None) -> Iterator[Sequence[Found] | Found | None]:
    """What each reader makes of the part, in the order of their certainty."""
    # Most inputs are JSON, and need none of these.
    from ringback_explain.read import code, curl, data_action, exports, http_message, httpie

    if "collection" in part and (exported := exports.readings(meant.mapping(part))):
        yield exported[0]
    yield curl.readings(part, folder)
    yield list(httpie.readings(part))
    yield http_message.readings(part)
    yield _form(part, text)
    yield described.flawed_body(part)
    yield data_action.from_terraform(part)
    yield code.requests_of(part)
    yield _object_in(part, text)
    code.refuse(part)
    yield _yaml(part, text)
    yield mention.reported(part)


def _object_in(part: str, text: str) -> Found | None:
    """The JSON object of a request, or of an error, that stands among words."""
    values = list(described.objects_in(part))
    bodies = [value for value in values if described.weight(value)]
    if bodies:
        body = max(bodies, key=described.heaviest)
        return described.request_of_body(body, encoded(body), text, "a JSON body")
    error = next((value for value in values if described.is_error(value)), None)
    return described.reported(error, text, "an error body") if error is not None else None


def _form(part: str, text: str) -> FoundRequest | None:
    stripped = part.strip()
    if usual_type(stripped) != FORM_TYPE or not ("&" in stripped or "grant_type" in stripped):
        return None
    keys = dict.fromkeys((pair.partition("=")[0] for pair in stripped.split("&")), "")
    reading = described.request_of_body(keys, stripped, text, "a form")
    return replace(reading, request=replace(reading.request, headers={"content-type": FORM_TYPE}))


def _yaml(part: str, text: str) -> FoundRequest | None:
    """A body written like YAML, as forum software and some tools show one, under a heading perhaps."""
    body = textwrap.dedent(_HEADING.sub("", part)).strip().encode("utf-8", "replace")
    reading = meant.read(body)
    if reading.form is meant.Form.CUT or not described.weight(reading.fields):
        return None
    return described.request_of_body(reading.fields, body, text, "a body written like YAML")

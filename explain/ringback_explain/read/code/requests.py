"""The calls of a program that send a request: methods of the SDKs, and of the clients that speak HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from ringback_contracts.http.sdk_operations import operation_named
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.meant.placeholders import IN_CODE
from ringback_explain.read.code.calls import CodeCall, is_body, words
from ringback_explain.read.code.languages import text_of
from ringback_explain.read.code.values import (
    NOTHING,
    CodeObject,
    Encoded,
    Sending,
    Unknown,
    as_text,
    decoded,
    unknown,
)
from ringback_explain.read.described import weight
from ringback_explain.table import pattern

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_URL = re.compile(r"(?:[a-z]+:)?//|/(?!\s)|[^\s/]*\u203a/|api/v\d|oauth/|v2/", re.IGNORECASE)
_BODIES = ("json", "data", "body", "content", "payload", "form_params", "form", "CURLOPT_POSTFIELDS")
_MEDIA = re.compile(r"\w+/[\w.+-]+(?:;.*)?")
_URLS = ("url", "uri", "path", "endpoint", "CURLOPT_URL")
_HEADERS = frozenset({"authorization", "content-type"})
_BASES = ("baseurl", "baseuri", "prefixurl", "baseaddress")
_OPTIONS = frozenset((*_BODIES, "headers", "method", "auth", "timeout", "params", "type", "url"))


def _of_sdk(call: CodeCall) -> Any:
    name = re.sub(r"(?:async)?(?:withhttpinfo|_with_http_info)?(?:async)?$", "", call.lower)
    if not name.startswith(("get", "post", "put", "patch", "delete")) or len(name) < len("getusers"):
        return NOTHING
    operation = operation_named(name.replace("_", ""))
    if operation is None or call.walker.meaning(call.node) != "call":
        return NOTHING
    given = list(call.positional)
    path = re.sub(r"\{(\w+)\}", lambda found: _path_part(call, found[1], given), operation.template)
    body = next((value for key, value in call.named.items() if key.lower() == "body"), NOTHING)
    if body is NOTHING:
        body = given[0] if given and operation.method not in ("GET", "DELETE") else None
    if isinstance(body, CodeObject) and "body" in body and not weight(body):
        body = body["body"]
    call.walker.sendings.append(
        Sending(call.line, operation.method, path, body=deepcopy(body), sdk=operation.id)
    )
    return unknown(call.name + "()")


def _path_part(call: CodeCall, name: str, given: list[Any]) -> str:
    wanted = name.lower()
    for key in call.named:
        if key.replace("_", "").lower() == wanted:
            return as_text(call.named[key])
    is_value = given and isinstance(given[0], str | int) and not isinstance(given[0], Encoded)
    return as_text(given.pop(0)) if is_value else unknown(name)


def _login(call: CodeCall) -> Any:
    if call.lower not in words("logins") or len(call.positional) + len(call.named) < len(("id", "secret")):
        return NOTHING
    sending = Sending(call.line, "POST", TOKEN_PATH, {"authorization": f"Basic {unknown('id and secret')}"})
    sending.body = Encoded({"grant_type": "client_credentials"}, form=True)
    call.walker.logins.append(sending)
    return unknown(f"{call.name}()")


def _of_ringback(call: CodeCall) -> Any:
    """``place_call(to, from_, fields=...)`` and ``post_body(body, user_id=...)`` of Ringback's own client."""
    if call.name == "post_body" and call.positional:
        body, user = call.positional[0], call.named.get("user_id")
    elif call.name == "place_call" and call.positional:
        fields = call.named.get("fields")
        body = dict(fields) if isinstance(fields, dict) else {}
        caller = call.named.get("from_", call.positional[1] if len(call.positional) > 1 else None)
        user = caller[5:] if isinstance(caller, str) and caller.startswith("user:") else None
        if isinstance(caller, str) and user is None:
            body["callerId"] = caller.removeprefix("tel:")
        to = as_text(call.positional[0])
        key = "callUserId" if to.startswith("user:") else "phoneNumber"
        body[key] = to.removeprefix("user:").removeprefix("tel:")
    else:
        return NOTHING
    path = CALLS_PATH if user is None else f"{CALLS_PATH}/user/{as_text(user)}"
    call.walker.sendings.append(Sending(call.line, "POST", path, body=deepcopy(body), sdk=call.name))
    return unknown(f"{call.name}()")


def _client_made(call: CodeCall) -> Any:
    """A client that is made with a base for its URLs: ``axios.create({...})``, ``new Client([...])``."""
    if call.lower not in ("create", "extend") and call.walker.meaning(call.node) != "new":
        return NOTHING
    options = _options(call)
    record = next((value for value in call.positional if isinstance(value, CodeObject)), None)
    has_base = any(key.replace("_", "").lower() in _BASES for key in (*options, *(record or ())))
    return record if has_base and record is not None else NOTHING


def _of_client(call: CodeCall) -> Any:
    """``post(url, ...)``, ``request("POST", url, ...)``, ``fetch(url, {...})``: sent at once."""
    verb = pattern("verb").fullmatch(call.name)
    if (verb is None and call.lower not in words("sends")) or call.walker.meaning(call.node) == "new":
        return NOTHING
    inner = next((value for value in call.positional if isinstance(value, Sending)), None)
    if inner is not None:
        return inner
    made = _sending(call)
    first = call.positional[0] if call.positional else None
    is_key = isinstance(first, str) and not isinstance(first, Unknown) and decoded(first) is None
    if not made.url and not (verb and _is_telling(made.body) and call.holder is not None and not is_key):
        return NOTHING
    if verb is not None:
        made.method = verb[1].upper()
    elif not made.method:
        made.method = "POST" if made.body is not None and call.lower not in ("fetch", "axios") else "GET"
    made.way = made.way or ("form" if call.lower.endswith("form") else "")
    made.client = call.holder_text or call.name
    call.walker.sendings.append(made)
    # What Node's https.request gives is written to and ended afterwards, as a chain of calls fills another.
    is_chained = call.node.parent is not None and call.walker.meaning(call.node.parent) in ("member", "call")
    is_begun = made.body is None and (call.lower == "request" or is_chained)
    is_filled_later = is_begun or (call.lower == "request" and call.name == "Request")
    return made if is_filled_later else unknown(f"{call.name}()")


def _sending(call: CodeCall) -> Sending:
    """The request that a call describes, in its arguments and its options."""
    options = _options(call)
    url = _url(call, options)
    body, way = _body(call, options, url)
    made = Sending(call.line, url=url, body=deepcopy(body), way=way)
    named = (options.get("method"), options.get("type"), options.get("customrequest"))
    methods = (_method_named(value) for value in (*call.positional, *named))
    made.method = next(filter(None, methods), "")
    made.set("headers", options.get("headers", options.get("header")))
    for value in call.positional:
        if isinstance(value, CodeObject) and _HEADERS & _lower(value):
            made.headers |= {key.replace("_", "-"): item for key, item in value.items()}
    return made


def _options(call: CodeCall) -> dict[str, Any]:
    """What a call is told by name, or in an object of options."""
    options = dict(call.named)
    # PHP's streams have what matters to HTTP in a part of their own.
    streams = [
        value["http"] for value in call.positional if isinstance(value, CodeObject) and "http" in value
    ]
    for value in (*call.positional, *streams):
        if isinstance(value, CodeObject) and _OPTIONS & value.keys() and not weight(value):
            options |= value
    return options


def _lower(value: CodeObject) -> set[str]:
    return {key.lower().replace("_", "-") for key in value}


def _url(call: CodeCall, options: Mapping[str, Any]) -> str:
    given = [*call.positional, *(options[key] for key in _URLS if key in options)]
    given += [call.receiver] if call.lower == "openconnection" else []
    texts = [value for value in given if isinstance(value, str) and not isinstance(value, Unknown)]
    found = next((text for text in texts if _URL.match(text) and "{" not in text[:1]), "")
    own = call.receiver if isinstance(call.receiver, CodeObject) else {}
    known = {key.replace("_", "").lower(): value for key, value in (*own.items(), *options.items())}
    base = next((known[key] for key in _BASES if key in known), None)
    if not found or not isinstance(base, str) or "//" in found:
        return found
    return f"{base.rstrip('/')}/{found.lstrip('/')}"


def _body(call: CodeCall, options: Mapping[str, Any], url: str) -> tuple[Any, str]:
    for key in _BODIES:
        if key in options and not (key == "data" and options[key] is None):
            return options[key], key
    values = [value for value in call.positional if isinstance(value, CodeObject | Encoded | list | str)]
    for value in values:
        is_options = isinstance(value, CodeObject) and (
            (_OPTIONS & value.keys() and not weight(value)) or _HEADERS & _lower(value)
        )
        is_text = isinstance(value, str) and (value == url or not is_body(value))
        if not is_options and not is_text:
            return value, ""
    place = next((at for at, value in enumerate(call.positional) if value == url), None)
    following = call.positional[place + 1 :] if place is not None else []
    if following and isinstance(following[0], str) and _MEDIA.fullmatch(following[0]):
        del following[0]
    if following and isinstance(following[0], Unknown) and not call.lower.startswith(("get", "delete")):
        return following[0], ""
    return None, ""


def _method_named(value: Any) -> str | None:
    """The method of ``"POST"``, ``HttpMethod.Post`` or ``Method.POST``."""
    if not isinstance(value, str):
        return None
    word = value
    if isinstance(value, Unknown):
        found = re.fullmatch(r"\u2039(?:\w+\.)*\w*Method\w*\.(\w+)\u203a", value)
        word = found[1] if found else ""
    return word.upper() if word.upper() in METHODS else None


def _is_telling(value: Any) -> bool:
    if isinstance(value, Encoded):
        return _is_telling(value.value) or isinstance(value.value, CodeObject)
    if isinstance(value, str):
        return decoded(value) is not None
    return isinstance(value, CodeObject) and weight(value) > 0


def _begun(call: CodeCall) -> Any:
    name, head = call.lower, text_of(call.node)[:60]
    filled = next((value for value in call.positional if isinstance(value, Sending)), None)
    if filled is not None and call.walker.meaning(call.node) == "new":
        return filled  # what writes into it
    of_class = re.search(r"(?:HTTP::|Http)(Get|Post|Put|Patch|Delete)$", call.holder_text or call.name)
    is_other_builder = name == "builder" and "Request" not in head
    is_create = name.startswith("create") and call.holder_text.endswith("WebRequest")
    begins = (name in words("begins") and not is_other_builder) or (name == "new" and of_class) or is_create
    is_empty = name == "request" and not call.positional
    is_other = name in ("newbuilder", "builder") and re.search(r"Client|Conversation|Call", head)
    if not begins or is_empty or is_other:
        return NOTHING
    made = _sending(call)
    if name == "request" and not made.url:
        return NOTHING
    made.method = made.method or (of_class[1].upper() if of_class else "")
    made.client = call.name
    call.walker.sendings.append(made)
    return made


def _opened(call: CodeCall) -> Any:
    """``xhr.open("POST", url)`` and ``curl_setopt($ch, CURLOPT_POSTFIELDS, ...)``: it fills what it names."""
    if call.lower == "open" and len(call.positional) > 1 and _method_named(call.positional[0]):
        sending = _sending_of(call, call.receiver)
        sending.method, sending.url = str(_method_named(call.positional[0])), as_text(call.positional[1])
        if call.holder is not None:
            call.walker.bind(call.holder, sending)
        return sending
    if call.lower not in ("curl_setopt", "curl_setopt_array") or len(call.positional) < 2:
        return NOTHING
    sending = _sending_of(call, call.positional[0])
    given = call.positional[1:]
    entries = given[0].items() if isinstance(given[0], CodeObject) else [(as_text(given[0]), given[-1])]
    for key, value in entries:
        sending.set(IN_CODE.sub(lambda found: found[0][1:-1], str(key)), value)
    return sending


def _sending_of(call: CodeCall, value: Any) -> Sending:
    if isinstance(value, Sending):
        return value
    sending = next((each for each in call.walker.sendings if each.client == str(value)), None)
    if sending is None:
        sending = Sending(call.line, client=str(value))
        call.walker.sendings.append(sending)
    return sending


def _filled(call: CodeCall) -> Any:
    """A call on a request that is being made."""
    sending, name, given = call.receiver, call.lower, call.positional
    if not isinstance(sending, Sending):
        return NOTHING
    if (method := _method_named(call.name)) is not None:
        sending.method = method
        if given:
            sending.set("url" if isinstance(given[0], str) and _URL.match(given[0]) else "body", given[0])
    elif name in ("method", "url", "uri", "setrequesturi", "setrequestmethod") and given:
        sending.set(re.sub("^set(?:request)?", "", name), _method_named(given[0]) or given[0])
        sending.body = given[1] if len(given) > 1 else sending.body
    elif len(given) > 1 and (
        re.search("header|property", f"{name}{call.holder_text}".lower()) or name == "set"
    ):
        sending.headers[as_text(given[0])] = given[1]
    elif name in words("sets_body") and (given or call.named):
        value = given[0] if given else dict(call.named)
        if sending.body is None or not isinstance(
            value, Unknown
        ):  # that may be a function to call at the end
            sending.set("body", value)
            sending.way = "form" if name == "set_form_data" else ""
    return sending


REQUESTS: tuple[Callable[[CodeCall], Any], ...] = (
    *(_of_sdk, _login, _client_made, _of_ringback),
    *(_filled, _opened, _of_client, _begun),
)
"""The ways to read a call that sends a request, or that makes or fills one."""

"""Notes on SDK packages, classes and methods in pasted code: which do not exist, and which came later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ringback_explain.explanation import Context, Note
from ringback_explain.table import table
from ringback_explain.tell.questions import listed_names

OFFICIAL = (
    (r"^(?:com|org)\.", "com.mypurecloud.sdk.v2 (Java)"),
    (r"^github\.com/", "github.com/mypurecloud/platform-client-sdk-go (Go)"),
    (r"^[A-Z]\w*\.", "PureCloudPlatform.Client.V2 (.NET)"),
    (r"^@|/", "purecloud-platform-client-v2 (JavaScript)"),
    (r"^\w+$", "PureCloudPlatformClientV2 (Python)"),
    (r"-", "PureCloudPlatformClientV2 (Python) or purecloud-platform-client-v2 (JavaScript)"),
)
"""The official SDK of the language in which a package is named so."""
PACKAGE = "there is no SDK package {names}: the official SDK is {official}"
CLASS = "the SDK has no class {names}: the body of a call is CreateCallRequest, its answer CreateCallResponse"
METHOD = (
    "the SDK has no method {names}: calls are placed with post_conversations_calls (Python) or"
    " postConversationsCalls (JavaScript), for another user with post_conversations_calls_user_user_id or"
    " postConversationsCallsUserUserId"
)
TOO_OLD = "{what} needs release {needed}.0.0 or later of the Python SDK; the text has {version}"

_IMPORTS = (
    re.compile(r"No module named '([A-Za-z_]\w*)|Cannot find (?:module|package) '([^'\s]+)'"),
    re.compile(r"satisfies the requirement ([\w.-]+)|No matching distribution found for ([\w.-]+)"),
    re.compile(r"(?m)^[ \t]*+(?:from|import)\s+([A-Za-z_]\w*)"),
    re.compile(r"""(?:\bfrom|\brequire\(|\bimport\(?)\s*["']([^"'\s]+)["']"""),
    re.compile(r"(?m)^[ \t]*+using\s+([A-Za-z_][\w.]*)\s*;"),
    re.compile(r"(?m)^[ \t]*+import\s+(?:static\s+)?([a-z][\w.]*)\s*;"),
    re.compile(r'"(github\.com/[^"\s]+)"'),
)
_INSTALL = re.compile(
    r"\b(?:pip3?|pipenv|uv|poetry|npm|yarn|pnpm|dotnet|go|gem)\s+(?:install|i|add|get)\b((?:["
    r" \t]+[^\s;&|]+)+)"
)
_PROSE = re.compile(
    r"\bSDK\W{1,3}(@?genesys[\w/-]*)|`(@?(?:genesyscloud|genesys-cloud|purecloud)[\w/-]*)`", re.IGNORECASE
)
_SCOPED = re.compile(r"@genesys(?:cloud)?/[\w-]+")
_OURS = re.compile(r"genesys|purecloud", re.IGNORECASE)
_OF_SDK = re.compile(rf"{_OURS.pattern}|\bplatformClient\b|\bConversationCall\w+[(.']", re.IGNORECASE)
"""What tells that code is written for Genesys's SDKs; the JavaScript one goes by the name platformClient."""


def _packages(text: str) -> Iterator[str]:
    for pattern in _IMPORTS:
        yield from (found[found.lastindex or 0] for found in pattern.finditer(text))
    for listed in _INSTALL.findall(text):
        yield from (re.split(r"[=<>~!\[]", word)[0] for word in listed.split() if not word.startswith("-"))
    for found in _PROSE.finditer(text):
        yield found[1] or found[2]
    yield from _SCOPED.findall(text)


def _is_invented(package: str) -> bool:
    name = package.lower().rstrip(".")
    return _OURS.search(name) is not None and not name.startswith((".", *table("tell/sdks")["packages"]))


_CALL_CLASS = re.compile(
    r"\b(?:(?:Create|Make|Place|Post|Start|Initiate)?(?:Outbound|Conversations?)?Calls?(?:Create|Post|Origination)?"
    r"(?:Body|Request|Post|To|From|(?:To|From)?Participants?|Address|Destination|Payload|Params|Model|Input)?"
    r"|(?:Create|Outbound|Make|Post|Start)(?:Outbound)?Conversations?(?:Body|Request|Participant|To|From)?"
    r"|Conversations?(?:Create|Post)(?:Body|Request|Participant|To|From)?|(?:Outbound)?Calls?Api)\b"
)
_REAL_CLASSES = frozenset(
    {"Call", "Calls", "Conversation", "Conversations", "CreateCallRequest"}
    # The operation's own name in .NET and Go, and its request in Java.
    | {"PostConversationsCalls", "PostConversationsCall", "PostConversationsCallsRequest"}
)
_OWN_CLASS = re.compile(r"\b(?:class|interface|type|struct|record|enum|trait|object)\s+([A-Z]\w*)")
"""What the program itself declares."""
_METHOD = re.compile(
    r"(?i:\bapi|conversations)\w*(?:\(\w*\))?\.((?:create|make|place|initiate|start|originate)_?\w*[cC]all\w*)\s*\("
    r"|\b(post_?[cC]onversations?_?[cC]alls?)\s*\("
)
_REAL_METHODS = frozenset(
    {"post_conversations_calls", "post_conversations_call", "postConversationsCalls", "postConversationsCall"}
)


_VERSION = re.compile(
    r"PureCloudPlatformClientV2\W{1,4}v?([0-9]{1,3})\.[0-9]+|purecloud-sdk\W{1,4}([0-9]{1,3})\.[0-9]+",
    re.IGNORECASE,
)


def sdk_notes(context: Context, path: str = "") -> Iterator[Note]:
    """Say what of the pasted code does not exist, or not yet; ``path`` is where the request should go."""
    text = context.text
    invented = list(dict.fromkeys(filter(_is_invented, _packages(text))))
    for official, names in groupby(sorted(invented, key=_official), _official):
        yield Note("sdk.unknown-package", "", PACKAGE.format(names=listed_names(names), official=official))
    for misused in table("tell/sdks")["misused"]:
        if re.search(misused["pattern"], text):
            yield Note(misused["id"], "", misused["text"])
    if _OF_SDK.search(text):
        classes = (found[0] for found in _CALL_CLASS.finditer(text))
        own = {*_REAL_CLASSES, *_OWN_CLASS.findall(text)}
        if unknown := listed_names(name for name in classes if name not in own):
            yield Note("sdk.unknown-class", "", CLASS.format(names=unknown))
        methods = (found[1] or found[2] for found in _METHOD.finditer(text))
        if unknown := listed_names(name for name in methods if name not in _REAL_METHODS):
            yield Note("sdk.unknown-method", "", METHOD.format(names=unknown))
    yield from _too_old(text, path)


def _official(package: str) -> str:
    return next(official for pattern, official in OFFICIAL if re.search(pattern, package.rstrip(".")))


def _too_old(text: str, path: str) -> Iterator[Note]:
    found = _VERSION.search(text)
    if not found:
        return
    version = int(found[1] or found[2])
    for later in table("tell/sdks")["since"]:
        needed = later["release"]
        if version < needed and re.search(later["pattern"], f"{text}\n{path}"):
            message = TOO_OLD.format(what=later["what"], needed=needed, version=version)
            yield Note("sdk.too-old", "", message)

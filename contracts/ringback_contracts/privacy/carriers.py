"""Secrets by their names, where names and values stand in text: forms, headers, YAML, URLs, command lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from ringback_contracts.domain.uuids import UUID_PATTERN
from ringback_contracts.privacy.codes import is_error_code, names_near
from ringback_contracts.privacy.names import SCHEMA, digits_tell, is_keys, is_ordinary, names_secret, word_set
from ringback_contracts.privacy.shapes import HIDDEN, Hide, has_any

# Every pattern takes time in proportion to the text, whatever that is: where one could be tried again from
# many places, it takes the whole stretch (and a function decides), or is bounded or possessive.

Found = re.Match[str]
Judge = Callable[..., str]
"""What is shown in place of what a pattern found."""

QUOTE = r"""\\{0,8}["'`]"""
QUOTED = rf"""(?P<quote>{QUOTE})(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\]))*+)"""
_SIGN = r"(?:=>|:=|[:=])"
HARMLESS = re.compile(
    r"(?:null|none|nil|true|false|include|omit|await|new|async|return|[0-9]{1,3})[,;)}\]]*",
    re.IGNORECASE,
)
PROSE = re.compile(r"[A-Za-z]?[a-z]*[.,;:!?)]*|[^A-Za-z0-9]+")
_PROSE_OR_ID = re.compile(rf"{PROSE.pattern}|{UUID_PATTERN}")
_IDENT = r"[A-Za-z_$][A-Za-z_$]{0,40}[0-9]?"
_REACHED = rf"(?:\??\.|::|->){_IDENT}"
_NAME = r"""["'][A-Za-z_ .:-]{0,60}["']"""
_CALLED = (
    rf"\((?:{_NAME}|[\w=., ]{{0,80}}|{_NAME}, ?{_NAME})\)"
    rf"|\[(?:{_NAME}|[\w.]{{0,40}})\]|\((?:{_NAME})?(?=\Z)|\[(?=\Z)"
)
STATE = re.compile(
    r"(?:expired|required|missing|accepted|hidden|redacted|none|invalid|valid|wrong|unknown|absent|present|empty|unset|given"
    r"|optional|disabled|enabled|ended|revoked|refreshed|rejected|refused|failed|oauth2?|basic|bearer|jwt|saml)[.,;!)]*"
    r"|[\[(<]\w{4,12}[\])>]?",
    re.IGNORECASE,
)
"""What is said of a secret in place of it."""
REFERENCE = re.compile(r"(?:[A-Za-z_]{1,40}\.){0,4}(?P<last>[A-Za-z_]{1,40})")
"""A variable, or a member of one."""
VARIABLE = re.compile(
    r"(?:(?:bearer|Bearer|Basic|Token) )?\$?\{\{?[A-Za-z_. ]*\}?\}"
    r"|\$\{?[A-Z_][A-Z0-9_]*\}?|<[\w -]+>|\([A-Za-z_., ]+\)|(?:\.\.\.|\u2026)[\])},;.]*"
    r"|\$\([a-z][^\n]*"
    r"|(?:[A-Z]+_){0,3}(?:TOKEN|SECRET|PASSWORD|KEY|NAME|VALUE|CODE|PATH|FILE)S?[.,;)\]'\"]*"
    rf"|(?:(?:await|new|return) )?{_IDENT}(?:{_REACHED}){{0,6}}(?:{_CALLED})(?:{_REACHED}|{_CALLED}"
    rf"|[,;)\]]){{0,12}}"
    r"|(?:process\.env|import\.meta\.env|self|this)\.[A-Za-z_.]{1,80}[,;)]*"
    r"|(?:Optional|Final|ClassVar|Annotated)\[[\w, \[\]]{1,60}\](?: = (?:None|null|\"\"|''))?|SecretStr"
    r"|SecureString"
)
"""What stands in place of a secret in a text that shows how to give it, and in code that looks it up."""


_SHORTEST_OF_SIGNS = 4
"""Characters of a secret that has no letter and no digit."""
COMPARED = ("==", "===", "!=", "!==")
"""Signs of code that compares."""
_PRESSED = re.compile(r"[0-9*#A-Da-d,wp-]+")


def hidden(found: Found, hide: Hide, value: str) -> str:
    """What was found, with one of its parts hidden; what is hidden already stays as it is."""
    start, end = found.span(value)
    text = found[0]
    return text[: start - found.start()] + hidden_text(found[value], hide) + text[end - found.start() :]


def hidden_text(value: str, hide: Hide) -> str:
    """What is shown in place of a secret; what is hidden already stays as it is."""
    return hide(value) if value.replace(HIDDEN, "").strip() else value


def given(found: Found) -> str:
    """The name of the part that holds the value."""
    return "quoted" if found["quote"] else "bare"


def refers(value: str, *, in_code: bool) -> bool:
    """Whether a value is a variable that is called as secrets are, where code stands."""
    plain = value.rstrip(",;)")
    reference = REFERENCE.fullmatch(plain)
    return (in_code or plain != value) and reference is not None and names_secret(reference["last"])


def _says_none(value: str) -> bool:
    """Whether a value is empty, or but the brackets and quotes around some."""
    return (value[:1] == "[" or len(value) < _SHORTEST_OF_SIGNS) and re.search(r"\w", value) is None


def tells(found: Found, name: str, value: str, sign: str = ":") -> bool:
    """Whether a value that was found is a secret for its name, and no state or number with the same one."""
    if not names_secret(name) or _says_none(value):
        return False
    if is_keys(name) and not (_PRESSED.fullmatch(value) and ("=" in sign or found.groupdict().get("quote"))):
        return False
    if HARMLESS.fullmatch(value) and not (digits_tell(name) and value[:1].isdigit()):
        return False
    assigned = "=" in sign and sign not in COMPARED
    return assigned or not is_error_code(name, value, names_near(found) if name.lower() == "code" else ())


# --- URLs -------------------------------------------------------------------------------------------

_URL = re.compile(
    r"""(?:\\?/){2}(?P<value>[^\s/:"'<>]*+:(?![0-9]{1,5}(?:[/?#\s]|\Z))"""
    r"""(?:[^\s"'<>/?#]{0,256}(?=@)|[^\s"'<>@]{1,100}(?=@))|(?!(?:git|hg|svn)@)[^\s/@"'<>]++(?=@))"""
)
_SIP = re.compile(r"""sips?:[^\s:@"'<>]{0,128}+:(?P<value>[^\s@"'<>]{1,256}+)(?=@)""", re.IGNORECASE)
_BEFORE_HOST = re.compile(
    r"""(?<![\w/@:.+-])(?!(?i:sips?|mailto|acct|xmpp|tel|im|user|person):)[\w.+-]{1,64}+:(?P<value>[^\s@:/"'<>]{3,128})(?=@[A-Za-z0-9])"""
)


def _hide_value(found: Found, hide: Hide) -> str:
    return hidden(found, hide, "value")


# --- names and values -------------------------------------------------------------------------------

_LINE = re.compile(
    r"^(?P<lead>[ \t]*+(?:[-*#>+|$] ?|export |set |env |arg )?+)(?P<name>[\w.$\[\]-]++(?:\\? [\w.-]++){0,3}+)"
    r"[ \t]*+(?P<sign>=>|:=|\\?[:=])[ \t]*+(?P<value>[^\s\"'].*)$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line of YAML, of properties, of an environment, or a header."""
_BLOCK = re.compile(
    r"^(?P<indent>[ \t]*+)(?:- )?(?P<name>[\w.-]++(?: [\w.-]++){0,3}+)[ \t]*+:[ \t]*+"
    r"(?:[|>][+-]?[0-9]?)?[ \t]*+\r?\n",
    re.MULTILINE,
)
"""A name of YAML with its value on the lines below."""
_MANIFEST = re.compile(r"^\s*+kind:[ \t]*+[\"']?Secret\b", re.MULTILINE)
_DATA = re.compile(
    r"^[ \t]*+(?:data|stringData):[ \t]*+\r?\n(?:[ \t]++[^\n]++(?:\n|\Z)|[ \t]*+\n)++", re.MULTILINE
)
_FLOW = re.compile(r"^[ \t]*+(?:data|stringData):[ \t]*+\{[^{}]*+\}", re.MULTILINE)
_FLOW_ENTRY = re.compile(r"(?<=[{,])\s*+[\w.\"'-]++:\s*+[\"']?(?P<value>[^\s,\"'{}][^,\"'{}]*+)")
_ENTRY = re.compile(r"^[ \t]++[\w.\"'-]++:[ \t]++(?P<value>[^\s|>][^\n]*)$", re.MULTILINE)
_KEYS = re.compile(r"^[ \t-]*+([\w.$-]++):(?=\s|\Z)([^\n]*+)", re.MULTILINE)
_COLUMNS = re.compile(
    r"^[ \t|]*+(?:ENV )?[\"']?(?P<name>[\w.-]++)[\"']?(?:[ \t]*+(?:->|[;|,])[ \t]*+|[ \t]++)"
    r"[\"']?(?P<value>[^\s\"'|;,:=({\[][^\s\"'|;,]*+)[\"']?[ \t|]*+\r?$",
    re.MULTILINE,
)
"""A line of a table with a name and a value."""
_SQL_TYPE = re.compile(r"[A-Za-z]{3,10}\([0-9, ]*\),?")
_OPTION = re.compile(
    r"""(?<![\w/.-])(?:--?|/)(?P<name>[A-Za-z][\w-]*+)(?:[ \t]++|(?<=\w):)"""
    r"""(?:["'](?P<quoted>[^"'\n]++)|(?P<bare>[^\s"']++))"""
)
"""An option of a command line, whose value stands behind a space, and may begin as another option does."""
_KEY_FILE = re.compile(r"(?:tls|ssl|ssh|private|server|client|host|ca|rsa)?-?key", re.IGNORECASE)
_FILE = re.compile(r"[\w./~-]+\.(?:key|pem|crt|cer|der|p12|pfx|jks|pub)")
_SQL = re.compile(
    r"\b(?:identified (?:by(?: values)?|with \w{1,40} by)|with password|set password\b"
    r"(?: for \S{1,120})?[^'\"\n]{0,80})\s+"
    r"[\"'](?P<value>[^\"'\n]++)",
    re.IGNORECASE,
)
_PGPASS = re.compile(
    r"^(?!(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$)[\w.*-]++:(?:[0-9]{1,5}|\*):[\w*.-]++:[\w*.-]++:(?P<value>\S++)$",
    re.MULTILINE,
)
_USER = re.compile(
    r"""(?:^|(?<=\s))(?:-u|-U|-a|--auth|--user|--proxy-user|--cert|-E)[\s=]*+["']?[^\s:"']++:(?P<value>[^\s"']++)"""
)
_LOGIN = re.compile(
    r"""(?<!\w)(?:(?:auth_?basic|basic_?auth|login|user_?pass|creds|credentials)["']?\s{0,3}[:=]\s{0,3}["']?"""
    r"""|user\s{0,3}[:=]\s{0,3}["'])[A-Za-z][^\s:"'/]*+:(?=[^\s\d"']*+\d)(?![0-9]{1,5}["'/])(?P<value>[^\s"',;/]++)""",
    re.IGNORECASE,
)
"""A user and a password in one."""
_TOOL = re.compile(
    r"\b(?:mysql\w{0,8}|mariadb\w{0,8}|sshpass|redis-cli|docker login|ldap\w{3,8}|htpasswd|mongosh?"
    r"|sqlcmd|az login|7z|zip|unzip|openssl|ssh-keygen|mosquitto_\w{3}|ipmitool|rdesktop)\b"
    r"[^\n|;]{0,200}?[ \t]-(?:[pP][ \t]?|[awNk][ \t]++)[\"']?"
    r"(?P<value>[^\s\"'-][^\s\"']*+)"
)
"""Programs whose option for a password is one letter."""


def _is_phrase(name: str, value: str) -> bool:
    """Whether some words are a password, and no sentence about one."""
    if name.lower() == "passphrase":
        return True
    begins = value.split(maxsplit=1)[0].lower() in _BEGINS
    return " " not in name and "pass" in name.lower() and any(map(str.isdigit, value)) and not begins


_BEGINS = word_set(
    "a an the at as by for from if in is it its of on or to was were will with without must may can"
    " could should"
    " would not no never none only required optional expires expired minimum maximum changed reset"
    " updated set"
    " accepted rejected refused wrong invalid incorrect attempt attempts see e.g. i.e. contains needs"
    " use used"
    " enter entered give given read sent and but when while until after before failed ok hidden omitted"
)
"""How a sentence goes on behind "password:"."""
_OPENING = re.compile(r"[(\[{|>\\ ]+")
"""What says that a value stands below."""


def _line(found: Found, hide: Hide) -> str:
    name, value, sign = found["name"], found["value"].rstrip(), found["sign"]
    words = value.split()
    if (
        _OPENING.fullmatch(value)
        or not tells(found, name, words[0], sign)
        or HIDDEN in value
        or (sign == "=" and "&" in value)
    ):
        return found[0]
    spoken = PROSE.fullmatch(words[0]) and (" " in name or (len(words) > 1 and is_ordinary(name)))
    if spoken and not _is_phrase(name, value):
        return found[0]
    if VARIABLE.fullmatch(value) or (sign == ":" and is_ordinary(name) and STATE.fullmatch(value)):
        return found[0]
    spaced = found[0][: found.start("value") - found.start()].endswith(f" {sign} ")
    if sign != ":" and refers(value, in_code=spaced):
        return found[0]
    return hidden(found, hide, "value")


def _without_blocks(text: str, hide: Hide) -> str:
    """The text of YAML without the lines below telling names."""
    pieces, done, at = [], 0, 0
    while head := _BLOCK.search(text, at):
        at = head.end()
        name = head["name"]
        if name.lower() != "code" and names_secret(name):
            below = re.compile(rf"(?:{head['indent']}(?:[ \t]++|- )[^\n]*+(?:\n|\Z)|[ \t]*+\n)*+").match(
                text, at
            )
            if below and _says_nothing(below[0]):
                continue
            if below and below[0].replace(HIDDEN, "").strip() and not (" " in name and _is_prose(below[0])):
                pieces += [text[done:at], f"{head['indent']}  {hide(below[0].strip())}\n"]
                at = done = below.end()
    return "".join([*pieces, text[done:]]) if pieces else text


def _without_manifests(text: str, hide: Hide) -> str:
    """The text of YAML without the values of Secrets of Kubernetes."""
    if not _MANIFEST.search(text):
        return text
    text = _FLOW.sub(lambda data: _FLOW_ENTRY.sub(partial(_hide_value, hide=hide), data[0]), text)
    return _DATA.sub(lambda data: _ENTRY.sub(partial(_hide_value, hide=hide), data[0]), text)


def _says_nothing(block: str) -> bool:
    """Whether the lines below a name describe what it is, or count."""
    entries = _KEYS.findall(block)
    described = {key for key, _ in entries} <= SCHEMA
    return bool(entries) and (
        described or all(re.fullmatch(r"[0-9]{1,3}", value.strip()) for _, value in entries)
    )


def _is_prose(text: str) -> bool:
    return len(text.split()) > 1 or PROSE.fullmatch(text.strip()) is not None


def _columns(found: Found, hide: Hide) -> str:
    value = found["value"]
    told = (
        tells(found, found["name"], value)
        and not _PROSE_OR_ID.fullmatch(value)
        and not _SQL_TYPE.fullmatch(value)
    )
    return hidden(found, hide, "value") if told else found[0]


def _option(found: Found, hide: Hide) -> str:
    part = "quoted" if found["quoted"] else "bare"
    if not names_secret(found["name"]) or is_keys(found["name"]) or VARIABLE.fullmatch(found[part]):
        return found[0]
    if _KEY_FILE.fullmatch(found["name"]) and _FILE.fullmatch(found[part]):
        return found[0]
    return hidden(found, hide, part)


def _user(found: Found, hide: Hide) -> str:
    return found[0] if VARIABLE.fullmatch(found["value"]) else hidden(found, hide, "value")


_PLACES: Sequence[tuple[str, re.Pattern[str], Judge]] = (
    ("@", _URL, _hide_value),
    ("sip", _SIP, _hide_value),
    ("@", _BEFORE_HOST, _hide_value),
    ("identified password", _SQL, _hide_value),
    (":", _PGPASS, _hide_value),
    ("-u -a -e --user --proxy-user --cert", _USER, _user),
    ("auth login pass cred user", _LOGIN, _hide_value),
    (
        "mysql mariadb pass redis docker ldap ht mongo sqlcmd az zip 7z ssh ssl mosquitto tool desktop",
        _TOOL,
        _hide_value,
    ),
    ("- /", _OPTION, _option),
    (": =", _LINE, _line),
)
"""Each with what stands in every text that it finds something in, one or another."""


def without_carried(text: str, hide: Hide) -> str:
    """The text without what addresses, options and lines of settings tell."""
    text = _without_blocks(_without_manifests(text, hide), hide)
    lowered = text.lower()
    for hints, pattern, judge in _PLACES:
        if has_any(lowered, hints):
            text = pattern.sub(partial(judge, hide=hide), text)
    return text


def without_columns(text: str, hide: Hide) -> str:
    """The text without the values of lines that are a name and a value."""
    return _COLUMNS.sub(partial(_columns, hide=hide), text)

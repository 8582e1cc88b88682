"""Secrets that the place where they stand tells: in code, protocols, files of programs, and addresses."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import unquote

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.privacy.names import names_secret, words_of
from ringback_contracts.privacy.shapes import HIDDEN, Hide, looks_random

# Every repetition is bounded or possessive, so that a pattern takes time in proportion to the text.

_STRING = r"""[bru]?\\{0,4}["'`](?P<value>[^"'`\\\n]{1,256})"""
_KEY_STRING = (
    r"""[bru]?\\{0,4}["'`](?!(?:sha|md|aes|des|hs|rs|es|ps|utf|ascii|hex|base64)[\w-]{0,12}["'`\\])"""
    r"""(?P<value>[^"'`\\\n]{1,256})"""
)
"""A literal that names no algorithm."""
_ARGUMENTS = r"""(?:(?:[^(),"'`\n;]{1,80}|[bru]?"[^"\n]{0,160}"|[bru]?'[^'\n]{0,160}'),\s{0,20})"""
"""What stands before the last argument of a call."""
_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # code
    ("securestring", re.compile(rf"securestring[ (]{{1,3}}(?:-string )?{_STRING}", re.IGNORECASE)),
    (
        "auth",
        re.compile(
            rf"auth(?:entication|orization)?(?:[ ]?[=:][ ]?\[?\(?|\()[ ]?"
            rf"[bru]?[\"'][^\"'\n]{{1,128}}[\"'],\s*{_STRING}",
            re.IGNORECASE,
        ),
    ),
    (
        "(",
        re.compile(
            r"(?:btoa|b64encode|base64[\w.()\[\]]{0,60})\(\s{0,9}[bru]?[\"'`][^\"'`:\n]{1,128}:(?P<value>[^\"'`\n]{1,256})",
            re.IGNORECASE,
        ),
    ),
    (
        "base64",
        re.compile(
            r"[\"'`][^\"'`:\s]{1,128}:(?!//)(?P<value>[^\"'`\s]{3,256})[\"'`](?=[^\n\"'`]{0,60}[\"'`]?base64)",
            re.IGNORECASE,
        ),
    ),
    (
        "userpwd",
        re.compile(
            r"userpwd[\"']?\s?(?:,|=>|=)\s?[\"'][^\"'\n:]{1,128}:(?P<value>[^\"'\n]{1,256})",
            re.IGNORECASE,
        ),
    ),
    ("networkcredential", re.compile(rf"networkcredential\(\s{{0,20}}{_ARGUMENTS}{_STRING}", re.IGNORECASE)),
    (
        "credential",
        re.compile(
            rf"\w{{0,40}}credentials?\w{{0,20}}(?:\.new)?\(\s{{0,20}}{_ARGUMENTS}{{0,4}}{_STRING}\\{{0,4}}[\"'`](?:\.\w{{1,20}}\(\))?\s{{0,20}}\)",
            re.IGNORECASE,
        ),
    ),
    (
        "jwt signwith",
        re.compile(
            rf"(?:\bjwts?\.\w{{1,12}}\((?:\{{[^{{}}\n]{{0,300}}\}}|[^(),\"'`\n{{}}]{{1,80}}|\w{{1,40}}\([^()\n]{{0,200}}\)),"
            rf"|\bsignwith\([^(),\"'`\n]{{1,80}},)\s{{0,20}}{_KEY_STRING}",
            re.IGNORECASE,
        ),
    ),
    (
        "login log_in signin sign_in basic basic_auth authenticat setauth set_auth connect bind pdo auth_",
        re.compile(
            rf"(?:basic_?auth\w{{0,12}}|log_?in|sign_?in\w{{0,30}}|authenticate\w{{0,12}}|set_?auth|passwordauthentication"
            rf"|mysqli?(?:_connect)?|pg_connect|getconnection|createconnection|pdo|\bbind|_bind(?:_s)?|ssh2_auth_password|\bconnect)"
            rf"(?:\(|, ?(?=[\"'])|[ ](?=[\"']))\s{{0,20}}{_ARGUMENTS}{{1,4}}{_STRING}"
            r"\\{0,4}[\"'`]\s{0,20}(?=\)|;|\n|\}|$)",
            re.IGNORECASE,
        ),
    ),
    (
        "(",
        re.compile(
            rf"\b(?:create_?hmac|hmac(?:\.new)?|jwts?\.\w{{1,12}}|\w{{0,20}}securitykey|secretkeyspec|fernet|set_password|keystore\.load|create(?:de)?cipher(?:iv)?"
            rf"|aes\.new|pbkdf2\w{{0,12}}|scrypt\w{{0,6}})\((?:[^()\n]|\([^()\n]{{0,80}}\)){{0,120}}?(?:\w{{1,20}}[(.]){{0,3}}{_KEY_STRING}\\{{0,4}}[\"'`](?:\.\w{{1,20}}\([^()\n]{{0,20}}\))?\s{{0,9}}(?:,[^\"'`\n]{{0,40}})?\)",
            re.IGNORECASE,
        ),
    ),
    (
        "mysql",
        re.compile(
            rf"\bmysqli?(?:_connect|\.connect|db\.connect)?\(\s{{0,20}}{_ARGUMENTS}{{2}}{_STRING}",
            re.IGNORECASE,
        ),
    ),
    ("oci_", re.compile(rf"\boci_p?connect\(\s{{0,20}}{_ARGUMENTS}{_STRING}", re.IGNORECASE)),
    ("[]byte(", re.compile(rf"return \[\]byte\({_STRING}")),
    (
        "secret password key",
        re.compile(
            r"\b(?:secret|password|key|key-string)[ ][0-9][ ](?P<value>"
            r"(?=\S{0,64}?[0-9])[^\s\"']{4,128})(?=\s|$)"
        ),
    ),
    (
        "password bcrypt hashpw checkpw",
        re.compile(
            rf"(?:password_(?:verify|hash)|(?:check|verify|hash|encrypt|compare)_?password|bcrypt\.\w{{1,20}}"
            rf"|\b(?:hash|check)pw)\(\s{{0,20}}{_STRING}",
            re.IGNORECASE,
        ),
    ),
    # commands
    ("add-mask setsecret", re.compile(r"(?:::add-mask::|##vso\[task\.setsecret\])(?P<value>\S++)")),
    ("-u", re.compile(r"\s-U\s{0,4}[\"']?[\w.\\/-]{1,64}%(?P<value>[^\s\"']{1,128})")),
    (
        "|",
        re.compile(
            r"\b(?:echo|printf)\s{1,4}(?:-\w{1,3}\s)?[\"']?(?P<value>[^\s\"'|$]{3,256})[\"']?\s{0,4}\|[^\n|]{0,160}?"
            r"(?:--password-stdin|--with-token|--stdin|\bsudo -S|\bpasswd\b|\bkinit\b|\blogin\b)"
        ),
    ),
    ("--from-literal", re.compile(r"--from-literal[= ][\"']?[\w.-]{1,80}=(?P<value>[^\s\"']{1,256})")),
    (
        "-u --user",
        re.compile(
            r"\s(?:-u|--user(?:name)?)[ =]?[^\s-][^\s]{0,80}\s{1,4}(?:-p[ ]?|--pass[ =])[\"']?(?P<value>"
            r"(?![0-9]{1,5}(?:\s|$))[^\s\"'-][^\s\"']{2,128})"
        ),
    ),
    (
        "<<<",
        re.compile(r"(?:(?<=[0-9A-Za-z-])|(?<=[0-9A-Za-z-] ))<<<\s{0,4}[\"']?(?P<value>[^\s\"'$]{3,256})"),
    ),
    (
        "secret",
        re.compile(
            r"\b(?:secrets?|secretsmanager|keyvault secret)[ ](?:[\w-]{1,20}-)?(?:set|create|put|add"
            r"|update)[^\n]{0,160}?"
            r"(?:--(?:body|value|secret-string|string|payload|data)[ =]|-b )[\"']?(?P<value>[^\s\"']{3,256})",
            re.IGNORECASE,
        ),
    ),
    # addresses
    (
        "://",
        re.compile(
            r"://(?:hooks\.slack\.com/(?:services|workflows|triggers)/|(?:\w{1,10}\.)?discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{1,32}/"
            r"|[\w.-]{1,60}\.webhook\.office\.com/|outlook\.office(?:365)?\.com/webhook/|api\.telegram\.org/(?:file/)?bot|hooks\.zapier\.com/hooks/catch/"
            r"|maker\.ifttt\.com/trigger/[^\s/]{1,80}/(?:json/)?with/key/|[\w.-]{1,60}\.m\.pipedream\.net/|hook\.\w{1,10}\.make\.com/"
            r"|chat\.googleapis\.com/v1/spaces/)(?P<value>[^\s\"'<>?#\\]{6,400})",
            re.IGNORECASE,
        ),
    ),
    ("key=", re.compile(r"[?&]key=(?P<value>(?=[A-Za-z_-]{0,64}[0-9][\w-]{0,64}[0-9])[\w-]{16,})(?![\w.-])")),
    ("thin:", re.compile(r":thin:[^\s/@:]{1,64}/(?P<value>[^\s@]{1,128})(?=@)", re.IGNORECASE)),
    (
        "sqlplus",
        re.compile(
            r"\bsqlplus\b[^\n]{0,80}?\s[\w.]{1,64}/(?P<value>[^\s@/]{1,128})(?=@|\s|$)", re.IGNORECASE
        ),
    ),
    # a mailbox of Asterisk's voicemail.conf
    (
        "=>",
        re.compile(r"^[0-9]{2,10}\s?=>\s?(?P<value>[^,\s]{3,32}),[^,\n]{1,64},[^,\n]{0,128}@", re.MULTILINE),
    ),
    # marks
    (
        "(sensitive",
        re.compile(r"\(sensitive(?: value)?\)\s?[:=]\s?(?P<value>[^\s\"']{1,256})", re.IGNORECASE),
    ),
    # protocols
    ("inline:", re.compile(r"\binline:(?P<value>[\w+/=-]{16,})", re.IGNORECASE)),
    (
        "community",
        re.compile(
            r"\bsnmp\S{0,20}[ ][^\n]{0,60}?community[ ](?:[0-9]{1,2}[ ])?(?P<value>[^\s\"']{2,128})",
            re.IGNORECASE,
        ),
    ),
    ("snmp", re.compile(r"\bsnmp\w{1,12}\b[^\n]{0,80}?\s-c\s?(?P<value>[^\s\"'-]{2,128})", re.IGNORECASE)),
    ("auth", re.compile(r"\bAUTH(?:ENTICATE)? (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER) (?P<value>[\w+/=-]{4,})")),
    ("login", re.compile(r"^\w{1,8} LOGIN \S{1,128} \"?(?P<value>[^\s\"]{1,128})\"?\s*$", re.MULTILINE)),
    (
        ",",
        re.compile(
            r"(?<![\w-])(?:bearer|(?:access|id|auth)[_-]?token)\"?, ?\"?"
            r"(?P<value>(?=[\w.~+/=-]{0,64}?[0-9])[\w.~+/=-]{8,})",
            re.IGNORECASE,
        ),
    ),
    # files of programs
    ("wifi:", re.compile(r"\bWIFI:[^\n]{0,128}?P:(?P<value>(?:\\.|[^;\\\n]){1,128})", re.IGNORECASE)),
    (
        "\t",
        re.compile(
            r"^\S{1,256}\t(?:TRUE|FALSE)\t\S{1,256}\t(?:TRUE|FALSE)\t[0-9]{1,20}\t\S{1,256}\t(?P<value>\S++)",
            re.MULTILINE,
        ),
    ),
    # sentences
    (
        "code",
        re.compile(
            r"(?<![\w-])(?P<value>(?:[A-Z]{1,3}-)?[0-9]{4,8}) (?:is|as) your (?!order|error|area|postal)"
            r"(?:[\w-]{1,40} ){0,4}"
            r"(?:code|passcode|pin|otp)\b",
            re.IGNORECASE,
        ),
    ),
)
"""Each with what stands in every text that it finds something in."""
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "value",
        re.compile(
            r"\bvalue:? \\{0,4}[\"'`](?P<value>[^\"'`\\\n]{1,256})\\{0,4}[\"'`] (?:for|of) "
            r"(?:[a-z]{1,20} ){0,3}\\{0,4}[\"'`]?(?P<name>[\w.-]{2,80}+)",
            re.IGNORECASE,
        ),
    ),
    (
        "s:",
        re.compile(
            r"\bs:[0-9]{1,6}:\\{0,4}\"(?P<name>[\w.-]{2,80}+)\\{0,4}\";s:[0-9]{1,6}:\\{0,4}\"(?P<value>[^\"\\]{1,256}+)"
        ),
    ),
    (
        "- -",
        re.compile(
            r"^[ \t]*- [\"']?--?(?P<name>[\w-]{2,80}+)[\"']?[ \t]*\r?\n"
            r"[ \t]*- [\"']?(?P<value>[^\s\"']{1,256})",
            re.MULTILINE,
        ),
    ),
    (
        "%",
        re.compile(r"(?<![\w%.-])(?P<name>(?:[\w.-]|%[0-9A-Fa-f]{2}){1,80}+)=(?P<value>[^\s&\"'<>]{1,256})"),
    ),
    (
        ")",
        re.compile(
            rf"[\"'](?:[^\"'\n]{{0,60}}[=#.\[])?(?P<name>[\w-]{{2,80}}+)\]?[\"']\)\.(?:send_?keys|fill|type|(?:set_?)?val(?:ue)?|input)\({_STRING}",
            re.IGNORECASE,
        ),
    ),
    (
        "<<",
        re.compile(
            r"(?P<name>[\w.-]{2,80}+)[\"']?\]?\s{0,4}=\s{0,4}<<[~<-]?[\"']?(?P<mark>\w{1,20})[\"']?\n(?P<value>(?:.|\n){1,4000}?)\n\s{0,20}(?P=mark)\b"
        ),
    ),
    ("(", re.compile(rf"\b(?:set|with|put|add)(?P<name>[A-Z_]\w{{1,64}}+)\(\s{{0,20}}{_STRING}")),
    (
        "(",
        re.compile(
            r"(?:\.|->|::)(?P<name>(?!cookie|credential|auth|(?:get|has|is|find)(?-i:[A-Z_]))\w{2,64}+)\(\s{0,20}"
            rf"(?:{_ARGUMENTS}(?:Some\()?)?{_STRING}\\{{0,4}}[\"'`](?:\.\w{{1,20}}\(\))?\){{1,2}}",
            re.IGNORECASE,
        ),
    ),
    (
        "{",
        re.compile(
            r"\"(?P<name>[\w.-]{2,80})\"(?: \"[\w.-]{1,80}\")?\s{0,4}"
            r"\{[^{}]{0,400}?\b(?:default|value|result)\s{0,8}=\s{0,8}\"(?P<value>[^\"\n]{1,256})"
        ),
    ),
    (
        '""',
        re.compile(
            r"(?<![\w.-])(?P<name>[\w.-]{2,80}+)(?:\"\")?\s?[:=]\s?\"\"(?P<value>[^\"\n]{1,256}+)\"\""
        ),
    ),
    (
        "result value",
        re.compile(
            r"(?<![\w.-])(?P<name>[\w-]{2,80}+)(?:\.[\w-]{1,80}|\[[\w\"']{1,40}\]){1,4}[.:] ?(?:result|value)"
            r"\s?[:=](?!=)\s?[\"']?(?P<value>[^\s\"']{1,256})"
        ),
    ),
    (
        "|",
        re.compile(r"\|[ ]?(?P<name>[\w.-]{2,80}+)[ ]?\|[ ]?(?P<value>(?=[^|\s]{0,64}?[0-9])[^|\s]{4,256}+)"),
    ),
)
"""The same, of what a telling name is needed for as well."""
_SEGMENT = re.compile(r"/(?P<name>[A-Za-z][\w-]{2,40})/(?P<value>[\w-]{16,256}+)(?![\w.])")
_OPAQUE = re.compile(r"(?=[A-Za-z]{0,64}[0-9][A-Za-z]{0,64}[0-9])[A-Za-z0-9]+")
"""A word without a break, and with more than one digit: no title of a page."""
_LEADING = frozenset(
    [
        "reset",
        "verify",
        "verification",
        "confirm",
        "confirmation",
        "magic",
        "unlock",
        "activate",
        "activation",
        "invite",
        "invitation",
        "webhook",
        "incomingwebhook",
        "hook",
        "hooks",
        "unsubscribe",
    ]
)
"""Words of an address before what only its reader may know."""


def without_placed(text: str, hide: Hide) -> str:
    """The text without what its place tells to be secret; what is hidden already stays as it is."""
    lowered = text.lower()
    for judge, places in ((_hidden, _PLACES), (_named, _NAMES)):
        for hint, pattern in places:
            if any(word in lowered for word in hint.split() or (hint,)):
                text = pattern.sub(partial(judge, hide=hide), text)
    return _SEGMENT.sub(lambda found: _segment(found, hide), text) if "/" in text else text


def _named(found: re.Match[str], hide: Hide) -> str:
    return _hidden(found, hide) if names_secret(unquote(found["name"])) else found[0]


def _segment(found: re.Match[str], hide: Hide) -> str:
    """A part of a path, which is an id as a rule."""
    words = words_of(found["name"])
    leads = not _LEADING.isdisjoint([*words, "".join(words)]) or names_secret(found["name"])
    opaque = _OPAQUE.fullmatch(found["value"]) or looks_random(found["value"])
    return _hidden(found, hide) if leads and opaque and not is_uuid(found["value"]) else found[0]


def _hidden(found: re.Match[str], hide: Hide) -> str:
    value = found["value"]
    if not value.replace(HIDDEN, "").strip():
        return found[0]
    start, end = found.start("value") - found.start(), found.end("value") - found.start()
    return f"{found[0][:start]}{hide(value)}{found[0][end:]}"

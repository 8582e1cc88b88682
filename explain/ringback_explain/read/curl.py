"""Read curl command lines, as people write them and as browsers copy them."""

from __future__ import annotations

import base64
import getopt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import quote_plus

from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.read import shell
from ringback_explain.read.found import JSON_TYPE, Address, FoundRequest, ReadError, context_of

# Options of curl 8 that take a value; all others are switches. `curl --help all` lists both.
_SHORT = "aE:K:C:b:c:d:qD:fF:P:GgIH:h:0ik46jlLMm:n:No:Z#xU:pQ:r:e:JORX:SsY:y:23t:z:1T:Bu:A:vVw:x:"
_WITH_VALUE = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary
data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account
ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip
header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time
key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user
proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry retry-delay
retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname
speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype
tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user user-agent
variable vlan-priority write-out
"""
_LONG_OPTIONS = [*(f"{name}=" for name in _WITH_VALUE.split()), "get", "head"]
LONGEST_COMMAND = 64 * 2**10
"""Characters of one command, its body included."""
MOST_COMMANDS = 50
"""Commands of one paste that are read."""
MOST_SWITCHES = 100
"""Switches that say nothing about the request are dropped one by one; curl has some 140 in all."""
_LONG = {
    "-d": "--data", "-F": "--form", "-G": "--get", "-I": "--head", "-H": "--header", "-X": "--request",
    "-T": "--upload-file", "-u": "--user", "-A": "--user-agent", "-e": "--referer", "-b": "--cookie",
}  # fmt: skip
_DATA = {"--data", "--data-ascii", "--data-raw", "--data-binary", "--data-urlencode", "--json"}
_AS_HEADER = {"--user-agent": "user-agent", "--referer": "referer"}

_START = re.compile(r"(?<![^\s;|&(`=])(?=curl(?:\.exe)?[ \t]+[^\s])")
_LIKE_A_URL = re.compile(r"^[\w.+-]+://|^(?!-)\S*[/.$<{]|^localhost\b", re.IGNORECASE)
_WINDOWS = re.compile(r"\^[ \t]*$|`[ \t]*$|^curl\.exe", re.MULTILINE)


@dataclass(slots=True)
class _Transfer:
    """What curl is told about one request."""

    method: str | None = None
    urls: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    basic: str | None = None
    bearer: str | None = None
    removed: set[str] = field(default_factory=set)
    data: bytes | None = None
    has_json: bool = False
    has_form: bool = False
    as_query: bool = False
    head: bool = False
    upload: str | None = None


def readings(text: str, folder: Path | None = None) -> list[FoundRequest]:
    """The requests of every curl command in the text; none where there is no command.

    ``folder`` is where ``@file`` is looked for; without it no file is read. Raises ``ReadError`` for a
    command that no shell could run, an option that curl does not know, or a file that cannot be read.
    """
    found: list[FoundRequest] = []
    starts = list(islice(_START.finditer(text), MOST_COMMANDS + 1))
    if len(starts) > MOST_COMMANDS:
        raise ReadError(f"there are more than {MOST_COMMANDS} curl commands; give those to explain alone")
    for start in starts:
        found += _command_readings(text[start.end() :][:LONGEST_COMMAND], text, folder)
    return found


def _command_readings(command_text: str, text: str, folder: Path | None) -> list[FoundRequest]:
    try:
        command = shell.command(shell.unix_form(command_text), shell.assigned(text))
    except shell.ShellError as error:
        raise ReadError(f"this curl command cannot be run by a shell: {error}") from error
    if not any(_LIKE_A_URL.match(word) for word in command.words[1:]):
        return []
    if _WINDOWS.search(command_text):
        command.words = [word.replace('\\"', '"') for word in command.words]
    sources = _Sources(folder, command.stdin)
    return [
        _reading(transfer, url, text)
        for words in _split(command.words[1:])
        for transfer in [_transfer(words, sources)]
        for url in transfer.urls
    ]


def _split(words: Sequence[str]) -> Iterator[list[str]]:
    """The words of each request; ``--next`` begins another one."""
    part: list[str] = []
    for word in words:
        if word in ("--next", "-:"):
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _transfer(words: Sequence[str], sources: _Sources) -> _Transfer:
    options, urls = _options(list(words))
    transfer = _Transfer(urls=[url for url in urls if _LIKE_A_URL.match(url)])
    for option, value in options:
        _apply(transfer, _LONG.get(option, option), value, sources)
    return transfer


def _options(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options that say something about the request, and what is none."""
    for _ in range(MOST_SWITCHES):
        try:
            return getopt.gnu_getopt(words, _SHORT, _LONG_OPTIONS)
        except getopt.GetoptError as error:
            switch = f"--{error.opt}"
            if switch not in words:
                raise ReadError(f"curl would not take this command: {error}") from error
            words.remove(switch)
    raise ReadError(f"this curl command has more than {MOST_SWITCHES} switches")


def _apply(transfer: _Transfer, option: str, value: str, sources: _Sources) -> None:
    if option in _DATA:
        _append(transfer, option, sources.data(option, value))
    elif option in _AS_HEADER:
        transfer.headers[_AS_HEADER[option]] = value
    elif option == "--cookie":
        cookies = transfer.headers.get("cookie")
        transfer.headers["cookie"] = value if cookies is None else f"{cookies};{value}"
    elif option == "--header":
        _apply_header(transfer, value)
    else:
        _apply_to_line(transfer, option, value)


def _append(transfer: _Transfer, option: str, data: bytes) -> None:
    """Add to the body: pieces of forms are joined as such, pieces of JSON are not."""
    joint = b"" if option == "--json" else b"&"
    transfer.data = data if transfer.data is None else transfer.data + joint + data
    transfer.has_json |= option == "--json"


def _apply_to_line(transfer: _Transfer, option: str, value: str) -> None:
    """What changes the method, the URL or the login."""
    match option:
        case "--request":
            transfer.method = value
        case "--url":
            transfer.urls.append(value)
        case "--user":
            transfer.basic = base64.b64encode(value.encode("utf-8", "replace")).decode()
        case "--oauth2-bearer":
            transfer.bearer = value
        case "--upload-file":
            transfer.upload = value
        case _:
            _switch(transfer, option)


def _switch(transfer: _Transfer, option: str) -> None:
    transfer.as_query |= option == "--get"
    transfer.head |= option == "--head"
    transfer.has_form |= option in ("--form", "--form-string")


def _apply_header(transfer: _Transfer, line: str) -> None:
    name, colon, value = line.partition(":")
    name = name.strip().lower()
    if colon and value.strip():
        transfer.headers[name] = value.strip()
    elif colon:
        transfer.removed.add(name)
    elif line.strip().endswith(";"):
        transfer.headers[line.strip().rstrip(";").lower()] = ""


def _reading(transfer: _Transfer, url: str, text: str) -> FoundRequest:
    body = transfer.data or b""
    if transfer.as_query and transfer.data is not None:
        url, body = f"{url}{'&' if '?' in url else '?'}{body.decode('utf-8', 'replace')}", b""
    address = Address(_method(transfer), url)
    request = address.request(_headers(transfer), body)
    return FoundRequest(request, "a curl command", context_of(address, request, text))


def _method(transfer: _Transfer) -> str:
    if transfer.method:
        return transfer.method
    if transfer.head:
        return "HEAD"
    if transfer.upload is not None:
        return "PUT"
    return "POST" if (transfer.data is not None and not transfer.as_query) or transfer.has_form else "GET"


def _headers(transfer: _Transfer) -> dict[str, str]:
    """What curl sends: its own headers, but for those that were taken away, then the given ones."""
    own = _own_headers(transfer)
    if transfer.bearer is not None:
        own["authorization"] = f"Bearer {transfer.bearer}"
    elif transfer.basic is not None:
        own["authorization"] = f"Basic {transfer.basic}"
    kept = {name: value for name, value in own.items() if name not in transfer.removed}
    return kept | transfer.headers


def _own_headers(transfer: _Transfer) -> dict[str, str]:
    if transfer.has_json:
        return {"content-type": JSON_TYPE, "accept": JSON_TYPE}
    if transfer.data is not None and not transfer.as_query:
        return {"content-type": FORM_TYPE}
    return {"content-type": "multipart/form-data"} if transfer.has_form else {}


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the data of a command comes from."""

    folder: Path | None
    stdin: str | None

    def data(self, option: str, value: str) -> bytes:
        """What curl sends for a data option."""
        if option == "--data-urlencode":
            return self._urlencoded(value)
        if option == "--data-raw" or not value.startswith("@"):
            return value.encode("utf-8", "replace")
        content = self.read(value[1:])
        # curl drops line ends from a file unless it is told to keep the bytes.
        return content if option in ("--data-binary", "--json") else content.translate(None, b"\r\n\0")

    def _urlencoded(self, value: str) -> bytes:
        name, sign, content = re.fullmatch(r"([^=@]*)([=@]?)(.*)", value, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
        if not sign:
            name, content = "", value
        raw = self.read(content) if sign == "@" else content.encode("utf-8", "replace")
        escaped = quote_plus(raw)
        return f"{name}={escaped}".encode() if name else escaped.encode()

    def read(self, name: str) -> bytes:
        """The content of an ``@file``; raises ``ReadError``."""
        if name == "-":
            if self.stdin is None:
                raise ReadError(
                    "the body comes from another program (-d @-); put the body itself in its place"
                )
            return self.stdin.encode("utf-8", "replace")
        if self.folder is None:
            raise ReadError(f"the body is in the file {name!r}, which is not read here")
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ReadError(f"the body is in the file {name!r}, which cannot be read: {reason}") from error

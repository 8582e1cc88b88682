"""curl commands are read as bash and curl themselves take them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_explain.read import FoundRequest, ReadError, curl, read, shell

CALLS = "https://api.mypurecloud.ie/api/v2/conversations/calls"
BODY = '{"phoneNumber": "+442079460100"}'
JSON = "application/json"


def requests_of(text: str, folder: Path | None = None) -> list[Request]:
    return [found.request for found in read(text.encode(), folder).found if isinstance(found, FoundRequest)]


def request_of(text: str, folder: Path | None = None) -> Request:
    (request,) = requests_of(text, folder)
    return request


# As curl itself


@dataclass(frozen=True)
class Received:
    """What really arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Recorder(BaseHTTPRequestHandler):
    received: ClassVar[list[Received]] = []

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.received.append(Received(self.command, self.path, headers, body))
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def recorder() -> Iterator[str]:
    """The address of a server that remembers what it is sent."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("bash and curl are not installed")
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def really_sent(command: str) -> Received:
    """What arrives of a command; raises ``CalledProcessError`` for one that curl does not take."""
    Recorder.received.clear()
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=30)
    return Recorder.received[-1]


VISIBLE = st.characters(min_codepoint=32, max_codepoint=126)
DATA = st.one_of(
    st.just(BODY),
    st.sampled_from(
        ["a=b", "it's", 'say "x"', "$HOME `ls` \\n", "%20+&=", "line\nbreak", "tab\there", "é ü 日本"]
    ),
    st.text(VISIBLE, max_size=12),
).filter(lambda text: not text.startswith("@"))
NAMES = st.sampled_from(["X-Test", "x-genesys-deployment-id", "Content-Type", "content-type", "Accept"])
VALUES = st.text(VISIBLE, min_size=1, max_size=10).map(str.strip).filter(bool)
SIMPLE = st.text("abcXYZ019-_:.", min_size=1, max_size=8)

OPTIONS = st.one_of(
    st.tuples(st.sampled_from(["-d", "--data", "--data-ascii", "--data-binary", "--data-raw"]), DATA),
    st.tuples(st.just("--json"), DATA),
    st.tuples(st.just("--data-urlencode"), st.sampled_from(["a=b c", "=x&y", "plain text", "name=é", "b"])),
    st.builds(lambda name, value: ("-H", f"{name}: {value}"), NAMES, VALUES),
    st.tuples(st.sampled_from(["-H"]), st.sampled_from(["Accept:", "X-Empty;", "Content-Type:"])),
    st.tuples(st.sampled_from(["-X", "--request"]), st.sampled_from(["POST", "PUT", "PATCH"])),
    st.tuples(st.sampled_from(["-u", "--user"]), st.builds("{}:{}".format, SIMPLE, SIMPLE)),
    st.tuples(st.just("--oauth2-bearer"), st.text("abc019", min_size=1, max_size=8)),
    st.tuples(st.sampled_from(["-A", "-e", "-b"]), st.builds("{}=x".format, SIMPLE)),
    st.tuples(st.sampled_from(["-s", "--compressed", "-L", "-k", "--no-buffer", "-sS", "-G", "--get"])),
    st.tuples(st.just("--max-time"), st.just("20")),
)


PLAIN = ["plain"] * 20


def quoted(word: str, style: str) -> str:
    """The word in one of the ways in which bash, a person or a browser quotes it."""
    if style == "ansi":
        escaped = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("!", "\\u0021")
        return f"$'{escaped}'"
    if style == "double":
        for mark in '\\"$`':
            word = word.replace(mark, f"\\{mark}")
        return f'"{word}"'
    return shlex.quote(word)


def upper_escapes(target: str) -> str:
    return re.sub("%[0-9a-f]{2}", lambda found: found[0].upper(), target)


@settings(max_examples=60)
@given(
    options=st.lists(OPTIONS, max_size=5),
    styles=st.lists(st.sampled_from(["plain", "double", "ansi"]), min_size=20, max_size=20),
    gap=st.sampled_from([" ", " \\\n  "]),
    url_first=st.booleans(),
)
@example(options=[("--json", BODY), ("-d", "x")], styles=PLAIN, gap=" ", url_first=True)
@example(options=[("-d", ""), ("-d", "b")], styles=PLAIN, gap=" ", url_first=True)
@example(options=[("-d", "a=b"), ("-G",)], styles=PLAIN, gap=" ", url_first=False)
def test_a_command_is_read_as_bash_and_curl_run_it(
    recorder: str, options: list[tuple[str, ...]], styles: list[str], gap: str, url_first: bool
) -> None:
    words = [word for option in options for word in option]
    arguments = [quoted(word, style) for word, style in zip(words, styles * 2, strict=False)]
    url = f"'{recorder}/api/v2/conversations/calls?a=b'"
    command = gap.join(["curl", *([url, *arguments] if url_first else [*arguments, url])])
    try:
        sent = really_sent(command)
    except subprocess.CalledProcessError:
        reject()
    ours = request_of(command)
    assert (ours.method, ours.body) == (sent.method, sent.body)
    # Releases of curl differ in the capitals of escapes, which mean the same (RFC 3986, section 6.2.2.1).
    assert upper_escapes(f"{ours.path}?{ours.query}") == upper_escapes(sent.target)
    assert {name: sent.headers.get(name) for name in ours.headers} == ours.headers
    for name in ("content-type", "authorization"):
        assert (name in ours.headers) == (name in sent.headers)


def test_data_from_a_file_is_what_curl_sends(recorder: str, tmp_path: Path) -> None:
    (tmp_path / "call.json").write_bytes(b'{\r\n "phoneNumber":\n "+442079460100"\n}\n')
    for option in ("-d @", "--data-binary @", "--json @", "--data-urlencode body@"):
        command = f"curl '{recorder}/calls' {option}call.json"
        assert request_of(command, tmp_path).body == really_sent(f"cd {tmp_path}; {command}").body


# As people paste it


@pytest.mark.parametrize(
    "text",
    [
        f"curl -X POST {CALLS} -H 'Content-Type: {JSON}' -d '{BODY}'",
        f"$ curl -X POST {CALLS} -H 'Content-Type: {JSON}' -d '{BODY}' | jq .id",
        f"  curl -L --request POST '{CALLS}' \\\n--header 'Content-Type: {JSON}' \\\n--data '{BODY}'",
        f"I run\n\n```bash\ncurl {CALLS} \\\r\n -H 'Content-Type: {JSON}' \\\r\n -d '{BODY}'\n```\nbut",
        f"RESPONSE=$(curl -s {CALLS} -H 'Content-Type: {JSON}' -d '{BODY}')",
        f"curl {CALLS} -H 'Content-Type: {JSON}' -d @- <<EOF\n{BODY}\nEOF",
        f"curl {CALLS} -H\"Content-Type: {JSON}\" -d'{BODY}' -o /dev/null 2>&1",
        f"curl.exe {CALLS} `\n  -H 'Content-Type: {JSON}' `\n  -d '" + BODY.replace('"', '\\"') + "'",
        f'curl {CALLS} ^\n  -H "Content-Type: {JSON}" ^\n  -d "' + BODY.replace('"', '\\"') + '"',
        f'curl ^"{CALLS}^" ^\n -H ^"Content-Type: {JSON}^" ^\n --data-raw ^"'
        + BODY.replace('"', '^\\^"')
        + '^"',
        f"curl {CALLS} -H \u2018Content-Type: {JSON}\u2019 -d \u2018{BODY}\u2019",
        f"curl --json '{BODY}' {CALLS}",
        f"curl {CALLS} -H 'Content-Type: {JSON}' -d '{BODY}'\n\nHTTP/1.1 400 Bad Request\n\n{{}}",
    ],
)
def test_a_pasted_command_is_found_and_read(text: str) -> None:
    request = request_of(text)
    assert (request.method, request.path) == ("POST", "/api/v2/conversations/calls")
    assert request.headers["content-type"] == JSON
    assert request.body.decode() == BODY


def test_d_alone_declares_a_form_as_curl_does() -> None:
    assert (
        request_of(f"curl {CALLS} -d '{BODY}'").headers["content-type"] == "application/x-www-form-urlencoded"
    )


def test_several_commands_are_several_requests() -> None:
    found = requests_of(
        f"curl {CALLS} -d '{BODY}'; curl -s {CALLS}/1\ncurl {CALLS}/2 --next -X PATCH {CALLS}/3"
    )
    assert [(request.method, request.path[-7:]) for request in found] == [
        ("POST", "s/calls"),
        ("GET", "calls/1"),
        ("GET", "calls/2"),
        ("PATCH", "calls/3"),
    ]


def test_the_grant_and_the_scopes_of_a_token_command_are_known() -> None:
    login = "https://login.mypurecloud.ie/oauth/token"
    text = f"curl -u id:secret {login} -d grant_type=client_credentials -d scope=a+b"
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    assert (found.request.path, found.context.grant, found.context.scopes) == (
        "/oauth/token",
        "client_credentials",
        ("a", "b"),
    )
    assert found.request.headers["authorization"] == "Basic aWQ6c2VjcmV0"


def test_the_url_stays_as_it_was_written() -> None:
    (found,) = read(
        f"curl 'https://api.{{{{region}}}}/api/v2/conversations/calls' -d '{BODY}'".encode()
    ).found
    assert isinstance(found, FoundRequest)
    assert found.context.url == "https://api.{{region}}/api/v2/conversations/calls"
    assert found.request.path == "/api/v2/conversations/calls"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (f'curl {CALLS} -d \'{{"to": ', "the quote"),
        (f"curl {CALLS} -d @nowhere.json", "nowhere.json"),
        (f"curl {CALLS} -d @-", "-d @-"),
        (f"curl {CALLS} -d", "option -d requires argument"),
    ],
)
def test_what_stops_a_command_is_said(command: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=reason):
        read(command.encode(), tmp_path)


def test_no_file_is_read_where_none_may_be(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(BODY)
    with pytest.raises(ReadError, match="not read here"):
        read(f"curl {CALLS} -d @{secret}".encode())


def test_a_sentence_about_curl_is_no_command() -> None:
    assert curl.readings("I tried curl with the same token but curl is not installed") == []


# Words


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20), min_size=1, max_size=6
    )
)
@example(["a$'b'", '^"', "`", "<<EOF", "it's", "#", ""])
def test_words_that_were_quoted_for_a_shell_are_split_again(words: list[str]) -> None:
    assert shell.command(shlex.join(["curl", *words]), {}).words == ["curl", *words]


@given(st.text(st.sampled_from(list("'\"`$(){}<>&|;#\\\n ab^@=\u2018\u201c")), max_size=40))
def test_any_text_is_split_or_refused_in_one_way(text: str) -> None:
    with suppress(shell.ShellError):
        shell.command(shell.unix_form(text), {})

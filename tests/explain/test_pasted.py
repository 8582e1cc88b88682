"""What strangers paste into a forum, each input whole: what it is read as, and what is said of it.

The inputs lie in ``pasted``. Above all none of them gets a false word: what cannot be read is said to be so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ringback_explain import explain, explain_answer, explain_answered
from ringback_explain.read import Found, FoundRequest, ReadError, read

PASTED = Path(__file__).parent / "pasted"
SAID: dict[str, list[str]] = {
    "curl_bash": ["a curl command: accepted 200", "a curl command: rejected 400 destination.several"],
    "curl_cmd": ["a curl command: rejected 404 from-queue.unknown"],
    "powershell": ["PowerShell code: accepted 202"],
    "powershell_herestring": ["PowerShell code: accepted 202"],
    "powershell_curlexe": ["a curl command: accepted 202"],
    "insomnia": ["'Place call' of an Insomnia export: rejected 400 address.missing"],
    "insomnia5": ["'dial' of an Insomnia collection: accepted 202"],
    "postman": ["'call' of a Postman collection: rejected 415 media-type.unsupported"],
    "har_firefox": ["entry 1 of 1 in a HAR file: rejected 403 permission.missing"],
    "http_file": ["an HTTP message: accepted 200", "an HTTP message: accepted 202"],
    "pino": ["an HTTP message: rejected 400 bad.request"],
    "bunyan": ["an error body: rejected 403 not.authorized"],
    "serilog": ["an error body: rejected 400 bad.request"],
    "structlog": ["an error body: rejected 429 rate.exceeded"],
    "zap": ["an error body: rejected 401 token.unknown"],
    "logback": ["an error body: rejected 400 not.a.user"],
    "cloudwatch": ["an error body: rejected 503 service.unavailable"],
    "cloudwatch_lambda": ["an error body: rejected 400 bad.request"],
    "log_without_answer": ["unread: this holds no request and no error that can be read"],
    "docker_ndjson": ["an error body: rejected 404 not.found"],
    "go_newrequest": ["Go code, line 4: rejected 415 media-type.unsupported"],
    "java_no_decl": ["Java code, line 3: accepted 202"],
    "java_no_decl2": ["Java code, line 2: accepted 202"],
    "csharp_stj": ["C# code, line 6: rejected 400 destination.missing"],
    "csharp_newtonsoft_camel": ["C# code, line 4: accepted 202"],
    "csharp_newtonsoft": ["C# code, line 3: rejected 400 destination.missing"],
    "csharp_stringcontent": ["C# code, line 3: rejected 415 media-type.unsupported"],
    "csharp_sdk": ["C# code, line 3: accepted 202"],
    "restsharp": ["C# code, line 2: accepted 202"],
    "jquery": ["JavaScript code, line 1: rejected 415 media-type.unsupported"],
    "xhr": ["JavaScript code, line 1: rejected 415 media-type.unsupported"],
    "php_curl": ["PHP code, line 1: rejected 415 media-type.unsupported"],
    "php_stream": ["PHP code, line 3: accepted 202"],
    "ruby_net": ["Ruby code, line 2: rejected 415 media-type.unsupported"],
    "faraday": ["Ruby code, line 2: rejected 415 media-type.unsupported"],
    "java_httpclient": ["Java code, line 1: rejected 415 media-type.unsupported"],
    "java_urlconnection": ["Java code, line 2: rejected 415 media-type.unsupported"],
    "java_apache": ["Java code, line 1: rejected 415 media-type.unsupported"],
    "okhttp": ["Java code, line 3: accepted 202"],
    "spring": ["Java code, line 4: rejected 415 media-type.unsupported"],
    "python_aiohttp": ["Python code, line 2: rejected 415 media-type.unsupported"],
    "python_httpclient": ["Python code, line 3: rejected 415 media-type.unsupported"],
    "python_sdk_error": ["an error body: rejected 400 station.missing"],
    "java_stack": ["the report of an error: rejected 400"],
    "csharp_stack": ["an error body: rejected 403 missing.permissions"],
    "go_sdk": ["Go code, line 6: accepted 202"],
    "german": ["JavaScript code, line 9: rejected 400 address.shape"],
    "japanese": ["an HTTP message: rejected 403 not.authorized"],
    "forum_bbcode": ["a JSON body: accepted 202"],
    "html_escaped": ["a JSON body: accepted 202"],
    "wget": ["a wget command: accepted 202"],
    "httpie": ["an HTTPie command: accepted 202"],
    "patch_mute": ["a curl command: rejected 400 body.not-of-its-model"],
    "presence": ["an HTTP message: rejected 400 body.not-of-its-model"],
    "python_pydantic": ["Python code, line 5: rejected 400 destination.missing"],
    "java_gson": ["Java code, line 3: rejected 400 destination.missing"],
    "verbose_curl": ["an error body: rejected 401 token.unknown"],
    "ts_angular": ["TypeScript code, line 2: accepted 202"],
    "partial": ["unread: this holds no request and no error that can be read"],
    "xml_soap": ["unread: this holds no request and no error that can be read"],
    "kotlin": ["unread: this looks like Kotlin code, which is not read"],
    "terraform": ["a data action: rejected 400 field.wrong-type"],
    "node_https": ["JavaScript code, line 3: rejected 415 media-type.unsupported"],
    "superagent": ["JavaScript code, line 1: accepted 202"],
    "got": ["JavaScript code, line 1: rejected 415 media-type.unsupported"],
    "resty": ["Go code, line 1: rejected 415 media-type.unsupported"],
    "guzzle_body": ["PHP code, line 1: rejected 415 media-type.unsupported"],
    "spanish_text": ["an error body: rejected 400 not.a.user"],
    "slack_json_smart": ["a body written like YAML: rejected 400 json.malformed"],
    "logs_text": ["a JSON body: rejected 400 address.scheme-missing"],
}


def said(found: Found) -> str:
    """What an input is read as, the verdict on it, and what decided."""
    if not isinstance(found, FoundRequest):
        made = explain_answer(found.answer, found.text)
    elif found.answer is not None:
        made = explain_answered(found.request, found.answer, found.context)
    else:
        made = explain(found.request, context=found.context)
    assert made is not None
    return f"{found.what}: {made.verdict} {made.status} {made.rule or made.code or ''}".strip()


def answers(data: bytes) -> list[str]:
    """What is said of everything in an input, or why nothing can be."""
    try:
        return [said(found) for found in read(data).found]
    except ReadError as error:
        return [f"unread: {str(error).partition(';')[0]}"]


@pytest.mark.parametrize("name", SAID)
def test_what_strangers_paste_gets_no_false_word(name: str) -> None:
    assert answers((PASTED / f"{name}.txt").read_bytes()) == SAID[name]


def test_each_input_has_its_answer() -> None:
    assert {file.stem for file in PASTED.iterdir()} == SAID.keys()

"""What must not survive, and what must: planted secrets, numbers and addresses, and ordinary values.

Each kind of value stands in each kind of place that people were seen to put it; the values are made up.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, urlencode

JSON, FORM, TEXT, XML, HTML, YAML = (
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/xml",
    "text/html",
    "application/yaml",
)
MULTIPART = "multipart/form-data; boundary=xYzZY"


class Planted(NamedTuple):
    """A text as a body, and what of it nobody may read afterwards."""

    place: str
    text: str
    value: str
    media_type: str = TEXT


# --- secrets by their names -----------------------------------------------------------------------------

P, Q, R, S = "hunter2-Swordfish!", "Tr0ub4dor&3x", "correct#Horse7battery", "zK9vQ2mX7pL4"
HEX = "9f86d081884c7d659a2feaa0c55ad015"


def part(name: str, value: str) -> str:
    return f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--xYzZY--\r\n'


NAMED = [
    *(
        Planted(f"JSON {name}", json.dumps({"id": 7, name: value, "state": "on"}), value, JSON)
        for name, value in [
            ("password", P),
            ("sessionId", S),
            ("session_id", HEX),
            ("accessKey", R),
            ("AccessKeyId", "K2M4P6Q8R0T1V3X5"),
            ("secretAccessKey", "wJalrXUtnFEMIK7MDENGbPxRfiCY"),
            ("signature", "b8f1c2d3e4a5968778695a4b3c2d1e0f"),
            ("x-amz-signature", HEX[::-1]),
            ("otp", "493817"),
            ("oneTimeCode", "a1b2c3"),
            ("pin", "8361"),
            ("passcode", "kestrel-9"),
            ("jwt", "abc.def.ghi"),
            ("Ocp-Apim-Subscription-Key", HEX),
            ("subscriptionKey", "5d41402abc4b2a76b9719d911017c592"),
            ("clientSecret", Q),
            ("privateKey", "MIIBVgIBADANBgkqhkiG"),
            ("passphrase", "correct horse battery staple"),
            ("db_pass", "s3cr3t-db"),
            ("userPwd", "Pa55w0rd"),
            ("mfaToken", "mfa-77231"),
            ("refreshToken", "r-99182-ab"),
            ("csrf_token", "c5rf-881-xx"),
            ("apiKeys", "k-1-2-3-abc"),
            ("webhookSecret", "whs-abcdef"),
            ("connectionString", f"Server=db;User Id=sa;Password={S};"),
        ]
    ),
    Planted("JSON number", '{"pin": 83615, "otp": 40219}', "83615", JSON),
    Planted("JSON list", json.dumps({"passwords": [P, Q]}), Q, JSON),
    Planted("JSON nested", json.dumps({"credentials": {"login": {"secret": R}}}), R, JSON),
    Planted("JSON within JSON", json.dumps({"log": json.dumps({"accessKey": S})}), S, JSON),
    Planted("JSON twice within", json.dumps({"a": json.dumps({"b": json.dumps({"passcode": S})})}), S, JSON),
    Planted("JSON cut in a password", '{"to": "x", "password": "' + P, P[:12], JSON),
    Planted("JSON without quotes", "{user: 'bob', password: '" + P + "'}", P, TEXT),
    Planted("JSON single quotes", "{'api_key': '" + S + "'}", S, TEXT),
    Planted("JSON escaped name", '{"\\u0070assword": "' + R + '"}', R, JSON),
    Planted("JSON argv", json.dumps({"argv": ["tool", "--password", P]}), P, JSON),
    Planted("JSON header pair", json.dumps([["X-Api-Key", S], ["Accept", "*/*"]]), S, JSON),
    Planted(
        "JSON raw headers", json.dumps({"rawHeaders": ["Host", "x", "Authorization", "Token " + S]}), S, JSON
    ),
    Planted("Postman key/value", json.dumps([{"key": "password", "value": P, "type": "text"}]), P, JSON),
    Planted("Postman value/key", json.dumps({"value": S, "enabled": True, "key": "client_secret"}), S, JSON),
    Planted(
        "Postman auth",
        json.dumps({"auth": {"type": "apikey", "apikey": [{"key": "value", "value": S}]}}),
        S,
        JSON,
    ),
    Planted("HAR name/value", json.dumps({"name": "X-Auth-Token", "value": S}), S, JSON),
    Planted("name/content", json.dumps({"name": "api_token", "content": S}), S, JSON),
    Planted("k/v", json.dumps({"k": "passwd", "v": R}), R, JSON),
    Planted("Postman in broken JSON", '[{"key": "access_token", "value": "' + S + '", ', S, JSON),
    Planted("Kubernetes env", f"env:\n- name: DB_PASSWORD\n  value: {S}\n", S, YAML),
    Planted(
        "JWK",
        json.dumps({"kty": "EC", "crv": "P-256", "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}),
        "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
        JSON,
    ),
    *(
        Planted(f"form {name}", urlencode({"grant_type": "x", name: value, "z": "1"}), value, FORM)
        for name, value in [
            ("client_secret", S),
            ("password", "Zm9vYmFy"),
            ("user[password]", "Kestrel99"),
            ("code_verifier", "dBjftJeZ4CVPmB92K27uhbUJU1p1r"),
            ("sid", "s-1928-aa"),
            ("sig", "Qm9iU2lnbmF0dXJl"),
            ("auth_key", "ak-7-6-5"),
            ("pin", "774411"),
        ]
    ),
    *(
        Planted(f"URL {name}", f"GET https://api.example.com/v2/x?a=1&{name}={value}&b=2", value)
        for name, value in [
            ("access_token", "tok-81-hh-12"),
            ("api_key", "9918ahsk2"),
            ("X-Amz-Signature", HEX),
            ("sig", "n3xT%2Bl3v3l"),
            ("key_secret", "oofoo12"),
            ("jwt", "aa.bb.cc1"),
            ("sessionid", "sess-xy-00"),
        ]
    ),
    Planted("URL fragment", "https://app.example.com/#access_token=frag-12-mm&state=1", "frag-12-mm"),
    Planted("URL userinfo", "see https://bob:S3cr3tPw@db.example.com/x", "S3cr3tPw"),
    Planted("URL userinfo with @", "https://bob:p@55w0rd@db.example.com/x", "55w0rd"),
    Planted("URL userinfo with /", "postgres://bob:pa55/w0rd@db.example.com/x", "w0rd"),
    Planted("URL token user", f"https://{S}@git.example.com/r.git", S),
    Planted("URL empty user", f"redis://:{S}@cache.example.com:6379/0", S),
    Planted(
        "URL escaped slashes",
        json.dumps({"x": "amqp://bob:S3cr3tPw@mq.example.com"}).replace("/", "\\/"),
        "S3cr3tPw",
        TEXT,
    ),
    Planted("URL encoded whole", quote("https://bob:S3cr3tPw@db.example.com/x", safe=""), "S3cr3tPw"),
    Planted(
        "URL encoded parameter",
        "next=" + quote("https://x.example/cb?access_token=abc-99-tt", safe=""),
        "abc-99-tt",
    ),
    Planted("no scheme", "connect to bob:S3cr3tPw@db.example.com:5432", "S3cr3tPw"),
    Planted("SIP password", "sip:alice:S3cr3tPw@pbx.example.com", "S3cr3tPw"),
    Planted("XML element", f"<login><user>bob</user><password>{P}</password></login>", P, XML),
    Planted(
        "XML namespace",
        f'<wsse:Password Type="#PasswordText">{Q.replace("&", "")}</wsse:Password>',
        Q.replace("&", ""),
        XML,
    ),
    Planted("XML attribute", f'<db user="bob" password="{S}"/>', S, XML),
    Planted("XML CDATA", f"<apiKey><![CDATA[{S}]]></apiKey>", S, XML),
    Planted("XML add key", f'<add key="ClientSecret" value="{S}"/>', S, XML),
    Planted("XML value first", f'<param value="{S}" name="auth_token"/>', S, XML),
    Planted("XML property", f'<property name="db.password">{R}</property>', R, XML),
    Planted("plist", f"<key>ApiToken</key>\n <string>{S}</string>", S, XML),
    Planted("XML name and value", f"<item><name>secret</name><value>{S}</value></item>", S, XML),
    Planted("SOAP", f"<ns2:sessionId>{HEX}</ns2:sessionId>", HEX, XML),
    Planted("XML escaped", f"&lt;password&gt;{S}&lt;/password&gt;", S, XML),
    Planted("XML in JSON", json.dumps({"body": f"<passcode>{S}</passcode>"}), S, JSON),
    Planted("HTML input", f'<input type="hidden" name="csrf_token" value="{S}">', S, HTML),
    Planted("HTML input reversed", f"<input value='{S}' type='password' name='p'>", S, HTML),
    Planted("HTML input bare", f"<input name=otp value={S}>", S, HTML),
    Planted("HTML meta", f'<meta name="csrf-token" content="{S}">', S, HTML),
    Planted("HTML data attribute", f'<div data-api-key="{S}"></div>', S, HTML),
    Planted("HTML script", f"<script>window.apiKey = '{S}';</script>", S, HTML),
    Planted("HTML quoted entities", f"<pre>{{&quot;password&quot;: &quot;{S}&quot;}}</pre>", S, HTML),
    Planted("YAML", f"db:\n  user: bob\n  password: {P}\n", P, YAML),
    Planted("YAML words", "passphrase: correct horse battery staple\n", "horse battery", YAML),
    Planted("YAML block", f"client_secret: |\n  {S}\n  {R}\nnext: 1\n", R, YAML),
    Planted("YAML list", f"passwords:\n  - {P}\n  - {R}\n", R, YAML),
    Planted("YAML flow", f"{{user: bob, passcode: {S}}}", S, YAML),
    Planted("YAML upper", f"API_KEY: {S}", S, YAML),
    Planted("properties", f"spring.datasource.password = {P}", P),
    Planted("ini", f"[db]\npassword = {P} with more\n", P),
    Planted("environment", f"export AWS_SECRET_ACCESS_KEY={R}", R),
    Planted("dotenv", f'DB_PASSWORD="{P}"', P),
    Planted("toml", f"api_token = '{S}'", S),
    Planted("code arrow", f"$config['secret'] => '{S}'", S),
    Planted("code assignment", f'String apiKey = "{S}";', S),
    Planted("code call", f'login(user="bob", password="{P}")', P),
    Planted("go", f'token := "{S}"', S),
    Planted("multipart", part("password", P), P, MULTIPART),
    Planted("multipart api key", part("api_key", S), S, MULTIPART),
    Planted(
        "multipart with type",
        part("secret", S).replace("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n", 1),
        S,
        MULTIPART,
    ),
    Planted("header line", f"POST / HTTP/1.1\r\nX-Api-Key: {S}\r\nAccept: */*\r\n", S),
    Planted("header authorization", f"Authorization: Token {S}", S),
    Planted("header apikey", f"authorization: ApiKey {S}\n", S),
    Planted("header digest", f'Authorization: Digest username="bob", response="{HEX}"', HEX),
    Planted(
        "header basic",
        "Authorization: Basic " + base64.b64encode(b"bob:S3cr3tPw").decode(),
        "Ym9iOlMzY3IzdFB3",
    ),
    Planted("cookie line", f"Cookie: theme=dark; sid={S}; x=1", S),
    Planted("set-cookie line", f"Set-Cookie: JSESSIONID={HEX}; Path=/; HttpOnly", HEX),
    Planted("cookie in code", f"document.cookie = 'session={S}'", S),
    Planted("curl header", f"curl -H 'X-Auth-Token: {S}' https://x.example", S),
    Planted("curl cookie", f"curl --cookie 'sid={S}' https://x.example", S),
    Planted("curl user", "curl -u bob:S3cr3tPw https://x.example", "S3cr3tPw"),
    Planted("curl bearer", f"curl --oauth2-bearer {S} https://x.example", S),
    Planted("option", f"tool --client-secret {S} --verbose", S),
    Planted("option equals", f"tool --api-token={S}", S),
    Planted("option quoted", 'tool --password "two Words9"', "two Words9"),
    Planted("option powershell", f"Connect-Thing -Password {S}", S),
    Planted("option windows", f"tool /password:{S}", S),
    Planted("mysql", f"mysql -u root -p{S} db", S),
    Planted("sshpass", f"sshpass -p {S} ssh host", S),
    Planted("redis-cli", f"redis-cli -h x -a {S} ping", S),
    Planted("docker login", f"docker login -u bob -p {S} registry.example", S),
    Planted("sentence", f"the password is {S}, please change it", S),
    Planted("sentence colon", f"login with password: {S} today", S),
    Planted("sentence code", "Your verification code: 493817", "493817"),
    Planted("sql", f"ALTER USER bob IDENTIFIED BY '{S}'", S),
    Planted("jdbc", f"jdbc:sqlserver://db;user=sa;password={S};encrypt=true", S),
    Planted(
        "azure connection",
        f"AccountName=x;AccountKey={base64.b64encode(bytes(range(40, 80))).decode()};",
        base64.b64encode(bytes(range(40, 80))).decode(),
    ),
    Planted("percent form in text", "%7B%22password%22%3A%22" + S + "%22%7D", S),
    Planted("csv-like", f"user=bob;pwd={S};host=x", S),
    Planted("log key value", f'level=info msg="login" api_key={S} user=bob', S),
    Planted("GraphQL", f'mutation {{ login(user: "bob", password: "{P}") {{ id }} }}', P),
    Planted("npmrc", f"//registry.example/:_authToken={S}", S),
    Planted("netrc", f"machine x.example login bob password {S}", S),
    Planted("pgpass", f"db.example:5432:app:bob:{S}", S),
]

# --- secrets by their shape ---------------------------------------------------------------------------


def b64(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


JWT = ".".join(
    (b64({"alg": "HS256", "typ": "JWT"}), b64({"sub": "1", "n": "x"}), "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV")
)
PEM_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"


def pem(kind: str) -> str:
    return f"-----BEGIN {kind}-----\n{PEM_BODY}\n{PEM_BODY[::-1]}\n-----END {kind}-----"


SENTENCE: Callable[[str], str] = "we saw {} in the log".format
SHAPED = [
    Planted("JWT", SENTENCE(JWT), JWT),
    Planted("JWT in JSON", json.dumps({"note": JWT}), JWT, JSON),
    Planted("JWT cut", SENTENCE(JWT[:30]), JWT[:30]),
    Planted("JWT in a URL", f"https://x.example/cb/{JWT}?a=1", JWT),
    Planted(
        "JWE",
        SENTENCE(f"{b64({'alg': 'dir', 'enc': 'A256GCM'})}..AAAABBBBccccDDDD.eeee1111.ffff2222"),
        "AAAABBBBccccDDDD",
    ),
    *(
        Planted(kind, pem(kind), PEM_BODY)
        for kind in (
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        )
    ),
    Planted("PEM in JSON", json.dumps({"text": pem("PRIVATE KEY")}), PEM_BODY, JSON),
    Planted("PEM cut", pem("PRIVATE KEY")[:80], PEM_BODY[:40]),
    Planted("PEM without its head", pem("RSA PRIVATE KEY")[40:], PEM_BODY[::-1]),
    Planted("bearer", SENTENCE("Bearer nsUg7hPq2-kLm"), "nsUg7hPq2-kLm"),
    Planted("bearer lower", SENTENCE("bearer  7f8e9d"), "7f8e9d"),
    Planted("bearer encoded", SENTENCE("Bearer%20nsUg7hPq2"), "nsUg7hPq2"),
    Planted(
        "opaque token",
        SENTENCE("nsUg7hPq2kLm9XwZ3vBc5TyR8dFgHj1KaQeWsIuO"),
        "nsUg7hPq2kLm9XwZ3vBc5TyR8dFgHj1KaQeWsIuO",
    ),
    Planted(
        "opaque in JSON",
        json.dumps({"thing": "Zt8-QmVxY2k3_dHRyN0pPbGc5c0FhNlVi"}),
        "Zt8-QmVxY2k3_dHRyN0pPbGc5c0FhNlVi",
        JSON,
    ),
    Planted(
        "opaque base64",
        SENTENCE(base64.b64encode(bytes(range(7, 247, 6))).decode()),
        base64.b64encode(bytes(range(7, 247, 6))).decode(),
    ),
    Planted(
        "opaque lower", SENTENCE("q7w3e9r1t5y8u2i6o4p0a7s3d9f1g5h8j2"), "q7w3e9r1t5y8u2i6o4p0a7s3d9f1g5h8j2"
    ),
    *(
        Planted(f"token {value[:7]}", SENTENCE(value), value)
        for value in [
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "github_pat_11AAAAAAA0abcdefghijkl_mnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "glpat-ab12CD34ef56GH78ij90",
            "AKIAIOSFODNN7EXAMPLE",
            "AIzaSyA1234567890abcdefghijklmnopqrstuv",
            "xoxb-123456789012-1234567890123-abcDEF",
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "rk_test_4eC39HqLyjWDarjtT1zdp7dc",
            "SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr",
            "npm_abcdefghij0123456789ABCDEFGHIJ012345",
            "hf_abcdefghijABCDEFGHIJ0123456789abcd",
            "dop_v1_" + HEX * 2,
            "shpat_" + HEX,
            "dapi" + HEX,
            "sk-ant-api03-" + "aB3_" * 20,
            "ya29.a0AfH6SMBx1234567890abcdefghij",
            "hvs." + "CAESIJ1x" * 12,
            "dckr_pat_aBcDeFgHiJkLmNoPqRsTuVwXyZ0",
            "PMAK-" + HEX[:24] + "-" + (HEX + "ab"),
            "duffel_test_abcdef0123456789abcdef0123",
        ]
    ),
    Planted("token cut", SENTENCE("glpat-ab12CD34ef56GH"), "ab12CD34ef56GH"),
    Planted(
        "Slack webhook",
        SENTENCE("https://hooks.slack.com/services/T00000000/B00000000/XXXXyyyy1111ZZZZ2222wwww"),
        "XXXXyyyy1111ZZZZ2222wwww",
    ),
    Planted(
        "AWS key named",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "bPxRfiCYEXAMPLEKEY",
    ),
]
SECRETS = [*NAMED, *SHAPED]

# --- numbers --------------------------------------------------------------------------------------------


def separated(groups: str, separator: str) -> str:
    return separator.join(groups.split())


ARABIC = str.maketrans("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
BENGALI = str.maketrans("0123456789", "".join(map(chr, range(0x9E6, 0x9F0))))
FULL = str.maketrans("+0123456789", "\uff0b" + "".join(map(chr, range(0xFF10, 0xFF1A))))
CIRCLED = str.maketrans("0123456789", "\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2468")
SUPER = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
US, UK, DE, FR = "+1 317 222 2222", "+44 20 7183 8750", "+49 30 90182 7463", "+33 1 42 68 53 17"
SEPARATORS = {
    "hyphen": "-",
    "dot": ".",
    "slash": "/",
    "middle dot": "\u00b7",
    "bullet": "\u2022",
    "comma": ",",
    "colon": ":",
    "tilde": "~",
    "line break": "\n",
    "CRLF": "\r\n",
    "three spaces": "   ",
    "eight spaces": " " * 8,
    "tab": "\t",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
    "ideographic space": "\u3000",
    "non-breaking hyphen": "\u2011",
    "zero width": "\u200b",
    "underscore": "_",
    "semicolon": ";",
    "pipe": "|",
    "en dash": "\u2013",
}


def number(place: str, spelled: str, media_type: str = TEXT) -> Planted:
    return Planted(place, spelled, "".join(filter(str.isdigit, spelled)), media_type)


NUMBERS = [
    *(number(f"US {name}", f"call {separated(US, sep)} now") for name, sep in SEPARATORS.items()),
    *(number(f"UK {name}", f"call {separated(UK, sep)} now") for name, sep in SEPARATORS.items()),
    *(
        number(f"national {name}", f"call {separated('317 222 2222', sep)} now")
        for name, sep in SEPARATORS.items()
    ),
    *(
        number(f"FR {name}", f"call {separated('01 42 68 53 17', sep)} now")
        for name, sep in SEPARATORS.items()
        if sep != ":"
    ),
    *(
        Planted(f"digits {name}", f"call {spelled} now", "13172222222")
        for name, spelled in [
            ("Arabic", "+" + "13172222222".translate(ARABIC)),
            ("Bengali", "+" + "13172222222".translate(BENGALI)),
            ("full width", "+13172222222".translate(FULL)),
            ("circled", "+" + "13172222222".translate(CIRCLED)),
            ("superscript", "+" + "13172222222".translate(SUPER)),
            ("percent encoded", "".join(f"%{ord(c):02X}" for c in "+13172222222")),
            ("percent encoded lower", "".join(f"%{ord(c):02x}" for c in "+13172222222")),
            ("percent encoded twice", "".join(f"%25{ord(c):02X}" for c in "+13172222222")),
            ("entities", "".join(f"&#{ord(c)};" for c in "+13172222222")),
            ("hexadecimal entities", "".join(f"&#x{ord(c):x};" for c in "+13172222222")),
            ("JSON escapes", "".join(f"\\u{ord(c):04x}" for c in "+13172222222")),
            ("bidi isolates", "\u2066+1 317 222 2222\u2069"),
            ("one by one", "1 3 1 7 2 2 2 2 2 2 2"),
        ]
    ),
    number("parentheses", "(317) 222-2222"),
    number("tel URI", "tel:+1-317-222-2222;phone-context=x"),
    number("SIP user", "sip:+13172222222@pbx.example.com"),
    number("form", "to=%2B1%20317%20222%202222&x=y", FORM)._replace(value="13172222222"),
    number("JSON number", '{"to": 13172222222}', JSON),
    number("JSON exponent", '{"to": 1.3172222222e10}', JSON)._replace(value="13172222222"),
    number("JSON name", '{"+13172222222": 1}', JSON),
    number("German", "030/9018 27463"),
    number("double zero", "0049 30 90182 7463"),
    number("URL path", "https://x.example/users/+13172222222/calls"),
    number("glued", "user13172222222x"),
    number("XML", "<phone>+49 30 901827463</phone>", XML),
    number("wrapped", "call +44 20 7183\n  8750 now"),
]

# --- addresses of electronic mail -----------------------------------------------------------------------

ADDRESSES = [
    Planted(place, text, value, media)
    for place, text, value, media in [
        ("text", "write to jane.doe@acme.io today", "jane.doe", TEXT),
        ("code", "jane.doe\\x40acme.io", "jane.doe", TEXT),
        ("SIP at an address of IPv4", "sip:jane.doe@10.1.2.3", "jane.doe", TEXT),
        ("plus", "jane+test@acme.io", "jane+test", TEXT),
        ("JSON", '{"note": "jane.doe@acme.io"}', "jane.doe", JSON),
        ("JSON email", '{"email": "jane.doe@acme.io"}', "jane.doe", JSON),
        ("JSON name", '{"jane.doe@acme.io": 1}', "jane.doe", JSON),
        ("form", "mail=jane.doe%40acme.io&x=1", "jane.doe", FORM),
        ("encoded", "GET /u?mail=jane.doe%40acme.io", "jane.doe", TEXT),
        ("encoded twice", "GET /u?mail=jane.doe%2540acme.io", "jane.doe", TEXT),
        ("capitals", "JANE.DOE@ACME.IO", "JANE.DOE", TEXT),
        ("mailto", "mailto:jane.doe@acme.io?subject=x", "jane.doe", TEXT),
        ("angle brackets", "Jane <jane.doe@acme.io>", "jane.doe", TEXT),
        ("SIP", "sip:jane.doe@voice.acme.io;transport=tls", "jane.doe", TEXT),
        ("subdomains", "jane.doe@a.b.c.acme.co.uk", "jane.doe", TEXT),
        ("apostrophe", "jane.o'neil@acme.io", "o'neil", TEXT),
        ("hash", "jane#doe@acme.io", "jane#doe", TEXT),
        ("international", "j\u00fcrgen@b\u00fccher.de", "j\u00fcrgen", TEXT),
        ("punycode", "jane.doe@xn--bcher-kva.de", "jane.doe", TEXT),
        ("punycode top", "jane.doe@acme.xn--p1ai", "jane.doe", TEXT),
        ("IP literal", "jane.doe@[192.0.2.55]", "jane.doe", TEXT),
        ("quoted", '"jane doe"@acme.io', "jane doe", TEXT),
        ("at", "jane.doe (at) acme.io", "jane.doe", TEXT),
        ("at dot", "jane.doe [at] acme [dot] io", "jane.doe", TEXT),
        ("entity", "jane.doe&#64;acme.io", "jane.doe", HTML),
        ("JSON escape", '{"note": "jane.doe\\u0040acme.io', "jane.doe", JSON),
        ("full-width at", "jane.doe\uff20acme.io", "jane.doe", TEXT),
        ("XML", "<mail>jane.doe@acme.io</mail>", "jane.doe", XML),
        ("header", "X-User: jane.doe@acme.io", "jane.doe", TEXT),
        ("list", "jane.doe@acme.io,bob@acme.io", "jane.doe", TEXT),
        ("folded header", "To: jane.doe\r\n @acme.io\r\n", "jane.doe", TEXT),
        ("folded SIP", "Contact: <sip:jane.doe\r\n\t@acme.io>;expires=60", "jane.doe", TEXT),
        ("folded in a log", "From: jane.doe\n\t@acme.io", "jane.doe", TEXT),
        ("folded behind the sign", "To: jane.doe@\r\n acme.io", "jane.doe", TEXT),
        ("folded in JSON", '{"to": "jane.doe\\r\\n @acme.io"}', "jane.doe", JSON),
        ("folded in code", "'To: jane.doe\\r\\n @acme.io' was cut", "jane.doe", TEXT),
        ("quoted-printable", "To: jane.doe=40acme.io", "jane.doe", TEXT),
        ("soft break", "To: jane.doe=\r\n@acme.io", "jane.doe", TEXT),
        ("soft break within", "To: jane.d=\r\noe@acme.io", "jane.d", TEXT),
        ("encoded word", "=?utf-8?q?jane.doe=40acme.io?=", "jane.doe", TEXT),
        ("escaped sign", "jane.doe\\@acme.io", "jane.doe", TEXT),
        ("octal escape", "jane.doe\\100acme.io", "jane.doe", TEXT),
        ("escape of JavaScript", "jane.doe\\u{40}acme.io", "jane.doe", TEXT),
        ("line of a shell", "jane.doe\\\n@acme.io", "jane.doe", TEXT),
        ("space behind", "jane.doe@ acme.io", "jane.doe", TEXT),
        ("zero width", "jane.doe\u200b@acme.io", "jane.doe", TEXT),
        ("word break", "jane.doe<wbr>@acme.io", "jane.doe", HTML),
        ("element", "jane.doe<span class=x>@</span>acme.io", "jane.doe", HTML),
    ]
]

# --- what stays -----------------------------------------------------------------------------------------

UUIDS = [
    "a11ce000-0000-4000-8000-000000000001",
    "12345678-1234-4123-8123-123456789012",
    "F47AC10B-58CC-4372-A567-0E02B2C3D479",
]
ORDINARY = [
    *(
        template.format(uuid)
        for uuid in UUIDS
        for template in (
            "{}",
            "/api/v2/conversations/calls/{}",
            '{{"id": "{}"}}',
            "id={}&x=1",
            "call {} ended.",
            "urn:uuid:{}",
        )
    ),
    *(
        template.format(moment)
        for moment in (
            "2026-11-30T08:42:54Z",
            "2026-11-30T08:42:54.123Z",
            "2026-11-30 08:42:54,123",
            "2026-11-30",
            "20261130T084254Z",
            "Mon, 30 Nov 2026 08:42:54 GMT",
            "30.11.2026",
            "11/30/2026",
            "2026/11/30",
            "08:42:54.123456",
        )
        for template in ("{}", "at {}", '{{"when": "{}"}}', "[{}] started")
    ),
    *(
        template.format(digest)
        for digest in (
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "1234567890abcdef1234567890abcdef12345678",
            "507f1f77bcf86cd799439011",
            "00f067aa0ba902b7",
        )
        for template in ("{}", "sha {} seen", '{{"etag": "{}"}}')
    ),
    *(
        template.format(version)
        for version in ("1.2.3", "0.1.0", "10.0.19045.3803", "120.0.6099.129", "2026.11.30", "3.11.7")
        for template in ("version {}", "v{}", "Chrome/{} Safari")
    ),
    *(
        "https://127.0.0.1:8010/api",
        "http://192.168.100.200:8080",
        "from 203.0.113.7",
        "10.20.30.40:5060",
        "sip:agent@203.0.113.7:5060",
        "host 198.51.100.23 is up",
        "[2001:db8::1]:5060",
    ),
    *(
        "$1,234,567.89",
        "1.234.567,89 \u20ac",
        "EUR 12345678.90",
        "USD 1,000,000",
        "it costs $99.99",
        "\u00a312,345,678",
        '{"price": 1234567.5}',
        '{"total": 12345678}',
    ),
    *(
        "order 20261234567",
        "Order #1234567890",
        "invoice no. 2026-0012345",
        "INV-2026-0001234",
        '{"orderNumber": "20261234567"}',
        '{"orderId": 1234567890}',
        "PO 4500012345",
        "ticket 10045678",
        "case #00123456",
        "RMA-20261101",
        "article no. 12345678",
        "SKU-12345678",
    ),
    *(
        '{"exp": 1764492174}',
        '{"expires_in": 86400}',
        '{"timestamp": 1764492174123}',
        "exp=1764492174",
        '{"createdAt": 1764492174}',
        "1764492174.123 started",
        '{"size": 8388608}',
        "8388608 bytes",
        "took 1234567 ns",
        '{"count": 2000000}',
    ),
    *(
        "call.not.found",
        "bad.request",
        "destination.number-invalid",
        "oauth.client-unknown",
        "conversation.error.no.user.station",
        "invalid.phone.number",
        "token.expired",
        "rate.limit.exceeded",
    ),
    *(
        "The token is unknown, or it was revoked.",
        "Send the client's id and secret as Basic authentication.",
        "the password grant is not supported",
        "No authorization header was sent.",
        "code: 404 not found",
        "status code=404, exit code 3",
        "A bearer token is missing.",
        'WWW-Authenticate: Bearer realm="api"',
        '{"token_type": "bearer", "expires_in": 86400}',
        '{"code": "invalid.phone.number", "status": 400}',
        '{"error": "invalid_client", "error_description": "client authentication failed"}',
        "grant_type=client_credentials&scope=conversations",
        "response_type=code&client_id=a11ce000-0000-4000-8000-000000000001&state=xyz",
        "token_endpoint_auth_method: client_secret_basic",
        '{"key": "language", "value": "en-US"}',
        "Content-Type: application/json; charset=utf-8",
        "Accept-Encoding: gzip, deflate, br",
        "Cache-Control: no-store",
        "ininCorrelationId",
        "sip:agent@example.com;transport=tcp",
        "person1@example.com",
        "agent@pbx",
        "npm install lodash@4.17.21",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "200, 404, 429, 500, 503",
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
        "+442079460100",
        "tel:+442079460100",
        "the 12 rules, 345 cases and 6789 requests",
        "<token_type>bearer</token_type>",
        '<input type="text" name="city" value="Berlin">',
        "pinned to 3 of 5; mapping: a to b",
        "monkey: see, keyboard: do",
        '{"idempotencyKey": "retry-1", "publicKey": "none"}',
        "author=Jane&title=Signatures",
        "secretary: Bob",
        "https://example.com/path?page=2&sort=name#top",
        "postgres://db.example.com:5432/app",
        "--verbose --timeout 30 --target sandbox",
        "conversationParticipantAttributesUpdated2",
        "test_api_response_20261130_first",
        "/usr/lib/python3.11/site-packages/ringback_contracts/privacy",
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        '{"max_tokens": 256, "tokens": []}',
        '{"passwordRequired": true, "password": null}',
        "ringback explain --as alice request.http",
        "Ringback-Rule: destination.number-invalid",
        '{"priority": 5, "attributes": {"a": "b"}}',
        "RFC 3966 section 5.1.4; RFC 3261, 19.1.1",
    ),
]

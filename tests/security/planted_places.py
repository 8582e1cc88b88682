"""Secrets that nothing but their place tells, and what stands in such places and is none."""

from __future__ import annotations

from tests.security.planted import JSON, TEXT, YAML, Planted

SECRETS = [
    Planted("yaml anchor", "db: {user: x, password: &pw Xk29-lmno}\n", "Xk29-lmno", YAML),
    Planted("terraform", 'variable "db_password" {\n  default = "terra9form"\n}', "terra9form", TEXT),
    Planted("json secretAnswer", '{"securityAnswer":"Fluffy the cat"}', "Fluffy the cat", JSON),
    Planted(
        "json mnemonic", '{"mnemonic":"legal winner thank year wave sausage worth useful"}', "sausage", JSON
    ),
    Planted(
        "url path", "https://x.example.com/reset-password/9d8f7a6b5c4e3d2c1b0a", "9d8f7a6b5c4e3d2c1b0a", TEXT
    ),
    Planted(
        "age key",
        "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS",
        "QYQSZQGPQYQSZQGPQYQS",
        TEXT,
    ),
    Planted("htpasswd", "bob:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", "HqJZimcKQFAMYayBlzkrA", TEXT),
    Planted("shadow", "bob:$6$saltsalt$Zk3jdl.pQwmXnVbT7yRcHsEu1:18000::", "Zk3jdl.pQwmXnVbT7yRcHsEu1", TEXT),
    Planted(
        "jsonpath key", '{"path":"/auth/password","op":"replace","value":"patchpw-7"}', "patchpw-7", JSON
    ),
    Planted(
        "device code", '{"device_code":"GmRhmhcxhwAzkoEqiMEg","user_code":"WDJB-MJHT"}', "WDJB-MJHT", JSON
    ),
    Planted(
        "curl cookie jar line",
        "#HttpOnly_x.example.com\tFALSE\t/\tTRUE\t0\tsessionid\tq1w2e3r4t5y6",
        "q1w2e3r4t5y6",
        TEXT,
    ),
    Planted("curl --cert", "curl --cert client.pem:Pw-203x https://x", "Pw-203x", TEXT),
    Planted("pscred", "ConvertTo-SecureString 'ps-Pw-208' -AsPlainText -Force", "ps-Pw-208", TEXT),
    Planted("python requests", "requests.get(u, auth=('bob', 'rq-Pw-209'))", "rq-Pw-209", TEXT),
    Planted("python basic", "HTTPBasicAuth('bob', 'rq-Pw-210')", "rq-Pw-210", TEXT),
    Planted("js basic", "'Authorization': 'Basic ' + btoa('bob:js-Pw-212')", "js-Pw-212", TEXT),
    Planted(
        "java prop", 'System.setProperty("javax.net.ssl.keyStorePassword", "jv-Pw-213")', "jv-Pw-213", TEXT
    ),
    Planted("java setter", 'client.setPassword("jv-Pw-214");', "jv-Pw-214", TEXT),
    Planted("odbc", "DRIVER={x};UID=sa;PWD={od-Pw-216};", "od-Pw-216", TEXT),
    Planted("markdown", "**Password:** md-Pw-235", "md-Pw-235", TEXT),
    Planted("log pipe", "user|bob|password|lg-Pw-245", "lg-Pw-245", TEXT),
    Planted("ws subprotocol", "Sec-WebSocket-Protocol: access_token, ws-248-tok9", "ws-248-tok9", TEXT),
    Planted("mqtt", "mosquitto_pub -u bob -P mq-Pw-250 -t x", "mq-Pw-250", TEXT),
    Planted("smtp", "AUTH PLAIN AGJvYgBzbXRwLVB3", "AGJvYgBzbXRwLVB3", TEXT),
    Planted("imap", "a1 LOGIN bob im-Pw-254", "im-Pw-254", TEXT),
    Planted("ldap", "bindpw ld-Pw-255", "ld-Pw-255", TEXT),
    Planted("wifi qr", "WIFI:T:WPA;S:net;P:wf-Pw-257;;", "wf-Pw-257", TEXT),
    Planted("cisco", "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "hx5rVt7rPNoS4wqbXKX7m0", TEXT),
    Planted(
        "teams",
        "https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/0123456789abcdef0123456789abcdef/c",
        "0123456789abcdef0123456789abcdef",
        TEXT,
    ),
    Planted("dup quotes", 'password=""dq-Pw-264""', "dq-Pw-264", TEXT),
    Planted("secret question a", '{"secretAnswer":"Rex-274"}', "Rex-274", JSON),
    Planted("sms", "<#> Your Acme code is: 829164", "829164", TEXT),
    Planted("G-code", "G-829165 is your Google verification code", "829165", TEXT),
    Planted("django", "pbkdf2_sha256$260000$Zk3jd$lpQwmXnVbT7yRcHsEu1=", "lpQwmXnVbT7yRcHsEu1", TEXT),
    Planted("LDIF hash", "userPassword: {SSHA}kX29dLq8Zm3pVt7R", "kX29dLq8Zm3pVt7R", TEXT),
    Planted("bcrypt in JSON", '{"stored":"$2b$12$eImiTXuWVxfM37uY4JANjQ"}', "eImiTXuWVxfM37uY4JANjQ", JSON),
    Planted("seed phrase", '{"seedPhrase":"ozone otter quartz lemon"}', "otter quartz", JSON),
    Planted("magic link", "https://app.example.com/magic-link/x7Kq29dLmZp3VtRb", "x7Kq29dLmZp3VtRb", TEXT),
    Planted("Python setter", 'obj.set_api_key("kestrel-9-key")', "kestrel-9-key", TEXT),
    Planted("CSV of JSON", '1,"{""password"": ""csv-Pw-9""}"', "csv-Pw-9", TEXT),
    Planted("PHP dump", 'array(1) { ["token"]=> string(7) "lg-430x" }', "lg-430x", TEXT),
    Planted("error of a key", "Incorrect API key provided: st-433xab", "st-433xab", TEXT),
    Planted("PIN for", "Hi, the PIN for your card is 4361.", "4361", TEXT),
    Planted("reset to", "Your password has been reset to ml-438x", "ml-438x", TEXT),
    Planted("key base", "SECRET_KEY_BASE=en-442x\nDEBUG=1", "en-442x", TEXT),
    Planted("JSON authHeader", '{"authHeader":"js-462x"}', "js-462x", JSON),
]
ORDINARY = [
    "the code for your area is 0317",
    "the key for the lookup is name",
    "see /api/v2/webhooks/0f8fad5b-d9cb-469f-a165-70867728950e",
    'client.setState("connected")',
    'withTokenizer("standard")',
    "your order code is 12345",
    "| token | required | string |",
    "Accept: application/json, text/plain",
    "access_token, refresh_token, expires_in",
    '{"path": "phoneNumber", "value": "bob12"}',
    "a1 LOGIN failed for user12",
    "AUTH PLAIN is supported",
    "https://x.example.com/hooks/pre-commit-config",
    "https://x.example.com/verify/build-and-test-py311-linux",
    "https://x.example.com/activate/plan-premium-2026-11",
    "/api/v2/authorization/divisions/home",
    '{"answer": "42 things"}',
    '{"phrase": "how are you"}',
    "your area code is 317",
    "user code 42",
    "password: {password}",
    "**Rule:** number.unassigned",
    "--cert client.pem --key client.key",
    "mosquitto_pub -t topic/1",
    "12345 is the order number",
    "2026 is the year that the code was made",
    "cost $1$ or $2$",
    "{SHA} is weak",
]

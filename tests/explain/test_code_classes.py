"""What a program's own class is sent as: the fields that it declares, and what its constructor sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_explain.read import FoundRequest, read
from tests.explain.explaining import NUMBER

URL = "https://api.mypurecloud.ie/api/v2/conversations/calls"
WANTED = {"phoneNumber": NUMBER, "label": "x"}
CLASSES = {
    "dataclass": f"""
@dataclass
class Call:
    phoneNumber: str = "{NUMBER}"
    label: str = "x"
    _kept: int = 1

requests.post("{URL}", json=asdict(Call()))
""",
    "dataclass, in order": f"""
@dataclass
class Call:
    phoneNumber: str
    label: str = "y"

call = Call("{NUMBER}", label="x")
requests.post("{URL}", json=vars(call))
""",
    "pydantic": f"""
class Call(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    number: str = Field("{NUMBER}", alias="phoneNumber")
    label: str = Field(default="x")

httpx.post("{URL}", content=Call().model_dump_json(by_alias=True))
""",
    "Python constructor": f"""
class Call:
    def __init__(self, to, label="x"):
        self.phoneNumber = to
        self.label = label

requests.post("{URL}", json=Call("{NUMBER}").__dict__)
""",
    "JavaScript fields": f"""
const axios = require("axios");
class Call {{
  phoneNumber = "{NUMBER}";
  label = "x";
  static made = 0;
}}
const call = new Call();
await axios.post("{URL}", call);
""",
    "JavaScript constructor": f"""
class Call {{
  constructor(to) {{ this.phoneNumber = to; this.label = "x"; }}
}}
await axios.post("{URL}", new Call("{NUMBER}"));
""",
    "TypeScript": f"""
class Call {{
  label?: string = "x";
  constructor(public readonly phoneNumber: string) {{}}
}}
await axios.post<Answer>("{URL}", new Call("{NUMBER}"));
""",
    "Java": f"""
public class Call {{
    private static final int LIMIT = 3;
    @JsonProperty("phoneNumber")
    private final String to;
    private String label = "x";
    public Call(String to) {{ this.to = to; }}
}}
HttpEntity<Call> entity = new HttpEntity<>(new Call("{NUMBER}"), headers);
restTemplate.postForObject("{URL}", entity, String.class);
""",
    "Java record": f"""
record Call(String phoneNumber, String label) {{}}
restTemplate.postForObject("{URL}", new Call("{NUMBER}", "x"), String.class);
""",
    "C#": f"""
public class Call
{{
    private readonly int _limit = 3;
    [JsonPropertyName("phoneNumber")]
    public string To {{ get; set; }} = "{NUMBER}";
    public string Label {{ get; set; }} = "y";
}}
await http.PostAsJsonAsync("{URL}", new Call {{ Label = "x" }});
""",
    "C# record": f"""
public record Call(string PhoneNumber, string Label);
await http.PostAsJsonAsync("{URL}", new Call("{NUMBER}", "x"));
""",
    "PHP": f"""<?php
class Call {{
    private int $limit = 3;
    public string $label = 'x';
    public function __construct(public string $phoneNumber) {{}}
}}
$client->post('{URL}', ['json' => new Call('{NUMBER}')]);
""",
}


def sent(text: str) -> dict[str, Any]:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    assert ", line " in found.what
    body: dict[str, Any] = json.loads(found.request.body)
    return body


@pytest.mark.parametrize("form", CLASSES)
def test_an_object_of_the_programs_own_class_has_the_fields_of_the_class(form: str) -> None:
    assert sent(CLASSES[form]) == WANTED


def test_a_field_whose_default_only_the_running_program_has_is_no_field_left_out() -> None:
    code = CLASSES["dataclass"].replace('str = "x"', "str = settings.LABEL")
    assert sent(code) == {**WANTED, "label": "\u2039settings.LABEL\u203a"}


def test_names_go_out_as_they_are_written_where_nothing_renames_them() -> None:
    go = f"""
type call struct {{ Number string; Label string }}
body, _ := json.Marshal(call{{Number: "{NUMBER}", Label: "x"}})
http.Post("{URL}", "application/json", bytes.NewReader(body))
"""
    assert sent(go) == {"Number": NUMBER, "Label": "x"}
    python = CLASSES["dataclass"].replace("phoneNumber", "phone_number")
    assert sent(python) == {"phone_number": NUMBER, "label": "x"}

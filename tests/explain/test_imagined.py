"""Where nothing is known of an org, nothing that a request names is held to be missing there."""

from __future__ import annotations

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Example, Knowledge, Rule
from ringback_contracts.domain.uuids import UUID
from ringback_contracts.examples import before, request_of
from ringback_explain import explain

UNKNOWN = [rule for rule in TABLE if "unknown" in rule.id and rule.knowledge is not Knowledge.REQUEST]


def names_an_id(example: Example) -> bool:
    request = request_of(example)
    return UUID.search(request.path + request.body.decode()) is not None and not before(example)


@pytest.mark.parametrize("rule", UNKNOWN, ids=lambda rule: rule.id)
def test_what_only_an_org_can_lack_is_held_against_nobody(rule: Rule) -> None:
    for example in filter(names_an_id, rule.rejects):
        request = request_of(example)
        assert explain(request).rule != rule.id, request

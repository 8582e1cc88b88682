"""An org that grants what allows nothing loads, and is told so."""

from __future__ import annotations

from ringback_contracts.http.granted import doubt_on_permission, idle_grants
from ringback_contracts.org import default_org, load_org

GRANTS = """
id = "shop"
name = "Shop"
[[users]]
id = "a11ce000-0000-4000-8000-000000000001"
name = "Alice"
permissions = ["conversation:conference:add", "outbound:call", "reporting:custom:view", "conversation:*:*"]

[[clients]]
id = "app"
secret = "shh-not-a-secret"
scopes = ["conversations", "call:write"]
"""


def test_each_grant_that_does_nothing_is_told_with_its_holder() -> None:
    of_two, of_three, of_scope = idle_grants(load_org(GRANTS))
    assert "'outbound:call' is no permission" in of_two
    assert of_two.endswith("granted to Alice, it allows nothing")
    assert of_three == "no operation here asks for reporting:custom:view: granted, they allow nothing"
    assert "'call:write' is no OAuth scope" in of_scope
    assert of_scope.endswith("granted to app, it allows nothing")


def test_the_default_org_grants_nothing_in_vain() -> None:
    assert list(idle_grants(default_org())) == []


def test_two_parts_are_no_permission_and_three_may_be_one_of_another_operation() -> None:
    assert "three parts" in (doubt_on_permission("call:write") or "")
    assert "no operation that Ringback knows" in (doubt_on_permission("reporting:custom:view") or "")
    assert doubt_on_permission("conversation:call:add") is None

"""What the keys mean that people write into a call request, and where each belongs in the published body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS


class KeyRole(StrEnum):
    """What a key is about."""

    TO = "to"
    FROM = "from"
    PARTIES = "parties"
    """Addresses without a direction."""
    AGENT = "agent"
    QUEUE = "queue"
    ROUTING = "routing"
    SKILL = "skill"
    LANGUAGE = "language"
    ATTRIBUTES = "attributes"
    CALLER_NAME = "caller-name"
    CAMPAIGN = "campaign"
    CONTACT = "contact"
    TYPE = "type"
    MEDIA = "media"
    WRAP_UP = "wrap-up"
    SESSION = "session"
    ADDRESS = "address"
    ID = "id"
    NAME = "name"
    DIRECTION = "direction"


def norm(key: str) -> str:
    """A key without regard to capitals, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _words(text: str) -> frozenset[str]:
    return frozenset(map(norm, text.split()))


def _table(words: Mapping[KeyRole, str]) -> dict[str, KeyRole]:
    return {word: role for role, listed in words.items() for word in _words(listed)}


_ANYWHERE = {
    KeyRole.TO: """
        to callee called called_party to_address to_number to_phone to_phone_number to_uri to_user destination
        destination_address destination_number destination_phone_number dnis recipient recipients target
        target_address target_number dial dial_string number_to_call number_to_dial callee_number
        call_number call_to phone_to_call
        called_number customer customer_number customer_phone customer_phone_number contact contact_number
        remote_party external_number
    """,
    KeyRole.FROM: """
        from caller calling_party from_address from_number from_phone from_phone_number from_uri ani origin
        origin_address originator source_number source_address caller_number calling_number outbound_number
        caller_id_number caller_id_address display_number outbound_ani
    """,
    KeyRole.AGENT: """
        agent agent_id agent_email agent_name agent_user_id agent_uuid
        user user_id user_uuid from_user from_user_id caller_user_id
        originating_user_id initiator_id initiator_user_id on_behalf_of on_behalf_of_user_id acting_user_id
        owner_id assigned_user_id assigned_agent_id preferred_agent_id employee_id operator_id
    """,
    KeyRole.QUEUE: """
        queue queue_id queue_name
        routing_queue_id routing_queue acd_queue_id on_behalf_of_queue_id outbound_queue_id
    """,
    KeyRole.ROUTING: "routing routing_data routing_info routing_options routing_criteria acd",
    KeyRole.SKILL: """
        skill skills skill_id skill_ids skills_ids routing_skill routing_skills required_skills acd_skills
        requested_routing_skills
    """,
    KeyRole.LANGUAGE: "language requested_language",
    KeyRole.ATTRIBUTES: """
        metadata meta_data customer_data custom_data custom_attributes customer_attributes data
        participant_attributes participant_data participant_metadata context variables custom_fields
        attached_data user_data additional_info tags properties
    """,
    KeyRole.CALLER_NAME: "caller_name from_name display_name caller_display_name caller_id_display_name",
    KeyRole.CAMPAIGN: "campaign campaign_id contact_list_id contact_list script_id dialer",
    KeyRole.CONTACT: "external_contact contact_id external_id customer_id",
    KeyRole.WRAP_UP: """
        wrap_up_code wrap_up_code_id wrap_up wrap_up_codes wrapup_prompt disposition disposition_code
        after_call_work acw
    """,
    KeyRole.TYPE: """
        type address_type endpoint_type phone_type number_type participant_type kind schema object_type
        call_type interaction_type conversation_type communication_type contact_type
    """,
    KeyRole.MEDIA: """
        media media_type media_types channel channel_type direction provider protocol codec routing_type
        routing_method routing_strategy
    """,
    KeyRole.SESSION: """
        session_type session_id station station_id device_id force dry_run test api_version version
        callback_url webhook webhook_url timeout ring_timeout max_duration record recording recording_enabled
    """,
}
_INSIDE = {
    KeyRole.ADDRESS: """
        address phone_number number phone uri value endpoint e164 tel sip sip_uri sip_address address_raw
        address_normalized phone_numbers addresses mobile msisdn line extension cell_phone work_phone email
    """,
    KeyRole.ID: "id uuid guid user_uuid",
    KeyRole.NAME: "name display_name full_name caller_name contact_name first_name label friendly_name",
    KeyRole.DIRECTION: "purpose role participant_purpose participant_role side leg",
}
_AT_ROOT = {
    KeyRole.TO: """
        phone number mobile msisdn address phone_numbers numbers tel telephone uri endpoint participant
        phone_no customer_address sip sip_uri sip_address extension
    """,
    KeyRole.PARTIES: "addresses parties endpoints legs",
}

ROOT: Mapping[str, KeyRole] = _table(_AT_ROOT) | _table(_ANYWHERE)
"""What a key means at the root of a body."""
INSIDE: Mapping[str, KeyRole] = _table(_ANYWHERE) | _table(_INSIDE)
"""What a key means inside an address object."""
NESTED: Mapping[str, KeyRole] = _table(_ANYWHERE)
"""What a key means inside routing data."""

CALLERS = _words("agent user caller internal initiator from originator employee source")
"""Words for the party that calls, where a list of parties gives each a purpose."""
CALLED = _words("customer external callee called to destination contact remote target")
WRAPPERS = _words(
    "body data request payload call call_request create_call_request json input params"
    " conversation interaction"
)
"""Keys that people put around the whole body."""

_SPELLED = {norm(key): key for key in sorted(PUBLISHED_KEYS)} | {
    "calleridname": "callerIdName",
    "fromqueueid": "callFromQueueId",
    "callqueue": "callQueueId",
    "routingskillids": "routingSkillsIds",
    "uui": "uuiData",
}


def published_key(key: str) -> str | None:
    """The published field that a key spells, exactly or nearly."""
    return key if key in PUBLISHED_KEYS else _SPELLED.get(norm(key))

"""The operations of tokens."""

from __future__ import annotations

from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.served import served

GET_TOKEN = "getTokensMe"
DELETE_TOKEN = "deleteTokensMe"
GET_CLIENT = "getOauthClient"

OPERATIONS = (
    served(
        GET_TOKEN,
        summary="Read what the token stands for",
        answers="TokenInfo",
        changes=Change.NOTHING,
        query={"preserveIdleTTL": Parameter(heeded=())},
    ),
    served(
        GET_CLIENT,
        summary="Read an OAuth client",
        scopes=("oauth", "oauth:readonly"),
        answers="OAuthClient",
        changes=Change.NOTHING,
        unknown={"clientId": "path.client-unknown"},
        words=("clientId",),
    ),
    served(DELETE_TOKEN, summary="Revoke the token", answers=None, changes=Change.TOKEN),
)

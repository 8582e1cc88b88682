"""What everybody knows of the administration: its header, its variable, and the fastest clock."""

from __future__ import annotations

TOKEN_HEADER = "Ringback-Admin-Token"
"""The header that carries the admin token: ``Authorization`` is for the tokens of the API."""
TOKEN_VARIABLE = "RINGBACK_ADMIN_TOKEN"
"""The environment variable that the server, and whoever asks it, takes the token from."""
FASTEST = 1e6
"""Most seconds that an org's clock can tell in one of the world's."""

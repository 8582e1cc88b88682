"""Where tokens are issued, and what a request for one is written in."""

from __future__ import annotations

TOKEN_PATH = "/oauth/token"
FORM_TYPE = "application/x-www-form-urlencoded"

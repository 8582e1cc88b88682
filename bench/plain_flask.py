"""The least that a hand-written Flask mock does: ask for a token, hold the body to a schema, answer."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, request
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

PATH = "/api/v2/conversations/calls"


def create_app() -> Flask:
    """Build the application, which serves what Prism serves."""
    document = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))
    body = document["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(body)
    app = Flask(__name__)

    @app.post(PATH)
    def place_call() -> ResponseReturnValue:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return {"message": "No authentication.", "code": "authentication.required", "status": 401}, 401
        error = next(validator.iter_errors(request.get_json()), None)
        if error is not None:
            return {"message": error.message, "code": "bad.request", "status": 400}, 400
        call = str(uuid.uuid4())
        return {"id": call, "selfUri": f"{PATH}/{call}"}, 202

    return app


if __name__ == "__main__":
    import waitress

    waitress.serve(create_app(), host="127.0.0.1", port=int(sys.argv[1]), threads=4)

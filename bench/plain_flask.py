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


def create_app(schema: dict[str, object]) -> Flask:
    """Build the application that accepts bodies of this JSON Schema."""
    app = Flask(__name__)
    validator = Draft202012Validator(schema)

    @app.post("/api/v2/conversations/calls")
    def place_call() -> ResponseReturnValue:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return {"message": "No authentication.", "code": "authentication.required", "status": 401}, 401
        error = next(validator.iter_errors(request.get_json()), None)
        if error is not None:
            return {"message": error.message, "code": "bad.request", "status": 400}, 400
        call = str(uuid.uuid4())
        return {"id": call, "selfUri": f"/api/v2/conversations/calls/{call}"}, 202

    return app


if __name__ == "__main__":
    import waitress

    port, schema_file = sys.argv[1:]
    app = create_app(json.loads(Path(schema_file).read_text("utf-8")))
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=4)

"""JSON schemas of other people's formats, unchanged and with their licences, and what checks against them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from jaeval.errors import RunError

EVERY_EVAL_EVER = "every_eval_ever/eval.schema.json"
EVERY_EVAL_EVER_ROW = "every_eval_ever/instance_level_eval.schema.json"


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema, by its path in this folder."""
    text = resources.files("jaeval.results.schemas").joinpath(*name.split("/")).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def check(record: Any, name: str) -> None:
    """Check parsed JSON against a schema.

    Raises:
        RunError: it does not fit.
    """
    import jsonschema

    error = next(jsonschema.Draft7Validator(schema(name)).iter_errors(record), None)
    if error is not None:
        raise RunError(f"does not fit {name}: {error.message[:200]}", field=".".join(map(str, error.absolute_path)))

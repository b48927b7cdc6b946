"""JSON and scripts put into HTML without a way out, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_TABLE = str.maketrans(_ESCAPES)


def json_text(value: Any) -> str:
    """Compact JSON with sorted keys. Raises `ValueError` on NaN and infinity, which JSON does not have."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def json_block(value: Any) -> Markup:
    """JSON for the inside of a `<script type="application/json">`: no `<` in it, nor a line end that scripts know."""
    return Markup(json_text(value).translate(_TABLE))


def policy(scripts: Iterable[str]) -> str:
    """The content security policy: these scripts by their hash, item files beside the page, and nothing else."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    sources = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {sources} 'self'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )

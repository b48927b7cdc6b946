"""Items, one file for each model and task, which the page loads when somebody opens them.

A page from `file://` may not fetch, but it may load a script. So an item file is one line of script: it hands base64 of
gzip of JSON to the page, and nothing else.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import math
import re
from collections.abc import Sequence
from typing import Any

from jaeval.leaderboard.page.columns import pack
from jaeval.leaderboard.page.embed import json_text
from jaeval.leaderboard.page.plain_text import BODY, label, prose
from jaeval.results.submission import ItemScore

_LONG_HASH = re.compile(r"[0-9a-f]{16,128}")
_TEXTS = ("prompt", "response", "reasoning", "extracted", "target")


def shard_name(model_id: str, column_id: str) -> str:
    """How page and item file call a file's content: `MODEL/COLUMN`, both slugs."""
    return f"{model_id}/{column_id}"


def shard_script(name: str, encoded: str) -> str:
    """The item file: a call with two texts that hold neither quotes nor backslashes."""
    return f'jaevalItems("{name}","{encoded}");\n'


def encode_items(items: Sequence[ItemScore], *, withheld: bool = False) -> str:
    """Base64 of gzip of the items by column, in the order of the documents. The same items give the same bytes."""
    content = gzip.compress(json_text(items_payload(items, withheld=withheld)).encode(), 6, mtime=0)
    return base64.b64encode(content).decode()


def items_payload(items: Sequence[ItemScore], *, withheld: bool = False) -> dict[str, Any]:
    """Items by column. `withheld` leaves out everything that tells of the document: hash and score remain."""
    items = sorted(items, key=lambda item: (item.task, item.doc_id, item.item))
    clusters: dict[str, int] = {"": 0}
    payload: dict[str, Any] = {
        "n": len(items),
        "withheld": withheld,
        "hash": [short_hash(item.item) for item in items],
        "score": pack([_finite(item.score) for item in items]),
        "cluster": pack([clusters.setdefault(item.cluster, len(clusters)) for item in items]),
        "doc": [item.doc_id for item in items],
        "finish": pack([label(item.finish, 20) for item in items]),
        "task": pack([label(item.task) for item in items]),
    }
    if not withheld:
        texts = {name: [getattr(item, name) for item in items] for name in _TEXTS}
        payload |= {name: pack([prose(text, BODY) for text in column]) for name, column in texts.items()}
        # Places of texts that were cut, with how long they are in full.
        payload["cut"] = {
            name: [[place, len(text)] for place, text in enumerate(column) if len(text) > BODY]
            for name, column in texts.items()
        }
    return payload


def short_hash(item: str) -> str:
    """The first 16 digits of a document's hash: enough to join two models' items of one task."""
    return item[:16] if _LONG_HASH.fullmatch(item) else hashlib.sha256(item.encode("utf-8", "replace")).hexdigest()[:16]


def _finite(score: float | None) -> float | int | None:
    if score is None or not math.isfinite(score):
        return None
    return int(score) if score == int(score) and abs(score) < 1e9 else round(score, 6)

"""Which requests a prompt became under a tokenizer, remembered between runs.

With it, a run whose answers are all in the cache needs neither the tokenizer nor the engine. It holds names of
requests (hashes), no prompt. It can be deleted at any time: what it lacks is made anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaeval.evaluation.item_requests import Place

VERSION = 1
"""Changes when the rules by which prompts become requests change."""
SCHEMA = "CREATE TABLE IF NOT EXISTS prompts (key BLOB PRIMARY KEY, requests TEXT NOT NULL) WITHOUT ROWID"
ASK_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an item asked; see `jaeval.evaluation.item_requests.Wanted`, with each request's name in its place."""

    names: list[bytes]
    places: list[list[Place]]
    truncated: int


class KnownPrompts:
    """A SQLite file of what items asked. A file that cannot be read or written is as good as an empty one.

    Args:
        path: the file; made where it is missing.
        identity: hash of all that decides how a text becomes tokens: the tokenizer and the longest context.
    """

    def __init__(self, path: Path, identity: str) -> None:
        self._path = path
        self._stem = hashlib.sha256(f"{VERSION}\0{identity}".encode())

    def key(self, instances: Sequence[Any], seed: int, repeats: int) -> bytes:
        """Names an item by everything that decides its requests.

        Args:
            instances: lm-eval's.
            seed, repeats: see `jaeval.evaluation.item_requests.wanted`.
        """
        asked = [[instance.request_type, *instance.args] for instance in instances]
        digest = self._stem.copy()
        text = json.dumps([seed, repeats, asked], ensure_ascii=False, default=repr)
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Remembered]:
        """What is known of some items."""
        found: dict[bytes, Remembered] = {}
        if not self._path.exists():
            return found
        try:
            with closing(self._open()) as connection:
                for start in range(0, len(keys), ASK_AT_ONCE):
                    some = keys[start : start + ASK_AT_ONCE]
                    marks = ",".join("?" * len(some))
                    rows = connection.execute(f"SELECT key, requests FROM prompts WHERE key IN ({marks})", some)
                    found.update((key, _decode(text)) for key, text in rows)
        except (sqlite3.Error, ValueError, TypeError, KeyError):
            return {}
        return found

    def put(self, remembered: Mapping[bytes, Remembered]) -> None:
        """Remember items."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection, connection:
                connection.execute(SCHEMA)
                connection.executemany(
                    "INSERT OR REPLACE INTO prompts VALUES (?, ?)",
                    [(key, _encode(item)) for key, item in remembered.items()],
                )
        except (OSError, sqlite3.Error):
            return

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


def _encode(item: Remembered) -> str:
    return json.dumps([[name.hex() for name in item.names], item.places, item.truncated])


def _decode(text: str) -> Remembered:
    names, places, truncated = json.loads(text)
    return Remembered(
        [bytes.fromhex(name) for name in names],
        [[(int(request), int(continuation)) for request, continuation in parts] for parts in places],
        int(truncated),
    )

"""The journal: each finished response on disk at once, so that a killed run repeats nothing it had finished.

One SQLite file in WAL mode. A thread of its own writes whatever has come in since its last commit, so the engine never
waits for the disk and nothing stays in memory for longer than one commit takes.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from jaeval.engines.protocol import ChoiceResponse, FailedResponse, GenerationResponse, Response
from jaeval.errors import RunError
from jaeval.results.schema import to_json

KINDS: dict[str, type[ChoiceResponse] | type[GenerationResponse]] = {
    "choice": ChoiceResponse,
    "generation": GenerationResponse,
}
SCHEMA = "CREATE TABLE IF NOT EXISTS responses (key TEXT PRIMARY KEY, response TEXT NOT NULL) WITHOUT ROWID"
ASK_AT_ONCE = 500


class Journal:
    """Responses by key. Used for a run's own journal and for the cache that runs share. A context manager.

    Args:
        path: the SQLite file; made where it is missing, with its folder.

    Raises:
        RunError: the file cannot be opened or is not a journal; and, from any later call, a write failed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._error: Exception | None = None
        self._queue: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit, so that what the writer below groups into a transaction is all there is to a commit.
            self._connection = sqlite3.connect(path, timeout=60, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise self._failure(error) from error
        self._lock = threading.Lock()
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(quiet=kind is not None)

    def get(self, keys: Sequence[str]) -> Iterator[tuple[str, Response]]:
        """The responses known for some keys, in no order.

        Raises:
            RunError: the file is damaged.
        """
        for start in range(0, len(keys), ASK_AT_ONCE):
            some = keys[start : start + ASK_AT_ONCE]
            marks = ",".join("?" * len(some))
            try:
                with self._lock:
                    rows = self._connection.execute(f"SELECT key, response FROM responses WHERE key IN ({marks})", some)
                    found = rows.fetchall()
            except sqlite3.Error as error:
                raise _damaged(error, self._path) from error
            for key, text in found:
                yield key, decode_response(text, self._path)

    def put(self, key: str, response: Response) -> None:
        """Write a response; it is on disk within milliseconds. Failed ones are not kept: they will be asked again.

        Raises:
            RunError: an earlier write failed, for example because the disk is full.
        """
        self._check()
        if not isinstance(response, FailedResponse):
            self._queue.put((key, encode_response(response)))

    def put_all(self, responses: Iterable[tuple[str, Response]]) -> None:
        """`put` for many."""
        for key, response in responses:
            self.put(key, response)

    def close(self, *, quiet: bool = False) -> None:
        """Write what is left and close the file. Safe to call twice.

        Args:
            quiet: do not raise for a failed write, because another error is already under way.
        """
        if self._writer.is_alive():
            self._queue.put(None)
            self._writer.join()
            self._connection.close()
        if not quiet:
            self._check()

    def _write(self) -> None:
        closing = False
        while not closing:
            rows = [self._queue.get()]
            while not self._queue.empty():
                rows.append(self._queue.get())
            closing = None in rows
            if self._error is None:
                try:
                    with self._lock:
                        self._connection.execute("BEGIN IMMEDIATE")
                        self._connection.executemany(
                            "INSERT OR IGNORE INTO responses VALUES (?, ?)", [row for row in rows if row]
                        )
                        self._connection.execute("COMMIT")
                except Exception as error:  # told to the next caller; the thread drains its queue
                    self._error = error

    def _check(self) -> None:
        if self._error is not None:
            raise self._failure(self._error) from self._error

    def _failure(self, error: Exception) -> RunError:
        return RunError(
            f"cannot be written ({error})",
            file=self._path,
            remedy="Free disk space or choose another folder, then run again with --resume",
        )


def encode_response(response: Response) -> str:
    """A response as one line of JSON. Floats keep every bit."""
    kind = "choice" if isinstance(response, ChoiceResponse) else "generation"
    return to_json({"kind": kind, **asdict(response)})


def decode_response(text: str, path: Path) -> Response:
    """Read `encode_response`'s line.

    Raises:
        RunError: it is damaged.
    """
    try:
        row: dict[str, Any] = json.loads(text)
        kind = KINDS[row.pop("kind")]
        if kind is ChoiceResponse:
            row["log_likelihoods"] = tuple(row["log_likelihoods"])
            row["greedy"] = tuple(row["greedy"])
        return kind(**row)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(error, path) from error


def _damaged(error: Exception, path: Path) -> RunError:
    return RunError(f"is damaged ({error})", file=path, remedy="Delete the file and run again")

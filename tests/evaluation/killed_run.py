"""A slow run that writes down what it is asked, to be run in a process of its own and killed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from jaeval.engines import ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.evaluation.run import evaluate

BEGUN = "--- begun\n"
SECONDS = 0.02
"""For each answer."""


def answer_by_length(prompt: str) -> str:
    return f"答えは{len(prompt)}です。"


class Slow(ScriptedEngine):
    """Writes down what it is asked, then answers one request after another; after `most` it waits to be killed."""

    def __init__(self, log: Path, most: int | None) -> None:
        super().__init__(answer_by_length)
        self._log, self._most = log, most

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(BEGUN + "".join(f"{request!r}\n" for request in requests))
        for index, request in enumerate(requests):
            while index == self._most:
                time.sleep(1)
            time.sleep(SECONDS)
            yield index, self._answer(request)


def run_slowly(tasks_dir: Path, out: Path, log: Path, tasks: list[str], most: int | None) -> None:
    evaluate(
        "name",
        tasks,
        engine=Slow(log, most),
        out=out,
        resume=True,
        cache=False,
        tasks_dirs=[tasks_dir],
        trust_task_code=True,
    )


def on_disk(out: Path) -> int:
    """How many answers the journal of a run holds, as another process sees it."""
    try:
        with closing(sqlite3.connect(f"file:{out / 'journal.sqlite'}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM responses").fetchone()
    except sqlite3.OperationalError:  # not made yet
        return 0
    return int(count)

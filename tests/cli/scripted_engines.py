"""Engines that the command line loads by name: `--engine scripted_engines:make` and the like."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from jaeval.engines import FailedResponse, ScriptedEngine
from jaeval.engines.protocol import Request, Response


def make(checkpoint: str, name: str = "scripted") -> ScriptedEngine:
    return ScriptedEngine(name=name)


class Slow(ScriptedEngine):
    """Takes its time for each answer, and notes each prompt it is asked in a file."""

    def __init__(self, delay: float, log: str) -> None:
        super().__init__()
        self._delay, self._log = delay, Path(log)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, response in super().respond(requests):
            time.sleep(self._delay)
            with self._log.open("a", encoding="utf-8") as handle:
                handle.write(f"{hash(requests[index])}\n")
            yield index, response


def slow(checkpoint: str, delay: float = 0.0, log: str = "asked.txt") -> ScriptedEngine:
    return Slow(delay, log)


class Failing(ScriptedEngine):
    """Fails at every second request for as long as a file is there."""

    def __init__(self, while_there: str) -> None:
        super().__init__()
        self._file = Path(while_there)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, response in super().respond(requests):
            failed = index % 2 and self._file.exists()
            yield index, FailedResponse("out of memory") if failed else response


def failing(checkpoint: str, while_there: str) -> ScriptedEngine:
    return Failing(while_there)


def speaking(checkpoint: str, says: str) -> ScriptedEngine:
    return ScriptedEngine(lambda prompt: says)


def wrong_type(checkpoint: str) -> str:
    return "an engine"

"""The engine starts beside the plan, works beside the caller, and stops when it is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from jaeval.engines import GenerationRequest, ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.errors import EngineError, RunError
from jaeval.evaluation.engine_thread import EngineThread

REQUESTS = [GenerationRequest((number, 1), 4) for number in range(5)]


class Watched(ScriptedEngine):
    """Tells in which threads it was used, and may hang or fail."""

    def __init__(self, *, hang_in: str = "", fail_in: str = "") -> None:
        super().__init__()
        self._hang_in, self._fail_in = hang_in, fail_in
        self.threads: list[str] = []
        self.closed = 0
        self.hanging = threading.Event()

    def _pass(self, place: str) -> None:
        self.threads.append(threading.current_thread().name)
        if self._fail_in == place:
            raise EngineError(f"failed in {place}")
        while self._hang_in == place:
            self.hanging.set()
            time.sleep(0.01)

    def start(self) -> None:
        self._pass("start")

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for number, response in super().respond(requests):
            yield number, response
            self._pass("respond")

    def close(self) -> None:
        self.closed += 1


def nothing(index: int, response: Response) -> None:
    """Record nothing."""


def test_it_is_started_and_asked_in_one_thread_that_is_not_ours() -> None:
    engine = Watched()
    recorded: list[int] = []
    with EngineThread(engine) as thread:
        thread.start()
        found = list(thread.respond(REQUESTS, lambda index, _: recorded.append(index)))
    assert [index for index, _ in found] == recorded == list(range(5))
    assert set(engine.threads) == {"engine"}
    assert engine.closed == 1
    assert thread.work_seconds > 0


def test_every_answer_is_recorded_however_busy_the_caller_is() -> None:
    recorded: list[int] = []
    with EngineThread(Watched()) as thread:
        responses = thread.respond(REQUESTS, lambda index, _: recorded.append(index))
        next(responses)
        deadline = time.monotonic() + 10
        while len(recorded) < 5 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert recorded == list(range(5))


def test_one_that_is_not_needed_is_not_started() -> None:
    engine = Watched()
    with EngineThread(engine) as thread:
        pass
    assert (engine.threads, engine.closed, thread.start_seconds) == ([], 1, 0.0)


@pytest.mark.parametrize("place", ["start", "respond"])
def test_its_errors_reach_the_caller(place: str) -> None:
    with EngineThread(Watched(fail_in=place)) as thread, pytest.raises(EngineError, match=f"failed in {place}"):
        list(thread.respond(REQUESTS, nothing))


def test_an_answer_that_cannot_be_recorded_is_an_error_of_the_caller() -> None:
    def full(index: int, response: Response) -> None:
        raise RunError("the disk is full")

    with EngineThread(Watched()) as thread, pytest.raises(RunError, match="the disk is full"):
        list(thread.respond(REQUESTS, full))


@pytest.mark.parametrize("place", ["start", "respond"])
def test_leaving_stops_it_wherever_it_is(place: str) -> None:
    engine = Watched(hang_in=place)
    began = time.monotonic()
    with EngineThread(engine) as thread:
        thread.start()
        if place == "respond":
            next(thread.respond(REQUESTS, nothing))
        assert engine.hanging.wait(10)
    assert engine.closed == 1
    assert time.monotonic() - began < 20

"""An event loop in a thread: results come in order, errors come last, and nothing outlives it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from jaeval.engines.server.loop import Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


async def count(give: Callable[[int], None], to: int, then: Exception | None = None) -> None:
    for number in range(to):
        await asyncio.sleep(0)
        give(number)
    if then is not None:
        raise then


def test_results_come_in_order(loop: Loop) -> None:
    assert list(loop.stream(lambda give: count(give, 5))) == [0, 1, 2, 3, 4]


def test_an_error_comes_after_the_results(loop: Loop) -> None:
    found: list[int] = []
    with pytest.raises(ValueError, match="at the end"):
        found.extend(loop.stream(lambda give: count(give, 3, ValueError("at the end"))))
    assert found == [0, 1, 2]


def test_what_is_left_early_is_cancelled(loop: Loop) -> None:
    cancelled: list[bool] = []

    async def endless(give: Callable[[int], None]) -> None:
        try:
            give(1)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    results = loop.stream(endless)
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]
    loop.close()
    assert cancelled == [True]


def test_a_result_and_an_error_are_waited_for(loop: Loop) -> None:
    async def give(error: Exception | None) -> int:
        await asyncio.sleep(0.3)
        if error is not None:
            raise error
        return 7

    assert loop.wait(give(None)) == 7
    with pytest.raises(TimeoutError, match="its own"):
        loop.wait(give(TimeoutError("its own")))


def test_work_that_will_not_be_cancelled_does_not_hold_the_end_up(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop()

    async def stubborn() -> None:
        for _ in range(100):
            try:
                await asyncio.sleep(0.2)
            except asyncio.CancelledError:
                continue

    loop.begin(stubborn())
    began = time.monotonic()
    loop.close()
    loop.close()
    assert time.monotonic() - began < 8

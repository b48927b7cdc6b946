"""An event loop in a thread of its own, asked from ordinary code that may be interrupted at any time."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

Result = TypeVar("Result")
GLANCE_S = 0.2
"""How often a waiting thread looks up, so that it can be interrupted."""


class Loop:
    """An event loop that runs until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def begin(self, work: Coroutine[Any, Any, Result]) -> concurrent.futures.Future[Result]:
        """Begin some work; its future tells how it ends."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do some work and give its result. Interrupted, it cancels the work."""
        future = self.begin(work)
        try:
            while True:
                try:
                    return future.result(GLANCE_S)
                except concurrent.futures.TimeoutError:
                    if future.done():  # the work's own
                        raise
        finally:
            future.cancel()

    def stream(self, work: Callable[[Callable[[Result], None]], Coroutine[Any, Any, None]]) -> Iterator[Result]:
        """Do some work that gives one result after another. Left early or interrupted, it cancels the work.

        Args:
            work: is given a function that takes the results; what it raises is raised when all of them have been given.
        """
        given: queue.SimpleQueue[tuple[Result] | None] = queue.SimpleQueue()
        future = self.begin(work(lambda result: given.put((result,))))
        future.add_done_callback(lambda _: given.put(None))
        try:
            while True:
                try:
                    found = given.get(timeout=GLANCE_S)
                except queue.Empty:
                    continue
                if found is None:
                    break
                yield found[0]
            future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """Cancel what is under way and end the thread. Safe to call twice."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        if not self._loop.is_running() and not self._loop.is_closed():
            self._loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=5.0)

"""An engine in a thread of its own: it starts while the plan is made, and works while answers are scored."""

from __future__ import annotations

import ctypes
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from jaeval.engines.protocol import Engine, Request, Response

PATIENCE_S = 60.0
"""How long an interrupted engine may take to come to a place where it can stop."""


class _Stopped(BaseException):
    """Raised inside the thread, to leave whatever it is doing."""


class EngineThread:
    """Runs one engine. A context manager: leaving it stops the engine, whatever it is doing, and closes it.

    Args:
        engine: started and asked in the thread only.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread: threading.Thread | None = None
        self._asked: queue.SimpleQueue[tuple[Sequence[Request], Callable[[int, Response], None]] | None]
        self._asked = queue.SimpleQueue()
        self._given: queue.SimpleQueue[tuple[int, Response] | BaseException | None] = queue.SimpleQueue()
        self._leaving = False
        self.start_seconds = 0.0
        """How long the engine took to start; 0 where it was not needed."""
        self.work_seconds = 0.0
        """How long it worked on requests, its start not included."""

    def __enter__(self) -> EngineThread:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to start the engine. Returns at once; a second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
            self._thread.start()

    def respond(
        self, requests: Sequence[Request], record: Callable[[int, Response], None]
    ) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`.

        Args:
            requests: what is asked.
            record: called in the engine's thread with each response at once, however busy the caller is.

        Raises:
            EngineError, RunError: what the engine or `record` raised.
        """
        self.start()
        self._asked.put((requests, record))
        while (given := self._given.get()) is not None:
            if isinstance(given, BaseException):
                raise given
            yield given

    def close(self) -> None:
        """Stop and close the engine. Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._leaving = True
            self._asked.put(None)
            thread.join(0.05)
            if thread.is_alive():  # in the middle of its start, or of a batch
                _raise_in(thread, _Stopped)
                thread.join(PATIENCE_S)
        if thread is None or not thread.is_alive():
            self._engine.close()

    def _run(self) -> None:
        try:
            began = time.monotonic()
            self._engine.start()
            self.start_seconds = time.monotonic() - began
            while (asked := self._asked.get()) is not None:
                self._work(*asked)
        except _Stopped:
            pass
        except BaseException as error:  # told to the caller, in whose thread it belongs
            self._given.put(error)

    def _work(self, requests: Sequence[Request], record: Callable[[int, Response], None]) -> None:
        began = time.monotonic()
        responses = self._engine.respond(requests)
        for index, response in responses:
            if self._leaving:
                break
            record(index, response)
            self._given.put((index, response))
        self.work_seconds += time.monotonic() - began
        self._given.put(None)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Have a thread raise an error at its next step in Python, as a signal would in the main thread."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(error))

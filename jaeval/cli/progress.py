"""A run's live progress on stderr: bars on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

PLAIN_EVERY = 15.0
"""Seconds between lines where stderr is no terminal."""
MOST_BARS = 12
"""Tasks that have a bar of their own; more share one, which a terminal has room for."""
FIRST_ESTIMATE = 10
"""Items to wait for before the time left is guessed."""


class Live:
    """A context manager that draws on stderr, so stdout stays for results: bars on a terminal, lines elsewhere.

    Args:
        field: of each bar, shown behind its count.
    """

    def __init__(self, field: str) -> None:
        self._console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._live = sys.stderr.isatty()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(f"{{task.fields[{field}]}}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )

    def __enter__(self) -> Self:
        if self._live:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._bars.stop()

    def say(self, text: str) -> None:
        """A line for people."""
        self._console.print(text, soft_wrap=True)


class LiveProgress(Live):
    """See `jaeval.evaluation.progress.Progress`."""

    def __init__(self) -> None:
        super().__init__("speed")
        self._phase: TaskID | None = None
        self._tasks: dict[str, TaskID] = {}
        self._done: dict[str, int] = {}
        self._size: dict[str, int] = {}
        self._tokens: dict[str, int] = {}
        self._first = 0.0
        self._cached = 0
        self._said = time.monotonic()

    def phase(self, text: str) -> None:
        """See `Progress.phase`."""
        if not self._live:
            self.say(text)
        elif self._phase is None:
            self._phase = self._bars.add_task(text, total=None, speed="")
        else:
            self._bars.update(self._phase, description=text)

    def planned(self, items: dict[str, int]) -> None:
        """See `Progress.planned`."""
        self._size = dict(items)
        self._done = dict.fromkeys(items, 0)
        self._tokens = dict.fromkeys(items, 0)
        if not self._live:
            return
        if len(items) > MOST_BARS:
            shared = self._bars.add_task(f"{len(items)} tasks", total=sum(items.values()), speed="")
            self._tasks = dict.fromkeys(items, shared)
        else:
            self._tasks = {name: self._bars.add_task(name, total=count, speed="") for name, count in items.items()}

    def answered(self, task: str, tokens: int, *, cached: bool) -> None:
        """See `Progress.answered`."""
        now = time.monotonic()
        if not cached and not self._first:
            self._first = now
            if self._phase is not None:
                self._bars.update(self._phase, visible=False)
        self._done[task] += 1
        self._cached += cached
        self._tokens[task] += tokens
        if self._live:
            shared = len(self._size) > MOST_BARS
            tokens = sum(self._tokens.values()) if shared else self._tokens[task]
            self._bars.update(self._tasks[task], advance=1, speed=self._speed(tokens, now))
        elif now - self._said >= PLAIN_EVERY:
            self._said = now
            self.say(self._line(now))

    def _speed(self, tokens: int, now: float) -> str:
        seconds = now - self._first if self._first else 0.0
        return f"{tokens / seconds:,.0f} tok/s" if tokens and seconds > 0.5 else ""

    def _line(self, now: float) -> str:
        done, size = sum(self._done.values()), sum(self._size.values())
        seconds = now - self._first if self._first else 0.0
        asked = done - self._cached
        parts = [f"{done:,}/{size:,} items", self._speed(sum(self._tokens.values()), now)]
        if asked >= FIRST_ESTIMATE and done < size:
            parts.append(f"about {seconds / asked * (size - done):,.0f} s left")
        return ", ".join(part for part in parts if part)

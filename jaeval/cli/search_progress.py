"""A search's live progress on stderr: one bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time

from rich.progress import TaskID

from jaeval.cli.console import visible
from jaeval.cli.progress import PLAIN_EVERY, Live
from jaeval.fitness.search.log import Trial


class LiveSearch(Live):
    """See `SearchProgress`."""

    def __init__(self) -> None:
        super().__init__("best")
        self._bar: TaskID | None = None
        self._said = 0.0

    def say(self, text: str) -> None:
        """A line for people."""
        super().say(visible(text))

    def trial(self, trial: Trial, best: Trial | None, trials: int) -> None:
        """See `SearchProgress.trial`."""
        if trial.failure is not None:
            self.say(f"trial {trial.number} failed: {trial.failure}")
        shown = "" if best is None else f"best {100 * best.score:.1f} (trial {best.number})"
        if self._live:
            if self._bar is None:
                self._bar = self._bars.add_task("trials", total=trials, best=shown)
            self._bars.update(self._bar, completed=trial.number + 1, best=shown)
        elif time.monotonic() - self._said >= PLAIN_EVERY or trial.number + 1 == trials:
            self._said = time.monotonic()
            self.say(f"{trial.number + 1:,}/{trials:,} trials, {shown or 'none has a score of its own yet'}")

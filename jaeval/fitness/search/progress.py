"""How a search tells how it goes on."""

from __future__ import annotations

from typing import Protocol

from jaeval.fitness.search.log import Trial


class SearchProgress(Protocol):
    """Told how a search goes on."""

    def say(self, text: str) -> None:
        """A line for people."""

    def trial(self, trial: Trial, best: Trial | None, trials: int) -> None:
        """A trial is done, or was found in the log."""


class SilentSearch:
    """Tells nobody."""

    def say(self, text: str) -> None:
        """See `SearchProgress`."""

    def trial(self, trial: Trial, best: Trial | None, trials: int) -> None:
        """See `SearchProgress`."""

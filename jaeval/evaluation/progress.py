"""What a run tells of itself while it goes on. The command line draws it; a program may listen, or not."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to a run. Every call is quick; none may raise."""

    def phase(self, text: str) -> None:
        """Something began: reading tasks, starting the engine, scoring."""
        ...

    def planned(self, items: dict[str, int]) -> None:
        """The plan is made: how many items each task has."""
        ...

    def answered(self, task: str, tokens: int, *, cached: bool) -> None:
        """An item is finished, at a cost of so many tokens (0 where it was cached)."""
        ...


class Silent:
    """Tells nobody."""

    def phase(self, text: str) -> None:
        """See `Progress.phase`."""

    def planned(self, items: dict[str, int]) -> None:
        """See `Progress.planned`."""

    def answered(self, task: str, tokens: int, *, cached: bool) -> None:
        """See `Progress.answered`."""

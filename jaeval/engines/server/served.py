"""What engines have in common whose answers come from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Served(Protocol):
    """An engine that asks servers."""

    def service(self) -> dict[str, Any]:
        """What the answers took so far, as `jaeval.results.schema.Service` has it."""
        ...


@runtime_checkable
class Choosy(Protocol):
    """An engine that may be unable to score choices."""

    def require_choices(self) -> None:
        """Pass where choices can be scored.

        Raises:
            EngineError: they cannot; names what can be asked instead.
        """
        ...


@runtime_checkable
class Paid(Protocol):
    """An engine that costs money."""

    def keep_accounts(self, file: Path) -> None:
        """Keep what is spent in a file, and go on counting from what it holds.

        Raises:
            RunError: it cannot be read.
        """
        ...

"""What engines have in common whose answers come from elsewhere."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Served(Protocol):
    """An engine that asks servers."""

    def service(self) -> dict[str, Any]:
        """What the answers took so far, as `jaeval.results.schema.Service` has it."""
        ...

"""How much a fitness may spend."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.errors import FitnessError


class BudgetError(FitnessError):
    """The budget does not allow another item. Not a candidate's failure: no penalty stands for it."""


@dataclass(slots=True)
class Budget:
    """Limits, and what was spent. Items that were known before cost nothing.

    Attributes:
        items: the most items that the engine may answer; None: no limit.
        seconds: the most seconds that candidates may take; None: no limit.
        spent_items, spent_seconds: so far.
    """

    items: int | None = None
    seconds: float | None = None
    spent_items: int = 0
    spent_seconds: float = 0.0

    @property
    def items_left(self) -> int | None:
        """How many more items may be answered; None: no limit."""
        return None if self.items is None else max(self.items - self.spent_items, 0)

    def check(self, wanted: int) -> None:
        """Refuse to begin what the budget does not allow.

        Args:
            wanted: items that would be answered now.

        Raises:
            BudgetError: they are more than are left, or the time is up.
        """
        if self.items_left is not None and wanted > self.items_left:
            raise BudgetError(f"{wanted} items are wanted and {self.items_left} are left", field="budget.items")
        if self.seconds is not None and wanted and self.spent_seconds >= self.seconds:
            raise BudgetError(f"{self.spent_seconds:.0f} of {self.seconds:.0f} s are spent", field="budget.seconds")

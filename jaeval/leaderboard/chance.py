"""What guessing and an answer that is always the same would score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def above_chance(value: float, chance: float) -> float:
    """A score on a scale on which guessing is 0 and full marks are 1; below 0 where it is worse than guessing.

    Example:
        >>> above_chance(0.625, 0.25), above_chance(0.25, 0.25)
        (0.5, 0.0)
    """
    return (value - chance) / (1 - chance)


def majority_share(targets: Iterable[str]) -> float | None:
    """The accuracy of always giving the most frequent right answer; None without targets.

    Example:
        >>> majority_share(["はい", "いいえ", "はい", "はい"])
        0.75
    """
    counts = Counter(targets)
    return max(counts.values()) / counts.total() if counts else None


def no_better(value: float, low: float | None, level: float) -> bool:
    """Whether a score is not shown to be better than a level: its 95 % interval reaches down to it."""
    return (value if low is None else low) <= level

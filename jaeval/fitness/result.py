"""What a fitness says of a candidate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class TaskScore(NamedTuple):
    """One task's part: the mean over its items, its standard error (None where n < 2), and how many items."""

    score: float
    se: float | None
    n: int


@dataclass(frozen=True, slots=True)
class FitnessResult:
    """A candidate's score on the fitness's items.

    Attributes:
        score: the weighted mean of the tasks' scores; the declared penalty where the candidate failed.
        se: its standard error; None where a task has fewer than two items, or the candidate failed.
        n: items scored; 0 where the candidate failed.
        per_item: each item's value, in the frozen order: the same items, in the same order, for every candidate.
        per_task: each task's score.
        seconds: what it took, by phase: candidate (merging, hashing, checks), swap, canary, engine, scoring, all.
        weight_hash: the sha256 of the candidate's tensors; empty where it failed before they were known.
        failure: why it has no score of its own; None where it has one.
        cached: how many of the items were known before.
        warnings: what a reader of the score must know, such as that report items were allowed.
    """

    score: float
    se: float | None
    n: int
    per_item: dict[str, float] = field(repr=False)
    per_task: dict[str, TaskScore]
    seconds: dict[str, float] = field(repr=False)
    weight_hash: str
    failure: str | None = None
    cached: int = 0
    warnings: tuple[str, ...] = ()

"""Two runs on the items that both answered, joined by the documents' hashes: task by task and over all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from jaeval.errors import BoardError
from jaeval.leaderboard.intervals import macro_stderr
from jaeval.leaderboard.paired import PairedTest, holm, paired_test
from jaeval.results.submission import ItemScore, Submission

NORMAL = NormalDist()
Key = tuple[str, str, str]
"""Task, metric and filter."""
Joint = tuple[str, int]
"""A document's hash, and which of its repeats in the task."""


@dataclass(frozen=True, slots=True)
class TaskComparison:
    """One task.

    Attributes:
        task, metric, filter: which number is compared: the first run's primary one, where both have it item by item.
        test: of the items that both answered.
        only_first, only_second: items that one of them alone has.
    """

    task: str
    metric: str
    filter: str
    test: PairedTest
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True)
class Overall:
    """The mean of the tasks' differences, each task with the same weight.

    Attributes:
        difference, stderr, low, high: the first run minus the second; tasks share no items, so their errors are
            independent. None where some task's is unknown.
        p: two-sided, by the normal distribution.
        tasks: how many.
    """

    difference: float
    stderr: float | None
    low: float | None
    high: float | None
    p: float | None
    tasks: int


@dataclass(frozen=True, slots=True)
class DifferingItem:
    """An item on which the runs score differently."""

    first: ItemScore
    second: ItemScore


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared.

    Attributes:
        first, second: the models' names.
        tasks: one by one; their p values are corrected for all of them by Holm.
        overall: over the tasks.
        differing: items on which they differ, in the order of tasks and documents.
        not_compared: tasks of both that share no item with a number.
    """

    first: str
    second: str
    tasks: tuple[TaskComparison, ...]
    overall: Overall
    differing: tuple[DifferingItem, ...]
    not_compared: tuple[str, ...]


def compare(first: Submission, second: Submission, task: str | None = None) -> Comparison:
    """Compare two runs.

    Args:
        first, second: what they scored, with their items.
        task: only this one.

    Raises:
        BoardError: a run has no items, or they share none.
        JaevalError: a run's items cannot be read.
    """
    mine, theirs = _items(first, task), _items(second, task)
    both = [name for name in dict.fromkeys(key[0] for key in mine) if any(key[0] == name for key in theirs)]
    compared: list[TaskComparison] = []
    differing: list[DifferingItem] = []
    not_compared = []
    for name in both:
        key = _common_key(name, first, mine, theirs)
        if key is None:
            not_compared.append(name)
            continue
        shared = [joint for joint in mine[key] if joint in theirs[key]]
        pairs = [(mine[key][joint], theirs[key][joint]) for joint in shared]
        test = paired_test(
            [a.score or 0.0 for a, _ in pairs], [b.score or 0.0 for _, b in pairs], [a.cluster for a, _ in pairs]
        )
        compared.append(TaskComparison(*key, test, len(mine[key]) - len(shared), len(theirs[key]) - len(shared)))
        differing += [DifferingItem(a, b) for a, b in pairs if a.score != b.score]
    if not compared:
        problem = "share no item with a number" if task is None else f"share no item of {task!r} with a number"
        raise BoardError(f"{problem}: {first.source} and {second.source}", remedy="Paired tests need the same items")
    corrected = holm([entry.test.p for entry in compared])
    compared = [replace(e, test=replace(e.test, p_holm=p)) for e, p in zip(compared, corrected, strict=True)]
    return Comparison(
        first=first.model,
        second=second.model,
        tasks=tuple(compared),
        overall=over_all([entry.test for entry in compared]),
        differing=tuple(differing),
        not_compared=tuple(not_compared),
    )


def over_all(tests: Sequence[PairedTest]) -> Overall:
    """The mean of independent differences."""
    share = 1 / len(tests)
    difference = math.fsum(test.difference for test in tests) * share
    errors = [test.stderr for test in tests if test.stderr is not None]
    if len(errors) < len(tests):
        return Overall(difference, None, None, None, None, len(tests))
    stderr = macro_stderr([share] * len(tests), errors)
    if not stderr:
        return Overall(difference, stderr, None, None, None, len(tests))
    reach = NORMAL.inv_cdf(0.975) * stderr
    p = 2 * NORMAL.cdf(-abs(difference) / stderr)
    return Overall(difference, stderr, difference - reach, difference + reach, p, len(tests))


def _items(submission: Submission, task: str | None) -> dict[Key, dict[Joint, ItemScore]]:
    """A run's items that have a number, by the number they belong to and by document."""
    found: dict[Key, dict[Joint, ItemScore]] = {}
    repeats: dict[tuple[Key, str], int] = {}
    for item in submission.items():
        key = (item.task, item.metric, item.filter)
        if not item.item or (task is not None and item.task != task):
            continue
        repeat = repeats[key, item.item] = repeats.get((key, item.item), -1) + 1
        if item.score is not None:
            found.setdefault(key, {})[item.item, repeat] = item
    if not found:
        what = "has no items" if task is None else f"has no items of {task!r}"
        raise BoardError(f"{what} with a number and a document's hash", file=submission.source)
    return found


def _common_key(
    task: str,
    first: Submission,
    mine: Mapping[Key, Mapping[Joint, ItemScore]],
    theirs: Mapping[Key, Mapping[Joint, ItemScore]],
) -> Key | None:
    """The first run's primary number of a task, or its first other one that both have on shared items."""
    primary = {(score.task, score.metric, score.filter) for score in first.scores if score.primary}
    for key in sorted((key for key in mine if key[0] == task), key=lambda key: key not in primary):
        if key in theirs and not mine[key].keys().isdisjoint(theirs[key]):
            return key
    return None

"""Items of many models in one table for each column, so that models that saw the same item are compared on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jaeval.leaderboard.chance import majority_share
from jaeval.leaderboard.collect import Entrant, Place
from jaeval.results.submission import Submission

LARGEST_NUMBER = 1e9
"""No score, of an item or of a task, is larger; squares of what is would not be finite."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One model's items in one place of the board.

    Attributes:
        units: for each item the number of its unit, the item itself or its cluster, in the column's table.
        scores: the items' values.
    """

    units: NDArray[np.int64]
    scores: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return float(self.scores.mean())

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(np.unique(self.units))

    @property
    def binary(self) -> bool:
        """Whether all values are rights and wrongs, 1 and 0."""
        return bool(np.isin(self.scores, (0.0, 1.0)).all())


@dataclass(slots=True)
class ColumnItems:
    """A column's items.

    Attributes:
        units: numbers of items and clusters.
        targets: each item's right answer, as the first model gives it.
        answers: by entrant and version of the prompt.
        without_number: where there are items whose values are no numbers, the parts of a corpus metric.
    """

    units: dict[tuple[str, str, int], int] = field(default_factory=dict)
    targets: dict[tuple[str, str, int], str] = field(default_factory=dict)
    answers: dict[tuple[int, str], Answers] = field(default_factory=dict)

    def unit(self, item: str, cluster: str, repeat: int) -> int:
        """An item's unit: its cluster, else itself. The same document twice in a task is two items."""
        key = ("", cluster, 0) if cluster else (item, "", repeat)
        return self.units.setdefault(key, len(self.units))

    @property
    def majority(self) -> float | None:
        """The share of the most frequent right answer; None where no item names one."""
        return majority_share(self.targets.values())


@dataclass(slots=True)
class _Gathered:
    units: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)


def read_items(entrants: Sequence[Entrant]) -> dict[str, ColumnItems]:
    """Read the items of all scores on the board, each submission's once.

    Returns:
        By column; columns without items have no entry.

    Raises:
        JaevalError: a submission's items cannot be read.
    """
    columns: dict[str, ColumnItems] = {}
    for number, entrant in enumerate(entrants):
        for submission, wanted in _wanted(entrant):
            gathered: dict[Place, _Gathered] = {}
            for item in submission.items():
                for place in wanted.get((item.task, item.metric, item.filter), ()):
                    if item.score is None or not abs(item.score) < LARGEST_NUMBER:
                        continue
                    column = columns.setdefault(place[0], ColumnItems())
                    own = gathered.setdefault(place, _Gathered())
                    repeat = own.seen[item.item] = own.seen.get(item.item, -1) + 1
                    own.units.append(column.unit(item.item or f"#{item.doc_id}", item.cluster, repeat))
                    own.scores.append(item.score)
                    if item.target:
                        column.targets.setdefault((item.item, "", repeat), item.target)
            for (key, prompt), own in gathered.items():
                columns[key].answers[number, prompt] = Answers(np.array(own.units, np.int64), np.array(own.scores))
    return columns


def _wanted(entrant: Entrant) -> Iterable[tuple[Submission, dict[tuple[str, str, str], list[Place]]]]:
    """For each of a model's submissions which of its items belong where."""
    by_submission: dict[int, tuple[Submission, dict[tuple[str, str, str], list[Place]]]] = {}
    for place, found in entrant.found.items():
        submission, score = found.given.submission, found.score
        _, wanted = by_submission.setdefault(id(submission), (submission, {}))
        wanted.setdefault((score.task, score.metric, score.filter), []).append(place)
    return by_submission.values()

"""Each score's uncertainty: from its items where there are any, else from what its source says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jaeval.leaderboard.collect import Entrant, Place
from jaeval.leaderboard.columns import Slot
from jaeval.leaderboard.intervals import clustered_stderr, student, wilson
from jaeval.leaderboard.item_table import LARGEST_NUMBER, Answers, ColumnItems
from jaeval.results.submission import TaskScore

RIGHT_OR_WRONG = ("acc", "exact_match")
"""Metrics whose items are right or wrong in every harness, so that a score and its n say all."""
LARGEST_FRACTION = 1.5
"""chABSA's adjusted F1 may exceed 1 by so much; a number beyond is in points, or has no scale."""
SAME = 1e-3
"""Two standard errors that differ by less, relatively, are the same."""


@dataclass(slots=True)
class Measured:
    """A score with its uncertainty, in the column's unit.

    Attributes:
        value, stderr, low, high: None where unknown.
        method: how the interval was made: wilson, t, clustered, normal, bca or source; empty where there is none.
        n: items scored; None where unknown.
        freedom: degrees of freedom of the standard error.
        proportion: its items are right or wrong, and stand alone.
        disagrees: the mean of the items, where it is another number than the score.
        from_items: value and uncertainty follow from the items.
        reason: why there is no value, where the score has one that cannot be shown.
    """

    value: float | None
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    n: int | None = None
    freedom: float = math.inf
    proportion: bool = False
    disagrees: float | None = None
    from_items: bool = False
    reason: str = ""


def measure(
    entrants: Sequence[Entrant], slots: Sequence[Slot], items: Mapping[str, ColumnItems]
) -> list[dict[Place, Measured]]:
    """All scores of all entrants with their uncertainty."""
    by_key = {slot.column.key: slot for slot in slots}
    measured: list[dict[Place, Measured]] = []
    for number, entrant in enumerate(entrants):
        own: dict[Place, Measured] = {}
        for place, found in entrant.found.items():
            key, prompt = place
            answers = items[key].answers.get((number, prompt)) if key in items else None
            own[place] = _measured(found.score, by_key[key], answers)
        measured.append(own)
    _fill_intervals([entry for own in measured for entry in own.values()])
    return measured


def _measured(score: TaskScore, slot: Slot, answers: Answers | None) -> Measured:
    factor = slot.metrics.get(score.metric, slot.column.scale) / slot.column.scale
    if score.value is None:
        return Measured(None, n=score.n, reason=score.note)
    if not abs(score.value) < LARGEST_NUMBER:
        return Measured(None, n=score.n, reason=f"{score.value} in the source")
    if not slot.metrics and abs(score.value) > LARGEST_FRACTION:
        return Measured(None, n=score.n, reason=f"{score.value} is no fraction; the definition gives no scale for it")
    if answers is not None and len(answers.scores):
        found = _from_items(answers)
        if (
            found.value is not None
            and math.isfinite(found.stderr or 0.0)
            and math.isclose(found.value, score.value, rel_tol=1e-6, abs_tol=1e-6)
        ):
            found.from_items = True
            return _scaled(found, factor)
    told = _as_told(score, slot)
    if answers is not None and answers.binary:
        told.disagrees = answers.mean * factor
    return _scaled(told, factor)


def _scaled(found: Measured, factor: float) -> Measured:
    if factor == 1:
        return found
    found.proportion = False  # its unit is no longer that of a proportion
    for name in ("value", "stderr", "low", "high"):
        number = getattr(found, name)
        setattr(found, name, None if number is None else number * factor)
    return found


def _from_items(answers: Answers) -> Measured:
    n, units = len(answers.scores), answers.unit_count
    if units < n:
        _, numbers = np.unique(answers.units, return_inverse=True)
        stderr = clustered_stderr(answers.scores, numbers)
        if not stderr and answers.binary:  # all right or all wrong
            return Measured(answers.mean, stderr, n=n, proportion=True)
        return Measured(answers.mean, stderr, method="clustered", n=n, freedom=max(units - 1.0, 1.0))
    stderr = float(answers.scores.std(ddof=1)) / math.sqrt(n) if n > 1 else None
    return Measured(answers.mean, stderr, method="t", n=n, freedom=max(n - 1.0, 1.0), proportion=answers.binary)


def _as_told(score: TaskScore, slot: Slot) -> Measured:
    value, stderr, n = score.value, score.stderr, score.n
    assert value is not None
    if stderr is not None and not 0 <= stderr < LARGEST_NUMBER:
        stderr = None
    if n is not None and n < 1:
        n = None
    inside = 0 <= value <= 1
    if n is None and score.metric in RIGHT_OR_WRONG and inside:
        n = items_behind(value, stderr) if stderr else slot.column.items
    freedom = math.inf if n is None or n < 2 else n - 1.0
    if n and inside:
        expected = math.sqrt(value * (1 - value) / max(n - 1, 1))
        spread = stderr is not None and math.isclose(stderr, expected, rel_tol=SAME, abs_tol=1e-12)
        if spread if stderr is not None and expected else score.metric in RIGHT_OR_WRONG:
            return Measured(value, expected if n > 1 else None, n=n, freedom=freedom, proportion=True)
    if (
        score.low is not None
        and score.high is not None
        and -LARGEST_NUMBER < score.low <= value <= score.high < LARGEST_NUMBER
    ):
        return Measured(value, stderr, score.low, score.high, "source", n, freedom)
    return Measured(value, stderr, method="normal" if stderr else "", n=n, freedom=freedom)


def items_behind(value: float, stderr: float) -> int | None:
    """How many rights and wrongs have this mean and this standard error, √(p(1−p)/(n−1)).

    Returns:
        None where no whole number does: then the items are not right or wrong.

    Example:
        >>> items_behind(0.016, 0.007951661188874339), items_behind(0.5, 0.0123)
        (250, None)
    """
    n = value * (1 - value) / stderr / stderr + 1  # its square may be nothing
    whole = round(n) if n < 1e9 else 0
    return (
        whole if whole > 1 and abs(n - whole) < 1e-6 * n and abs(value * whole - round(value * whole)) < 1e-6 else None
    )


def _fill_intervals(measured: Sequence[Measured]) -> None:
    """Wilson's interval for proportions, Student's for other means, the normal one where n is unknown; all at once."""
    counted = [entry for entry in measured if entry.proportion and entry.value is not None and entry.n]
    if counted:
        n = np.array([entry.n for entry in counted], float)
        lows, highs = wilson(np.array([entry.value for entry in counted]) * n, n)
        for entry, low, high in zip(counted, lows, highs, strict=True):
            entry.low, entry.high, entry.method = float(low), float(high), "wilson"
    spread = [entry for entry in measured if entry.low is None and entry.value is not None and entry.stderr]
    if spread:
        values = np.array([entry.value for entry in spread])
        errors = np.array([entry.stderr for entry in spread])
        lows, highs = student(values, errors, np.array([entry.freedom for entry in spread]))
        for entry, low, high in zip(spread, lows, highs, strict=True):
            entry.low, entry.high = float(low), float(high)
            if entry.method == "normal" and entry.n is not None:
                entry.method = "t"
    for entry in measured:
        if entry.low is None:
            entry.method = ""

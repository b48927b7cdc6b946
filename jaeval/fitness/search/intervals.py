"""Intervals of scores that were chosen among many, and of differences on the same items."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from jaeval.fitness.objective import combine
from jaeval.results.statistics import LEVEL, estimate_mean

DRAWS = 2000
TOGETHER = 200
"""Draws at a time: keeps memory small for many trials of many items."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval; the bounds are None where there are too few items."""

    value: float
    low: float | None
    high: float | None


def plain_interval(values: Sequence[float], tasks: Sequence[str], weights: Mapping[str, float]) -> Interval:
    """The interval of one score that nobody chose: Wilson's or Student's for one task, the normal one for several."""
    score, se, per_task = combine(values, tasks, weights)
    if len(per_task) == 1:
        found = estimate_mean(values)
        return Interval(score, found.low, found.high)
    reach = None if se is None else NormalDist().inv_cdf((1 + LEVEL) / 2) * se
    return Interval(score, None, None) if reach is None else Interval(score, score - reach, score + reach)


def paired_interval(
    ours: Sequence[float], theirs: Sequence[float], tasks: Sequence[str], weights: Mapping[str, float]
) -> Interval:
    """The difference of two scores on the same items, by the items' own differences.

    Example:
        >>> paired_interval([1, 1, 0, 1], [0, 1, 0, 1], ["a"] * 4, {"a": 1.0}).value
        0.25
    """
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    score, se, _ = combine(differences, tasks, weights)
    if se is None:
        return Interval(score, None, None)
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * se
    return Interval(score, score - reach, score + reach)


def chosen_interval(
    values: Sequence[Sequence[float]],
    chosen: int,
    tasks: Sequence[str],
    weights: Mapping[str, float],
    seed: int = 0,
) -> Interval:
    """An interval for the score of a candidate that was chosen by it: it covers whichever was chosen.

    All candidates' scores together lie in intervals of this width with 95 % certainty: score ± q · SE, with q the 95 %
    quantile of the largest |error| / SE over the candidates, found by a Gaussian multiplier bootstrap of the items,
    which keeps how the candidates' scores move together (Chernozhukov, Chetverikov and Kato 2013, doi
    10.1214/13-AOS1161). q grows with the number of candidates and shrinks as they resemble each other. Trials that were
    proposed by earlier scores on the same items are treated as if they had been fixed before: for them it is a guide.

    Args:
        values: each candidate's item values.
        chosen: the place of the one chosen.
        tasks: each item's task.
        weights: each task's share.
        seed: of the draws.
    """
    matrix = np.asarray(values, dtype=np.float64)
    score = combine(list(values[chosen]), tasks, weights)[0]
    errors = _errors(matrix, tasks, weights)
    stderr = np.sqrt((errors**2).sum(axis=1))
    if not stderr[chosen] > 0:
        return Interval(score, None, None)
    moving = errors[stderr > 0] / stderr[stderr > 0][:, None]
    random = np.random.default_rng(seed)
    largest = [
        np.abs(moving @ random.standard_normal((moving.shape[1], TOGETHER))).max(axis=0)
        for _ in range(DRAWS // TOGETHER)
    ]
    reach = float(np.quantile(np.concatenate(largest), LEVEL)) * float(stderr[chosen])
    return Interval(score, score - reach, score + reach)


def _errors(matrix: NDArray[np.float64], tasks: Sequence[str], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Each item's part in each score's error; a row's squares add up to its squared standard error."""
    errors = np.zeros_like(matrix)
    names = np.asarray(tasks)
    whole = math.fsum(weights[task] for task in dict.fromkeys(tasks))
    for task in dict.fromkeys(tasks):
        own = names == task
        n = int(own.sum())
        if n > 1:
            centred = matrix[:, own] - matrix[:, own].mean(axis=1, keepdims=True)
            errors[:, own] = weights[task] / whole * centred / math.sqrt(n * (n - 1))
    return errors

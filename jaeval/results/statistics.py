"""From item values to a score with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score, its standard error (None where n < 2) and its 95 % interval."""

    value: float | None
    stderr: float | None
    low: float | None
    high: float | None
    n: int


def estimate_mean(values: Sequence[float]) -> Estimate:
    """The mean of item values, s/√n with n−1, and a 95 % interval.

    Rights and wrongs (0 and 1) get Wilson's interval, which holds for small n and near 0 and 1; other values get
    Student's t. Both by scipy.
    """
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, None, 0)
    mean = math.fsum(values) / n
    stderr = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n) if n > 1 else None
    from scipy import stats

    if all(value in (0, 1) for value in values):
        interval = stats.binomtest(round(sum(values)), n).proportion_ci(LEVEL, method="wilson")
        return Estimate(mean, stderr, float(interval.low), float(interval.high), n)
    if stderr is None:
        return Estimate(mean, None, None, None, n)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * stderr
    return Estimate(mean, stderr, mean - reach, mean + reach, n)


def estimate_by_bootstrap(values: Sequence[Any], aggregate: Callable[[list[Any]], float], seed: int = 0) -> Estimate:
    """A score that is no mean (F1, MCC, BLEU): its standard error and interval from 1,000 seeded resamples of items."""
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, None, 0)
    value = float(aggregate(list(values)))
    if n < 2:
        return Estimate(value, None, None, None, n)
    import numpy as np

    random = np.random.default_rng(seed)
    drawn = [float(aggregate([values[i] for i in random.integers(0, n, n)])) for _ in range(RESAMPLES)]
    low, high = (float(bound) for bound in np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Estimate(value, float(np.std(drawn, ddof=1)), low, high, n)

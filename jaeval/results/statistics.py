"""From item values to a score with its uncertainty."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score, its standard error (None where n < 2) and its 95 % interval.

    No field is NaN or infinite: what is not a finite number is None, so that it cannot pass for a score.
    """

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
    if n == 0 or not all(map(math.isfinite, values)):
        return Estimate(None, None, None, None, n)
    mean = math.fsum(values) / n
    stderr = math.hypot(*(value - mean for value in values)) / math.sqrt((n - 1) * n) if n > 1 else None
    from scipy import stats

    if all(value in (0, 1) for value in values):
        interval = stats.binomtest(round(sum(values)), n).proportion_ci(LEVEL, method="wilson")
        return Estimate(mean, stderr, float(interval.low), float(interval.high), n)
    if stderr is None:
        return Estimate(mean, None, None, None, n)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * stderr
    return Estimate(mean, stderr, mean - reach, mean + reach, n)


def estimate_by_bootstrap(values: Sequence[Any], aggregate: Callable[[list[Any]], float], seed: int = 0) -> Estimate:
    """A score that is no mean (F1, MCC, BLEU): its standard error and interval from 1,000 seeded resamples of items.

    Where some resample has no finite score (a class may be missing from it), there is a value but no uncertainty.
    """
    n = len(values)
    value = float(aggregate(list(values))) if n else math.nan
    if not math.isfinite(value):
        return Estimate(None, None, None, None, n)
    if n < 2:
        return Estimate(value, None, None, None, n)
    import numpy as np

    random = np.random.default_rng(seed)
    try:
        with warnings.catch_warnings():  # of a class that a resample lacks
            warnings.simplefilter("ignore")
            drawn = [float(aggregate([values[i] for i in random.integers(0, n, n)])) for _ in range(RESAMPLES)]
    except (ValueError, ArithmeticError):
        drawn = [math.nan]
    if not all(map(math.isfinite, drawn)):
        return Estimate(value, None, None, None, n)
    low, high = (float(bound) for bound in np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Estimate(value, float(np.std(drawn, ddof=1)), low, high, n)

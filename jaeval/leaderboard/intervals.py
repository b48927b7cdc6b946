"""Standard errors and 95 % intervals: of many means at once, of clusters, of weighted means, of corpus metrics."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaeval.results.statistics import LEVEL, RESAMPLES, Estimate

Floats = NDArray[np.float64]


def wilson(rights: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Wilson's interval of proportions, by statsmodels.

    Args:
        rights: how many of the items are right, one number for each proportion.
        n: items, at least 1.

    Returns:
        Lower and upper bounds.
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(rights, n, alpha=1 - LEVEL, method="wilson")
    return np.clip(low, 0.0, rights / n), np.clip(high, rights / n, 1.0)


def student(mean: Floats, stderr: Floats, freedom: Floats) -> tuple[Floats, Floats]:
    """Student's interval, mean ± t · stderr; with infinite degrees of freedom the normal one."""
    from scipy import stats

    reach = stats.t.ppf((1 + LEVEL) / 2, freedom) * stderr
    return mean - reach, mean + reach


def clustered_stderr(values: Floats, clusters: NDArray[np.int64]) -> float | None:
    """The standard error of a mean whose items come in clusters: √[C/(C−1) · Σ_c(Σ_i(s_i−s̄))²] / n.

    The same as statsmodels' OLS on a constant with `cov_type="cluster"` (Miller, arXiv:2411.00640, equation 4).

    Args:
        values: the items' values.
        clusters: each item's cluster, numbered from 0.

    Returns:
        None where there is one cluster only.
    """
    sums = np.bincount(clusters, weights=values - values.mean())
    count = len(np.unique(clusters))
    if count < 2:
        return None
    return math.sqrt(count / (count - 1) * float(sums @ sums)) / len(values)


def macro_stderr(weights: Sequence[float], stderrs: Sequence[float]) -> float:
    """The standard error of a weighted mean of independent scores, √(Σ w² SE²); weights as they are."""
    return math.hypot(*(weight * stderr for weight, stderr in zip(weights, stderrs, strict=True)))


def macro_reach(
    weights: Sequence[float], values: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> tuple[float, float]:
    """How far the 95 % interval of a weighted mean of independent scores reaches, from the interval of each.

    Each bound's distance from its score, not the standard error, is what adds up in squares (Zou and Donner 2008, doi
    10.1002/sim.3095): few items and scores near 0 or 1 keep the wide, lopsided intervals that they need, and the
    interval of a single score is its own.

    Args:
        weights: not negative.
        values, lows, highs: the scores and their intervals.

    Returns:
        Below and above the weighted mean.
    """
    below = math.hypot(*(w * (value - low) for w, value, low in zip(weights, values, lows, strict=True)))
    above = math.hypot(*(w * (high - value) for w, value, high in zip(weights, values, highs, strict=True)))
    return below, above


def estimate_by_bca(
    values: Sequence[Any],
    aggregate: Callable[[list[Any]], float],
    clusters: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """A score that is no mean (F1, MCC, BLEU, AUC), with scipy's bias-corrected and accelerated bootstrap.

    Args:
        values: what each item gives to the aggregate.
        aggregate: from items' values to the score.
        clusters: each item's cluster; whole clusters are drawn. Unless given, each item stands alone.
        seed: of the draws.
        resamples: how many.

    Returns:
        Without uncertainty where some resample has no finite score (a class may be missing from it), or all the same.
    """
    from scipy import stats

    drawn_together: dict[Hashable, list[Any]] = {}
    for place, value in enumerate(values):
        drawn_together.setdefault(place if clusters is None else clusters[place], []).append(value)
    groups = list(drawn_together.values())
    score = float(aggregate(list(values))) if values else math.nan
    if not math.isfinite(score) or len(groups) < 2:
        return Estimate(score if math.isfinite(score) else None, None, None, None, len(values))

    def statistic(chosen: NDArray[np.int64]) -> float:
        found = float(aggregate([value for group in chosen for value in groups[group]]))
        if not math.isfinite(found):
            raise ArithmeticError
        return found

    try:
        with warnings.catch_warnings():  # of resamples that are all the same
            warnings.simplefilter("ignore")
            found = stats.bootstrap(
                (np.arange(len(groups)),),
                statistic,
                vectorized=False,
                n_resamples=resamples,
                confidence_level=LEVEL,
                method="BCa",
                rng=np.random.default_rng(seed),
            )
    except (ArithmeticError, ValueError):
        return Estimate(score, None, None, None, len(values))
    low, high = (float(bound) for bound in found.confidence_interval)
    if not (math.isfinite(low) and math.isfinite(high)):
        return Estimate(score, None, None, None, len(values))
    return Estimate(score, float(found.standard_error), low, high, len(values))

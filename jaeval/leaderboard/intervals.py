"""Standard errors and 95 % intervals: of many means at once, of clusters, of weighted means, of corpus metrics."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Hashable, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaeval.results.statistics import LEVEL, RESAMPLES, Estimate

Floats = NDArray[np.float64]
REACH = NormalDist().inv_cdf((1 + LEVEL) / 2)
"""Standard errors from a score to the ends of its normal interval."""


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
    weights: Sequence[float],
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    items: Sequence[int | None],
) -> tuple[float, float]:
    """How far the 95 % interval of a weighted mean of independent scores reaches, from the interval of each.

    The stratified interval of Yan and Su (2010, Statistics in Biopharmaceutical Research 2(3), "Stratified Wilson and
    Newcombe confidence intervals for multiple binomial proportions"): the weighted mean of the scores' own intervals,
    each at the smaller quantile at which their widths add up as those of independent scores do, in squares. So the
    interval of a single score is its own, and scores near 0 or 1, lopsided one by one, are less so together.

    Args:
        weights: not negative.
        values, lows, highs: the scores and their intervals.
        items: how many, of scores that are a share of rights with Wilson's interval; None for all others, whose
            intervals are known at one quantile alone: width goes with the quantile, lopsidedness with its square.

    Returns:
        Below and above the weighted mean.
    """
    halves = [(high - low) / 2 for low, high in zip(lows, highs, strict=True)]
    spreads = [
        weight * (REACH * math.sqrt(value * (1 - value) / n) if n else half)
        for weight, value, half, n in zip(weights, values, halves, items, strict=True)
    ]
    if not any(spreads):  # all right or all wrong
        spreads = [weight * half for weight, half in zip(weights, halves, strict=True)]
    part = math.hypot(*spreads) / math.fsum(spreads) if any(spreads) else 1.0
    reaches = [
        _wilson_reach(value, n, part) if n else _reach((low + high) / 2 - value, half, part)
        for value, low, high, half, n in zip(values, lows, highs, halves, items, strict=True)
    ]
    below = math.fsum(weight * own for weight, (own, _) in zip(weights, reaches, strict=True))
    above = math.fsum(weight * own for weight, (_, own) in zip(weights, reaches, strict=True))
    return below, above


def _wilson_reach(value: float, n: int, part: float) -> tuple[float, float]:
    """How far Wilson's interval reaches below and above a proportion, at a part of the 95 % quantile."""
    z = part * REACH
    scale = 1 + z * z / n
    centre = (value + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(value * (1 - value) / n + z * z / (4 * n * n))
    return max(value - max(centre - half, 0.0), 0.0), max(min(centre + half, 1.0) - value, 0.0)


def _reach(lean: float, half: float, part: float) -> tuple[float, float]:
    """The same of an interval that is known at the 95 % quantile alone: its middle's distance and half its width."""
    return part * half - part**2 * lean, part * half + part**2 * lean


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

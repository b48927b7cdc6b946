"""The regression estimator: a score on few items, sharpened by relatives whose results on all items are known.

Parents and siblings find the same items hard. What they got on the items that a candidate was not asked tells part of
what it would have got there. The generalised regression estimator of survey sampling uses that and stays honest where
relatives tell nothing (Cassel, Särndal and Wretman 1976).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jaeval.errors import FitnessError

Floats = NDArray[np.float64]
RIDGES = (0.01, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""How strongly coefficients may be held back, in items: siblings resemble one another."""
LEAST_ITEMS = 10
"""Below these a regression tells nothing, and the plain mean is given."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A candidate's estimated mean over all items.

    Attributes:
        score: the estimate.
        se: its standard error for the mean over these very items, all of them: 0 where all were asked.
        plain: the plain mean over the items asked.
        plain_se: the plain mean's standard error for the same.
        r2: the share of variance that the relatives explain, out of sample; 0 where they help nothing.
        n, items: items asked, and all.
    """

    score: float
    se: float
    plain: float
    plain_se: float
    r2: float
    n: int
    items: int


def adjusted_score(values: Mapping[str, float], relatives: Sequence[Mapping[str, float]]) -> Adjusted:
    """Estimate a candidate's mean over all items from some of them and from its relatives' results on all.

    A ridge regression, as strong as predicts items best that it was not shown. Items count alike. The items asked must
    be a beginning of the frozen order, or another random choice.

    Args:
        values: of the candidate, by item (`FitnessResult.per_item`).
        relatives: results of parents and siblings, by item; their common items are all the items there are.

    Raises:
        FitnessError: there is no relative, fewer than two items, or an item that a relative lacks.
    """
    if not relatives or len(values) < 2:
        raise FitnessError("needs at least two items and one relative", field="adjusted_score")
    everything = [item for item in relatives[0] if all(item in relative for relative in relatives)]
    place = {item: number for number, item in enumerate(everything)}
    if strangers := [item for item in values if item not in place]:
        raise FitnessError(f"{len(strangers)} items lack a relative's result, such as {strangers[0]}")
    asked = np.array([place[item] for item in values])
    y = np.fromiter(values.values(), float, len(values))
    x = np.array([[relative[item] for relative in relatives] for item in everything], float)
    n, whole = len(y), len(everything)
    left = max(1 - n / whole, 0.0)  # of the variance: what was asked is known
    plain, plain_se = float(y.mean()), float(np.sqrt(y.var(ddof=1) / n * left))
    spread = x[asked].std(axis=0)
    x = x[:, spread > 0] / spread[spread > 0]
    if n < LEAST_ITEMS or x.shape[1] == 0 or y.var() == 0:
        return Adjusted(plain, plain_se, plain, plain_se, 0.0, n, whole)
    centre = x[asked].mean(axis=0)
    left_vectors, strengths, right_vectors = np.linalg.svd(x[asked] - centre, full_matrices=False)
    fits = [_left_out(left_vectors, strengths, y - plain, ridge) for ridge in RIDGES]
    best = int(np.argmin([residuals @ residuals for residuals in fits]))
    residuals = fits[best]
    shrunk = strengths / (strengths**2 + RIDGES[best])
    slopes = right_vectors.T @ (shrunk * (left_vectors.T @ (y - plain)))
    r2 = 1 - float(residuals @ residuals) / float((y - plain) @ (y - plain)) * ((n - 1) / n) ** 2
    if r2 <= 0:
        return Adjusted(plain, plain_se, plain, plain_se, 0.0, n, whole)
    score = plain + float((x.mean(axis=0) - centre) @ slopes)
    se = float(np.sqrt(residuals @ residuals / n**2 * left))
    return Adjusted(score, se, plain, plain_se, r2, n, whole)


def _left_out(left: Floats, strengths: Floats, y: Floats, ridge: float) -> Floats:
    """What a ridge regression on all other items misses of each item, from one singular value decomposition."""
    shares = strengths**2 / (strengths**2 + ridge)
    fitted = left @ (shares * (left.T @ y))
    leverage = (left**2) @ shares + 1 / len(y)
    missed: Floats = (y - fitted) / (1 - leverage)
    return missed

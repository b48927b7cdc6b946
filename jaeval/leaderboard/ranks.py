"""Where each model may stand: simultaneous 95 % intervals of ranks.

After Mogstad, Romano, Shaikh and Wilhelm (2024, doi 10.1093/restud/rdad006): intervals that hold at once for the
differences between all pairs of models say who is surely better than whom. A model's best place is 1 + the number of
models surely better than it, its worst place K − the number of models surely worse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jaeval.results.statistics import LEVEL

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
AT_ONCE = 4_000_000
"""Numbers in one piece of work: some tens of megabytes."""
MANY_MODELS = 400
DRAWS, DRAWS_OF_MANY = 4000, 2000
"""Resamples; fewer for more than `MANY_MODELS` models, whose pairs are many."""


class JointBootstrap:
    """How the overall numbers of many models err together.

    Models that answered the same items err alike, so items are resampled for all of them at once; numbers without
    items err alone, as their standard errors say.

    Args:
        models: how many.
        seed: of the resamples.

    Attributes:
        covariance: of the overall numbers, models × models.
        errors: resampled errors of the overall numbers, models × resamples.
    """

    def __init__(self, models: int, seed: int = 0) -> None:
        self.draws = DRAWS if models <= MANY_MODELS else DRAWS_OF_MANY
        self.covariance: Floats = np.zeros((models, models))
        self.errors: Singles = np.zeros((models, self.draws), np.float32)
        self._random = np.random.default_rng(seed)
        self._doubt: Floats = np.zeros(models)  # of the variances themselves: Σ variance² / degrees of freedom

    def add_items(self, rows: NDArray[np.int64], residuals: Singles) -> None:
        """Add a task's items.

        Args:
            rows: which models answered any.
            residuals: these models × units (items, or clusters of items): what each unit adds to the error of each
                model's overall number; 0 where the model did not answer. Each row sums to 0.
        """
        units = residuals.shape[1]
        shared = (residuals @ residuals.T).astype(np.float64)
        self.covariance[np.ix_(rows, rows)] += shared
        self._doubt[rows] += np.diag(shared) ** 2 / np.maximum((residuals != 0).sum(1) - 1, 1)
        step = max(1, AT_ONCE // units)
        for start in range(0, self.draws, step):
            count = min(step, self.draws - start)
            chosen = self._random.integers(0, units, (count, units))
            chosen += np.arange(count)[:, None] * units
            times = np.bincount(chosen.ravel(), minlength=count * units).reshape(count, units)
            self.errors[rows, start : start + count] += residuals @ times.astype(np.float32).T

    def add_alone(self, variances: Floats, doubt: Floats) -> None:
        """Add errors that no two models share.

        Args:
            variances: each model's.
            doubt: of the variances themselves: Σ variance² / degrees of freedom over what they are the sum of.
        """
        self.covariance[np.diag_indices(len(variances))] += variances
        self._doubt += doubt
        for row in np.flatnonzero(variances):
            noise = self._random.standard_normal(self.draws, np.float32)
            self.errors[row] += noise * np.float32(np.sqrt(variances[row]))

    def rank_intervals(self, values: Floats, known: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Best and worst place of each model.

        Args:
            values: the overall numbers, higher is better.
            known: whether a model's uncertainty is known; nobody is surely better or worse than one whose is not.

        Returns:
            Two arrays of places from 1; the intervals of all models hold at once with 95 % probability.
        """
        models = len(values)
        inverse = self._inverse_stderrs(known)
        reach = self._critical(inverse)
        ahead = (values[:, None] - values[None, :]) * inverse > np.maximum(reach[:, None], reach[None, :])
        return 1 + ahead.sum(0), models - ahead.sum(1)

    def _inverse_stderrs(self, known: NDArray[np.bool_]) -> Singles:
        """One over the standard error of each difference; 0, which makes nothing sure, where there is none."""
        own = np.diag(self.covariance)
        variances = own[:, None] + own[None, :] - 2 * self.covariance
        usable = (variances > 1e-12 * (own[:, None] + own[None, :])) & known[:, None] & known[None, :]
        found = np.zeros(variances.shape, np.float32)
        found[usable] = 1 / np.sqrt(variances[usable])
        return found

    def _critical(self, inverse: Singles) -> Floats:
        """For each model how many standard errors make a difference sure.

        That is the 95 % quantile of the largest standardised error of a difference, stretched where few items leave the
        standard error itself in doubt: the normal distribution's quantile becomes that of Student's with as many
        degrees of freedom as the model's number has (Welch and Satterthwaite's).
        """
        from scipy import stats

        largest = np.zeros(self.draws, np.float32)
        for model in range(len(self.errors) - 1):
            others = self.errors[model + 1 :] - self.errors[model]
            others *= inverse[model, model + 1 :, None]
            np.abs(others, out=others)
            np.maximum(largest, others.max(0), out=largest)
        normal = float(np.quantile(largest, LEVEL))
        own = np.diag(self.covariance)
        freedom = np.divide(own**2, self._doubt, out=np.full(len(own), np.inf), where=self._doubt > 0)
        stretched: Floats = stats.t.isf(stats.norm.sf(normal), np.maximum(freedom, 1.0))
        return stretched

"""Two models on the same items: is one better, and how many items would show it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jaeval.leaderboard.intervals import clustered_stderr
from jaeval.results.statistics import LEVEL

Floats = NDArray[np.float64]
POWER = 0.8
FLIPS = 9999
MOST_FLIPPED = 500
"""Items up to which the permutation test is made; beyond, it tells what the t test tells."""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The difference of two models, the first minus the second, on items that both answered.

    Attributes:
        n: items.
        first, second: the two scores on these items.
        difference, stderr, low, high: the mean of the differences, its standard error and its 95 % interval.
        first_better, second_better: items on which one scores higher.
        test: what `p` is of: the exact McNemar test for rights and wrongs; the t test of differences, by clusters where
            items share one.
        p: two-sided; None where there is nothing to test.
        p_permutation: of the permutation test beside it, which changes the models' places at random, item by item or
            cluster by cluster; None for many items.
        p_holm: `p` after Holm's correction for all tasks compared; None where there is no `p`.
        items_needed: items that would show a difference like this one with 80 % power; None where there is none.
    """

    n: int
    first: float
    second: float
    difference: float
    stderr: float | None
    low: float | None
    high: float | None
    first_better: int
    second_better: int
    test: Literal["mcnemar", "t", "clustered t"]
    p: float | None
    p_permutation: float | None = None
    p_holm: float | None = None
    items_needed: int | None = None


def paired_test(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[str] = (), seed: int = 0
) -> PairedTest:
    """Compare two models.

    Args:
        first, second: their values, item by item; at least one.
        clusters: each item's cluster, empty where it stands alone; empty: all do.
        seed: of the permutation test.
    """
    from scipy import stats

    a, b = np.asarray(first, float), np.asarray(second, float)
    differences, n = a - b, len(a)
    groups = cluster_numbers(clusters, n)
    count = int(groups.max()) + 1
    clustered = count < n
    binary = bool(np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all())
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    stderr = clustered_stderr(differences, groups) if n > 1 else None
    low = high = p = None
    mean = float(differences.mean())
    if stderr:  # no spread at all says that there are too few items, not that nothing is in doubt
        reach = float(stats.t.ppf((1 + LEVEL) / 2, count - 1)) * stderr
        low, high = mean - reach, mean + reach
    if clustered:
        p = None if stderr is None else _t_test(mean, stderr, count - 1)
    elif binary:
        p = mcnemar(wins, losses)
    elif stderr is not None:
        p = float(stats.ttest_rel(a, b).pvalue) if stderr else _t_test(mean, stderr, n - 1)
    return PairedTest(
        n=n,
        first=float(a.mean()),
        second=float(b.mean()),
        difference=mean,
        stderr=stderr,
        low=low,
        high=high,
        first_better=wins,
        second_better=losses,
        test="clustered t" if clustered else "mcnemar" if binary else "t",
        p=p,
        p_permutation=permutation_p(differences, groups, seed) if count <= MOST_FLIPPED else None,
        items_needed=None if stderr is None else items_needed(mean, stderr * math.sqrt(n)),
    )


def cluster_numbers(clusters: Sequence[str], n: int) -> NDArray[np.int64]:
    """Each item's cluster as a number from 0; an item with an empty cluster stands alone."""
    labels = [name or place for place, name in enumerate(clusters)] if clusters else range(n)
    numbers: dict[str | int, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], np.int64)


def _t_test(mean: float, stderr: float, freedom: int) -> float | None:
    from scipy import stats

    if not stderr:  # every difference is the same: none, or one that a t test has no words for
        return None if mean else 1.0
    return 2 * float(stats.t.sf(abs(mean) / stderr, freedom))


def mcnemar(wins: int, losses: int) -> float:
    """The exact McNemar test's two-sided p, by statsmodels.

    Args:
        wins, losses: items that only the first, or only the second, got right.
    """
    from statsmodels.stats.contingency_tables import mcnemar as exact

    return min(1.0, float(exact([[0, wins], [losses, 0]], exact=True).pvalue)) if wins + losses else 1.0


def permutation_p(differences: Floats, groups: NDArray[np.int64], seed: int = 0) -> float | None:
    """Two-sided p of the mean difference when the models' places are changed at random, by scipy.

    Args:
        differences: item by item.
        groups: each item's cluster; a cluster changes places as a whole.
        seed: of 9,999 random changes; few clusters have all their changes tried.

    Returns:
        None for a single cluster.
    """
    from scipy import stats

    sums = np.bincount(groups, weights=differences)
    if len(sums) < 2:
        return None
    found = stats.permutation_test(
        (sums,),
        lambda drawn, axis: drawn.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=FLIPS,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction of p values for all of them; None stays None and is not counted."""
    from statsmodels.stats.multitest import multipletests

    given = [value for value in values if value is not None]
    if not given:
        return list(values)
    corrected = iter(multipletests(given, method="holm")[1])
    return [None if value is None else float(next(corrected)) for value in values]


def items_needed(difference: float, deviation: float, power: float = POWER) -> int | None:
    """Items that show a paired difference at the 5 % level, by statsmodels' power of the t test.

    Args:
        difference: the true mean difference.
        deviation: the standard deviation of the items' differences.
        power: the probability that it is shown.

    Returns:
        None where there is no difference, or no deviation to set it against.
    """
    from statsmodels.stats.power import TTestPower

    if not difference or not deviation:
        return None
    effect = abs(difference) / deviation
    if effect < 1e-4:  # beyond a billion items
        return None
    if effect > 5:
        return 3
    return math.ceil(float(TTestPower().solve_power(effect_size=effect, alpha=1 - LEVEL, power=power)))

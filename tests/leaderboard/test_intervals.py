"""Standard errors and intervals against other implementations and against what is known of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaeval.leaderboard.intervals import (
    clustered_stderr,
    estimate_by_bca,
    macro_reach,
    macro_stderr,
    student,
    wilson,
)
from jaeval.metrics.classification import macro_f1
from jaeval.results.statistics import estimate_mean

RANDOM = np.random.default_rng(20261124)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=1, max_size=20))
def test_wilson_of_many_is_scipys_of_each(pairs: list[tuple[int, int]]) -> None:
    rights = np.array([min(right, n) for right, n in pairs], float)
    n = np.array([n for _, n in pairs], float)
    low, high = wilson(rights, n)
    for place in range(len(pairs)):
        ours = low[place], high[place]
        scipys = stats.binomtest(int(rights[place]), int(n[place])).proportion_ci(0.95, method="wilson")
        assert ours == pytest.approx((scipys.low, scipys.high), abs=1e-12)
        assert 0 <= ours[0] <= rights[place] / n[place] <= ours[1] <= 1


def test_students_interval_is_that_of_a_single_run() -> None:
    values = RANDOM.beta(2, 3, 37)
    ours = estimate_mean(list(values))
    low, high = student(np.array([values.mean()]), np.array([stats.sem(values)]), np.array([36.0]))
    assert (low[0], high[0]) == pytest.approx((ours.low, ours.high))
    assert (low[0], high[0]) == pytest.approx(stats.t.interval(0.95, 36, values.mean(), stats.sem(values)))


def test_without_a_known_n_the_interval_is_the_normal_one() -> None:
    low, high = student(np.array([0.5]), np.array([0.1]), np.array([math.inf]))
    assert (low[0], high[0]) == pytest.approx((0.5 - 1.959964 * 0.1, 0.5 + 1.959964 * 0.1), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_clustered_standard_error_is_that_of_statsmodels(seed: int) -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(seed)
    clusters = random.integers(0, 30, 200)
    values = random.normal(0, 1, 30)[clusters] + random.normal(0, 1, 200)
    fit = sm.OLS(values, np.ones(200)).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert clustered_stderr(values, clusters) == pytest.approx(float(fit.bse[0]))


def test_clusters_of_one_item_change_nothing_and_one_cluster_says_nothing() -> None:
    values = RANDOM.random(50)
    assert clustered_stderr(values, np.arange(50)) == pytest.approx(float(stats.sem(values)))
    assert clustered_stderr(values, np.zeros(50, np.int64)) is None


def test_the_macro_standard_error_is_what_repeating_the_evaluation_shows() -> None:
    weights, errors = [0.5, 0.3, 0.2], [0.02, 0.05, 0.01]
    drawn = RANDOM.normal(0, 1, (200_000, 3)) * errors @ weights
    assert macro_stderr(weights, errors) == pytest.approx(float(drawn.std()), rel=0.01)


def macro(weights: list[float], rights: list[int], n: list[int]) -> tuple[float, float]:
    """The interval of a weighted mean of proportions."""
    lows, highs = wilson(np.array(rights, float), np.array(n, float))
    values = [right / size for right, size in zip(rights, n, strict=True)]
    below, above = macro_reach(weights, values, list(lows), list(highs), n)
    mean = sum(weight * value for weight, value in zip(weights, values, strict=True))
    return mean - below, mean + above


def test_the_interval_of_one_score_is_its_own_and_of_many_is_the_normal_one() -> None:
    assert macro_reach([1.0], [0.9], [0.7], [0.95], [None]) == pytest.approx((0.2, 0.05))
    assert macro([1.0], [3], [40]) == pytest.approx(stats.binomtest(3, 40).proportion_ci(0.95, method="wilson"))
    weights, errors = [0.25] * 4, [0.01, 0.02, 0.03, 0.04]
    lows, highs = [0.5 - 1.96 * error for error in errors], [0.5 + 1.96 * error for error in errors]
    below, above = macro_reach(weights, [0.5] * 4, lows, highs, [None] * 4)
    assert below == pytest.approx(above) == pytest.approx(1.96 * macro_stderr(weights, errors))


@pytest.mark.parametrize("rights", [0, 1, 6, 50, 100])
def test_tasks_that_are_all_alike_have_the_interval_of_all_their_items(rights: int) -> None:
    whole = stats.binomtest(12 * rights, 1200).proportion_ci(0.95, method="wilson")
    assert macro([1 / 12] * 12, [rights] * 12, [100] * 12) == pytest.approx((whole.low, whole.high), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40), st.floats(0.01, 1)), min_size=1, max_size=6))
def test_the_interval_of_a_mean_holds_it_and_leaves_no_scale(tasks: list[tuple[int, int, float]]) -> None:
    n = [size for _, size, _ in tasks]
    rights = [min(right, size) for right, size, _ in tasks]
    weights = [weight / sum(weight for _, _, weight in tasks) for _, _, weight in tasks]
    low, high = macro(weights, rights, n)
    mean = sum(w * right / size for w, right, size in zip(weights, rights, n, strict=True))
    assert -1e-12 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1 + 1e-12
    assert high > low


@pytest.mark.parametrize("accuracy", [0.06, 0.5, 0.97])
def test_the_mean_of_many_tasks_near_their_ends_is_held(accuracy: float) -> None:
    """Twenty tasks of 100 items: lopsided one by one, nearly normal together."""
    random = np.random.default_rng(7)
    held = []
    for _ in range(2000):
        low, high = macro([0.05] * 20, random.binomial(100, accuracy, 20).tolist(), [100] * 20)
        held.append(low <= accuracy <= high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_a_mean_of_scores_with_intervals_of_their_sources_leans_less_than_they_do() -> None:
    below, above = macro_reach([0.5, 0.5], [0.5, 0.5], [0.4, 0.4], [0.7, 0.7], [None, None])
    assert above + below == pytest.approx(0.3 / math.sqrt(2))
    assert above - below == pytest.approx(0.1 / 2)


def test_bca_is_scipys_own_on_the_mean() -> None:
    values = list(RANDOM.exponential(1, 40))
    ours = estimate_by_bca(values, lambda drawn: math.fsum(drawn) / len(drawn), seed=3)
    scipys = stats.bootstrap((np.array(values),), np.mean, n_resamples=1000, rng=np.random.default_rng(3))
    assert (ours.low, ours.high) == pytest.approx(tuple(scipys.confidence_interval))
    assert ours.stderr == pytest.approx(float(scipys.standard_error))


def test_bca_of_clusters_draws_whole_clusters() -> None:
    """With all items of a cluster alike, a cluster tells as much as one item."""
    singles = list(RANDOM.integers(0, 2, 60).astype(float))
    fourfold = [value for value in singles for _ in range(4)]
    clusters = [place // 4 for place in range(240)]

    def mean(drawn: list[float]) -> float:
        return math.fsum(drawn) / len(drawn)

    alone, together = estimate_by_bca(singles, mean), estimate_by_bca(fourfold, mean, clusters)
    assert (together.low, together.high, together.stderr) == pytest.approx((alone.low, alone.high, alone.stderr))
    blind = estimate_by_bca(fourfold, mean)
    assert blind.stderr is not None
    assert alone.stderr is not None
    assert blind.stderr < 0.6 * alone.stderr


@pytest.mark.parametrize("values", [[], [(1, 1)], [(1, 1)] * 20])
def test_bca_says_nothing_where_resamples_are_all_the_same(values: list[tuple[int, int]]) -> None:
    found = estimate_by_bca(values, macro_f1)
    assert (found.stderr, found.low, found.high, found.n) == (None, None, None, len(values))
    assert found.value == (1.0 if values else None)


def test_bca_says_nothing_where_a_resample_has_no_score() -> None:
    def only_with_both(drawn: list[int]) -> float:
        return 1.0 if set(drawn) == {0, 1} else math.nan

    found = estimate_by_bca([0, 1, 1], only_with_both)
    assert (found.value, found.low) == (1.0, None)

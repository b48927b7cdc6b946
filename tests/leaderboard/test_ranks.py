"""Rank intervals: what they must hold, and what they are made of."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from simulation import NOMINAL, TOLERANCE, simulate_ranks

from jaeval.leaderboard import ranks
from jaeval.leaderboard.ranks import JointBootstrap


def alone(variances: list[float], freedom: float = np.inf) -> JointBootstrap:
    bootstrap = JointBootstrap(len(variances))
    own = np.array(variances)
    bootstrap.add_alone(own, own**2 / freedom)
    return bootstrap


def test_models_far_apart_have_their_place_and_equal_ones_share_all_places() -> None:
    bootstrap, known = alone([1e-4] * 5), np.ones(5, np.bool_)
    low, high = bootstrap.rank_intervals(np.array([0.9, 0.5, 0.7, 0.5, 0.1]), known)
    assert low.tolist() == [1, 3, 2, 3, 5]
    assert high.tolist() == [1, 4, 2, 4, 5]


def test_two_models_are_told_apart_where_a_t_test_tells_them_apart() -> None:
    """With two models there is one difference, and its critical value is the normal distribution's."""
    known = np.ones(2, np.bool_)
    for gap, apart in ((1.85, False), (2.07, True)):
        low, _ = alone([1e-4, 3e-4]).rank_intervals(np.array([0.5, 0.5 + gap * 0.02]), known)
        assert (low[0] == 2) == apart, gap


def test_few_degrees_of_freedom_widen_as_students_distribution_does() -> None:
    bootstrap = alone([1e-4, 1e-4], freedom=9)
    reach = bootstrap._critical(bootstrap._inverse_stderrs(np.ones(2, np.bool_)))
    assert reach == pytest.approx([stats.t.ppf(0.975, 9)] * 2, rel=0.03)


def test_the_critical_value_of_many_equal_models_is_the_studentized_ranges() -> None:
    """Of independent numbers with one standard error the largest difference has Tukey's distribution."""
    bootstrap = alone([1e-4] * 12)
    reach = bootstrap._critical(bootstrap._inverse_stderrs(np.ones(12, np.bool_)))
    assert reach[0] == pytest.approx(stats.studentized_range.ppf(0.95, 12, np.inf) / np.sqrt(2), rel=0.02)


def test_nobody_is_surely_better_than_a_model_whose_uncertainty_is_unknown() -> None:
    low, high = alone([1e-4, 0.0, 1e-4]).rank_intervals(np.array([0.9, 0.1, 0.5]), np.array([True, False, True]))
    assert (low.tolist(), high.tolist()) == ([1, 1, 2], [2, 3, 3])


def test_resampled_errors_have_the_covariance_of_the_items() -> None:
    random = np.random.default_rng(5)
    right = (random.random((4, 300)) < 0.6).astype(float)
    right[1] = np.where(random.random(300) < 0.8, right[0], right[1])
    residuals = ((right - right.mean(1, keepdims=True)) / 300).astype(np.float32)
    bootstrap = JointBootstrap(4)
    bootstrap.add_items(np.arange(4), residuals)
    assert bootstrap.covariance == pytest.approx(np.cov(right, bias=True) / 300, rel=1e-3)
    assert np.cov(bootstrap.errors) == pytest.approx(bootstrap.covariance, rel=0.15, abs=3e-5)


def test_sharing_items_tells_models_apart_that_items_of_their_own_would_not() -> None:
    random = np.random.default_rng(6)
    first = (random.random(400) < 0.5).astype(float)
    second = first.copy()
    second[:14] = 1.0  # right wherever the other is, and on some items more
    right = np.array([first, second])
    residuals = ((right - right.mean(1, keepdims=True)) / 400).astype(np.float32)
    together = JointBootstrap(2)
    together.add_items(np.arange(2), residuals)
    known, values = np.ones(2, np.bool_), right.mean(1)
    assert together.rank_intervals(values, known)[1].tolist() == [2, 1]
    apart = alone([float(row @ row) for row in residuals])
    assert apart.rank_intervals(values, known)[1].tolist() == [2, 2]


def test_models_that_gave_the_same_answers_cannot_be_told_apart() -> None:
    right = np.array([[1.0, 0.0, 1.0, 1.0]] * 3)
    bootstrap = JointBootstrap(3)
    bootstrap.add_items(np.arange(3), ((right - 0.75) / 4).astype(np.float32))
    low, high = bootstrap.rank_intervals(right.mean(1), np.ones(3, np.bool_))
    assert (low.tolist(), high.tolist()) == ([1] * 3, [3] * 3)


def test_equal_models_keep_all_places_in_95_of_100_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "DRAWS", 500)
    found = simulate_ranks(models=6, items=120, repetitions=300, seed=7)
    assert abs(found - NOMINAL) <= TOLERANCE + 0.02  # of 300 boards; the slow test takes many

"""Paired tests against other implementations, enumeration and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaeval.leaderboard.paired import cluster_numbers, holm, items_needed, mcnemar, paired_test, permutation_p


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_test_of_the_items_that_differ(wins: int, losses: int) -> None:
    expected = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert mcnemar(wins, losses) == pytest.approx(min(1.0, expected))


def test_values_between_are_tested_by_scipys_paired_t_test() -> None:
    random = np.random.default_rng(1)
    a, b = random.random(40), random.random(40)
    found, scipys = paired_test(a.tolist(), b.tolist()), stats.ttest_rel(a, b)
    interval = scipys.confidence_interval(0.95)
    assert (found.test, found.p) == ("t", pytest.approx(float(scipys.pvalue)))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.difference == pytest.approx(found.first - found.second)
    assert found.first_better + found.second_better == 40


def test_items_of_clusters_are_tested_by_statsmodels_clustered_t_test() -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(2)
    clusters = random.integers(0, 20, 120)
    a = (random.random(120) < 0.6).astype(float)
    b = (random.random(120) < 0.5).astype(float)
    found = paired_test(a.tolist(), b.tolist(), [f"passage {number}" for number in clusters])
    fit = sm.OLS(a - b, np.ones(120)).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    assert (found.test, found.p) == ("clustered t", pytest.approx(float(fit.pvalues[0])))
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[0]))


def test_rights_and_wrongs_count_who_is_better_where() -> None:
    found = paired_test([1, 1, 1, 0, 0], [1, 0, 0, 1, 0])
    assert (found.test, found.first_better, found.second_better, found.n) == ("mcnemar", 2, 1, 5)
    assert found.p == pytest.approx(mcnemar(2, 1)) == 1.0


def test_few_items_have_all_their_permutations_tried() -> None:
    differences = np.array([0.5, -0.1, 0.8, 0.3, 0.9, 0.2])
    signs = np.array(list(itertools.product((1, -1), repeat=6)))
    means = (signs * differences).mean(1)
    expected = (np.abs(means) >= abs(differences.mean()) - 1e-12).mean()
    assert permutation_p(differences, np.arange(6)) == pytest.approx(float(expected))


def test_permutation_and_t_test_agree_on_many_items_and_a_cluster_moves_as_a_whole() -> None:
    random = np.random.default_rng(3)
    differences = random.normal(0.12, 1, 400)
    assert permutation_p(differences, np.arange(400)) == pytest.approx(
        stats.ttest_1samp(differences, 0).pvalue, abs=0.01
    )
    doubled = np.repeat(differences[:100], 2)
    pairs = np.repeat(np.arange(100), 2)
    assert permutation_p(doubled, pairs, 1) == permutation_p(differences[:100], np.arange(100), 1)


def test_holm_is_the_stepwise_rule() -> None:
    values = [0.01, 0.04, 0.03, 0.005]
    order = sorted(range(4), key=values.__getitem__)
    expected, highest = [0.0] * 4, 0.0
    for place, number in enumerate(order):
        highest = max(highest, min(1.0, values[number] * (4 - place)))
        expected[number] = highest
    assert holm(values) == pytest.approx(expected)
    assert holm([0.01, None, 0.04]) == [pytest.approx(0.02), None, pytest.approx(0.04)]
    assert holm([None]) == [None]
    assert holm([]) == []


def test_the_items_needed_show_the_difference_in_four_of_five_evaluations() -> None:
    needed = items_needed(0.05, 0.5)
    assert needed is not None
    random = np.random.default_rng(4)
    differences = random.normal(0.05, 0.5, (4000, needed))
    shown = stats.ttest_1samp(differences, 0, axis=1).pvalue < 0.05
    assert float(shown.mean()) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("difference", "deviation"), [(0.0, 1.0), (0.1, 0.0), (1e-9, 1.0)])
def test_no_number_of_items_shows_what_is_not_there(difference: float, deviation: float) -> None:
    assert items_needed(difference, deviation) is None


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from("ab ")), min_size=1, max_size=12))
def test_any_items_can_be_compared_and_the_other_way_round_is_the_mirror_image(
    rows: list[tuple[int, int, str]],
) -> None:
    first, second = [float(a) for a, _, _ in rows], [float(b) for _, b, _ in rows]
    clusters = [name.strip() for _, _, name in rows]
    found, mirrored = paired_test(first, second, clusters), paired_test(second, first, clusters)
    assert found.difference == -mirrored.difference
    assert (found.p, found.p_permutation, found.items_needed) == (
        mirrored.p,
        mirrored.p_permutation,
        mirrored.items_needed,
    )
    assert found.p is None or 0 <= found.p <= 1
    assert all(number is None or math.isfinite(number) for number in (found.stderr, found.low, found.high))


def test_an_item_without_a_cluster_stands_alone() -> None:
    assert cluster_numbers(["a", "", "a", ""], 4).tolist() == [0, 1, 0, 2]
    assert cluster_numbers([], 3).tolist() == [0, 1, 2]

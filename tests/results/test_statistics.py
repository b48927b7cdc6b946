"""Estimates against formulas written out here, and against what they promise: coverage, counted by simulation."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaeval.results.statistics import estimate_by_bootstrap, estimate_mean

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
T_975 = {1: 12.706205, 4: 2.776445, 9: 2.262157, 29: 2.045230}
"""The 97.5 % quantiles of Student's t by degrees of freedom, from a printed table."""


def wilson(right: int, n: int) -> tuple[float, float]:
    """Wilson 1927, without a continuity correction."""
    p = right / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    reach = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)


@settings(deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rights_and_wrongs_get_wilsons_interval(counts: tuple[int, int]) -> None:
    right, n = counts
    found = estimate_mean([1.0] * right + [0.0] * (n - right))
    assert (found.value, found.n) == (right / n, n)
    assert (found.low, found.high) == pytest.approx(wilson(right, n), abs=1e-9)


@pytest.mark.parametrize("n", [2, 5, 10, 30])
def test_other_values_get_students_interval(n: int) -> None:
    values = [0.1 + 0.7 * math.sin(i) for i in range(n)]
    found = estimate_mean(values)
    stderr = statistics.stdev(values) / math.sqrt(n)
    assert found.value == pytest.approx(statistics.fmean(values))
    assert found.stderr == pytest.approx(stderr)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * T_975[n - 1] * stderr, rel=1e-6)
    assert (found.high + found.low) / 2 == pytest.approx(found.value)


def test_nothing_and_one() -> None:
    assert estimate_mean([]) == estimate_by_bootstrap([], sum)
    assert (estimate_mean([]).value, estimate_mean([]).n) == (None, 0)
    one = estimate_mean([1])
    assert (one.value, one.stderr, one.n) == (1.0, None, 1)
    assert (one.low, one.high) == pytest.approx(wilson(1, 1))
    half = estimate_mean([0.5])
    assert (half.value, half.stderr, half.low, half.high) == (0.5, None, None, None)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_no_finite_mean_is_no_score(odd: float) -> None:
    found = estimate_mean([1.0, odd, 0.0])
    assert (found.value, found.stderr, found.low, found.high, found.n) == (None, None, None, None, 3)
    assert estimate_mean([math.inf, -math.inf]).value is None
    assert estimate_by_bootstrap([1.0, 2.0], lambda _: odd).value is None


@settings(deadline=None)
@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=30))
def test_the_interval_holds_the_mean_and_the_mean_lies_among_the_values(values: list[float]) -> None:
    found = estimate_mean(values)
    assert found.value is not None
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= found.value <= max(values) + slack
    assert (found.stderr is None) == (len(values) < 2)
    if found.low is not None and found.high is not None:
        assert found.low - slack <= found.value <= found.high + slack


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 0.25]), min_size=2, max_size=30))
def test_the_order_of_items_does_not_matter(values: list[float]) -> None:
    shuffled = sorted(values)
    found, again = estimate_mean(values), estimate_mean(shuffled)
    assert (found.value, found.n) == (again.value, again.n)
    assert found.stderr == pytest.approx(again.stderr)


@pytest.mark.parametrize(("p", "n"), [(0.5, 20), (0.1, 40), (0.9, 250)])
def test_wilsons_interval_covers_95_percent(p: float, n: int) -> None:
    """Exactly: the chance of each count, by the binomial distribution, summed over the counts that cover p."""
    covered = 0.0
    for right in range(n + 1):
        found = estimate_mean([1.0] * right + [0.0] * (n - right))
        assert found.low is not None
        assert found.high is not None
        if found.low <= p <= found.high:
            covered += math.comb(n, right) * p**right * (1 - p) ** (n - right)
    assert 0.93 < covered < 0.98


def test_students_interval_covers_95_percent() -> None:
    random = np.random.default_rng(7)
    draws = random.normal(0.3, 2.0, (2000, 6))
    found = [estimate_mean(draw.tolist()) for draw in draws]
    covered = sum(f.low <= 0.3 <= f.high for f in found if f.low is not None and f.high is not None) / len(found)
    assert covered == pytest.approx(0.95, abs=0.015)


def test_the_bootstrap_finds_the_known_error_of_a_mean() -> None:
    values = np.random.default_rng(3).normal(5.0, 2.0, 200).tolist()
    exact, found = estimate_mean(values), estimate_by_bootstrap(values, statistics.fmean)
    assert found.value == pytest.approx(exact.value)
    assert found.stderr == pytest.approx(exact.stderr, rel=0.1)
    assert found.low == pytest.approx(exact.low, abs=0.05)
    assert found.high == pytest.approx(exact.high, abs=0.05)


def test_the_bootstrap_is_seeded() -> None:
    values = [0.1, 0.9, 0.4, 0.4, 0.7]
    assert estimate_by_bootstrap(values, statistics.fmean) == estimate_by_bootstrap(values, statistics.fmean)
    other = estimate_by_bootstrap(values, statistics.fmean, seed=1)
    assert other.value == estimate_by_bootstrap(values, statistics.fmean).value
    assert other.stderr != estimate_by_bootstrap(values, statistics.fmean).stderr


def test_one_value_has_no_bootstrap_error() -> None:
    found = estimate_by_bootstrap([0.25], statistics.fmean)
    assert (found.value, found.stderr, found.low, found.high, found.n) == (0.25, None, None, None, 1)


def test_a_score_that_some_resample_lacks_keeps_its_value() -> None:
    def wants_both(values: list[float]) -> float:
        if len(set(values)) < 2:
            raise ValueError("only one class")
        return statistics.fmean(values)

    found = estimate_by_bootstrap([0.0, 1.0], wants_both)
    assert (found.value, found.stderr, found.low, found.high) == (0.5, None, None, None)

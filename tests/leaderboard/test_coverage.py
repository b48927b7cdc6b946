"""Whole boards with a known truth: 95 of 100 intervals hold it.

The fast tests draw few boards and catch what is badly wrong; the slow ones draw thousands and hold the coverage to 1.5
points. Rank intervals hold the truth at once for all models: near 95 % of boards where all are equal, more where not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from simulation import NOMINAL, TOLERANCE, simulate_boards, simulate_ranks

from jaeval.leaderboard import ranks
from jaeval.leaderboard.intervals import estimate_by_bca
from jaeval.metrics.classification import macro_f1, matthews

EQUAL: dict[str, dict[str, Any]] = {
    "three tasks, shared items": {"skills": [0.3] * 6, "sizes": [60, 100, 250]},
    "three tasks, items of their own": {"skills": [0.3] * 6, "sizes": [60, 100, 250], "shared": False},
    "one task of 50 items": {"skills": [0.5] * 8, "sizes": [50]},
    "clusters of four": {"skills": [0.3] * 6, "sizes": [160, 240], "cluster": 4},
    "two models, hard items alike": {"skills": [0.0] * 2, "sizes": [200], "difficulty": 2.0},
}
APART: dict[str, dict[str, Any]] = {
    "close": {"skills": [0.0, 0.1, 0.2, 0.3, 0.4, 0.8], "sizes": [100, 200]},
    "far": {"skills": [-2, -1, 0, 1, 2], "sizes": [200, 200]},
    "near nothing": {"skills": [-2.2] * 6, "sizes": [100, 100]},
    "many tasks, near all": {"skills": [2.2] * 4, "sizes": [100] * 12},
}
FEW, MANY = 30, 1500
pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Half of what a board takes, and an eighth in the fast tests."""
    monkeypatch.setattr(ranks, "DRAWS", 2000 if request.node.get_closest_marker("long") else 500)


@pytest.mark.parametrize("name", ["three tasks, items of their own", "clusters of four"])
def test_intervals_hold_the_truth_on_few_boards(name: str) -> None:
    found = simulate_boards(**EQUAL[name], repetitions=FEW, seed=1)
    assert found.cells == pytest.approx(NOMINAL, abs=0.04)
    assert found.totals == pytest.approx(NOMINAL, abs=0.05)
    assert found.ranks >= NOMINAL - 0.1
    assert found.width > 5.8


@pytest.mark.long
@pytest.mark.parametrize("name", EQUAL)
def test_intervals_of_equal_models_hold_the_truth(name: str) -> None:
    found = simulate_boards(**EQUAL[name], repetitions=MANY, seed=2)
    print(f"\n{name}: {found}")
    assert found.cells == pytest.approx(NOMINAL, abs=TOLERANCE)
    assert found.totals == pytest.approx(NOMINAL, abs=TOLERANCE)
    assert found.ranks == pytest.approx(NOMINAL, abs=TOLERANCE)


@pytest.mark.long
@pytest.mark.parametrize("name", APART)
def test_intervals_of_unequal_models_hold_the_truth(name: str) -> None:
    found = simulate_boards(**APART[name], repetitions=MANY, seed=3)
    print(f"\n{name}: {found}")
    assert found.cells == pytest.approx(NOMINAL, abs=TOLERANCE)
    assert found.totals == pytest.approx(NOMINAL, abs=TOLERANCE)
    assert found.ranks >= NOMINAL - TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize(("models", "items"), [(3, 40), (20, 200), (50, 500)])
def test_rank_intervals_of_equal_models_hold_all_places(models: int, items: int) -> None:
    found = simulate_ranks(models, items, repetitions=2000, seed=4)
    print(f"\n{models} models, {items} items: {found}")
    assert found == pytest.approx(NOMINAL, abs=TOLERANCE)


def bca_coverage(repetitions: int, clusters: int, each: int, resamples: int) -> tuple[float, float]:
    """How often the BCa intervals of macro F1 and of MCC hold the truth, items of a cluster being hard alike."""
    random = np.random.default_rng(5)

    def draw(count: int) -> tuple[list[tuple[int, int]], list[int]]:
        gold = random.integers(0, 2, count * each)
        hard = np.repeat(random.normal(0, 1, count), each)
        right = random.normal(0, 1, count * each) + 0.7 > hard
        flipped = np.where(right, gold, 1 - gold)
        return list(zip(gold.tolist(), flipped.tolist(), strict=True)), np.repeat(np.arange(count), each).tolist()

    accuracy = norm.cdf(0.7 / np.sqrt(2))
    truths = (accuracy, 2 * accuracy - 1)  # of balanced classes and even-handed errors
    held = np.zeros(2)
    for _ in range(repetitions):
        pairs, groups = draw(clusters)
        for place, metric in enumerate((macro_f1, matthews)):
            found = estimate_by_bca(pairs, metric, groups, resamples=resamples)
            assert found.low is not None
            assert found.high is not None
            held[place] += found.low <= truths[place] <= found.high
    return float(held[0] / repetitions), float(held[1] / repetitions)


def test_bca_intervals_hold_the_truth_in_a_few_draws() -> None:
    assert min(bca_coverage(30, clusters=40, each=3, resamples=200)) >= NOMINAL - 0.15


@pytest.mark.long
def test_bca_intervals_hold_the_truth() -> None:
    found = bca_coverage(1000, clusters=80, each=3, resamples=1000)
    print(f"\nmacro F1, MCC: {found}")
    assert found == pytest.approx((NOMINAL, NOMINAL), abs=TOLERANCE)

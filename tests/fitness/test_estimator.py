"""The regression estimator: closer to the truth than the plain mean, with an error that holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.errors import FitnessError
from jaeval.fitness import adjusted_score

NAMES = [f"t/{i}" for i in range(400)]


def draw(random: np.random.Generator, relatives: int, kinship: float) -> np.ndarray:
    """Rights and wrongs of a candidate (the first row) and its relatives, which share an item's difficulty."""
    difficulty = random.standard_normal(400)
    own = random.standard_normal((relatives + 1, 400))
    return ((np.sqrt(kinship) * difficulty + np.sqrt(1 - kinship) * own) < 0.1).astype(float)


def named(row: np.ndarray, n: int | None = None) -> dict[str, float]:
    return dict(zip(NAMES[:n], row[:n].tolist(), strict=False))


def estimates(relatives: int, kinship: float, n: int = 100, repeats: int = 400) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    found = []
    for _ in range(repeats):
        matrix = draw(random, relatives, kinship)
        adjusted = adjusted_score(named(matrix[0], n), [named(row) for row in matrix[1:]])
        found.append((adjusted.score, adjusted.se, adjusted.plain, adjusted.plain_se, adjusted.r2, matrix[0].mean()))
    return dict(zip(("score", "se", "plain", "plain_se", "r2", "truth"), np.array(found).T, strict=True))


@pytest.mark.parametrize(("relatives", "kinship", "least"), [(2, 0.7, 0.25), (20, 0.7, 0.4)])
def test_relatives_sharpen_it(relatives: int, kinship: float, least: float) -> None:
    found = estimates(relatives, kinship)
    error, plain = found["score"] - found["truth"], found["plain"] - found["truth"]
    assert 1 - (error**2).mean() / (plain**2).mean() > least
    assert abs(error.mean()) < 3 * error.std() / len(error) ** 0.5 + 1e-4  # no bias that shows
    assert np.mean(abs(error) < 1.96 * found["se"]) > 0.9
    assert found["r2"].mean() > least


def test_strangers_do_no_harm() -> None:
    found = estimates(10, 0.0)
    error, plain = found["score"] - found["truth"], found["plain"] - found["truth"]
    assert (error**2).mean() < 1.1 * (plain**2).mean()
    assert np.mean(abs(error) < 1.96 * found["se"]) > 0.9


def test_all_items_leave_no_doubt() -> None:
    matrix = draw(np.random.default_rng(1), 3, 0.5)
    adjusted = adjusted_score(named(matrix[0]), [named(row) for row in matrix[1:]])
    assert adjusted.score == pytest.approx(matrix[0].mean())
    assert adjusted.se == adjusted.plain_se == 0
    assert (adjusted.n, adjusted.items) == (400, 400)


def test_a_twin_tells_everything() -> None:
    row = draw(np.random.default_rng(2), 0, 0.0)[0]
    adjusted = adjusted_score(named(row, 100), [named(row)])
    assert adjusted.score == pytest.approx(row.mean(), abs=1e-3)
    assert adjusted.r2 > 0.99


@given(st.integers(2, 60), st.integers(0, 2**31))
def test_any_values_give_finite_numbers(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.choice([0.0, 0.5, 1.0], (4, 400), p=[0.8, 0.1, 0.1])
    rows[3] = 0.0  # a relative that knows nothing
    adjusted = adjusted_score(named(rows[0], n), [named(row) for row in rows[1:]])
    assert np.isfinite([adjusted.score, adjusted.se, adjusted.plain_se, adjusted.r2]).all()
    assert adjusted.se <= adjusted.plain_se * 1.6 + 1e-9


def test_items_that_a_relative_lacks_are_refused() -> None:
    row = draw(np.random.default_rng(3), 0, 0.0)[0]
    with pytest.raises(FitnessError, match="1 items lack a relative's result, such as t/new"):
        adjusted_score({"t/new": 1.0, "t/1": 0.0}, [named(row)])
    with pytest.raises(FitnessError, match="at least two items and one relative"):
        adjusted_score({"t/1": 0.0, "t/2": 1.0}, [])

"""The overall number: its rule, what is missing, and the best of several prompts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.leaderboard.board import Column
from jaeval.leaderboard.measure import Measured
from jaeval.leaderboard.totals import Rule

TEXT = {"ja": "", "en": ""}


def column(key: str, weight: float = 1.0, **changes: object) -> Column:
    return Column(key, key, "acc", "none", TEXT, TEXT, weight=weight, **changes)  # type: ignore[arg-type]


TWO = (column("a", 0.75, chance=0.25), column("b", 0.25, chance=0.5))


def test_the_weighted_mean_with_its_standard_error_and_interval() -> None:
    total, weights = Rule(TWO).total(
        {("a", ""): Measured(0.4, 0.02, 0.36, 0.44), ("b", ""): Measured(0.8, 0.04, 0.7, 0.86)}
    )
    assert total.value == total.raw == pytest.approx(0.75 * 0.4 + 0.25 * 0.8)
    assert total.stderr == pytest.approx(math.hypot(0.75 * 0.02, 0.25 * 0.04))
    reach, lean = math.hypot(0.75 * 0.04, 0.25 * 0.08), -0.25 * 0.02
    lean *= (reach / (0.75 * 0.04 + 0.25 * 0.08)) ** 2
    assert (total.low, total.high) == (pytest.approx(0.5 + lean - reach), pytest.approx(0.5 + lean + reach))
    assert total.normalised == pytest.approx(0.75 * 0.2 + 0.25 * 0.6)
    assert weights == {"a": 0.75, "b": 0.25}


def test_chance_normalised_where_the_board_says_so() -> None:
    scores = {("a", ""): Measured(0.4, 0.03, 0.34, 0.46), ("b", ""): Measured(0.8, 0.04, 0.7, 0.9)}
    total, weights = Rule(TWO, normalised=True).total(scores)
    assert total.value == total.normalised == pytest.approx(0.75 * 0.2 + 0.25 * 0.6)
    assert total.raw == pytest.approx(0.5)
    assert weights == {"a": pytest.approx(1.0), "b": pytest.approx(0.5)}
    assert total.stderr == pytest.approx(math.hypot(0.03, 0.5 * 0.04))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2), st.lists(st.floats(0, 0.9), min_size=2, max_size=2))
def test_the_normalised_number_is_the_mean_of_normalised_scores(values: list[float], chances: list[float]) -> None:
    columns = tuple(column(key, 0.5, chance=chance) for key, chance in zip("ab", chances, strict=True))
    scores = {(key, ""): Measured(value) for key, value in zip("ab", values, strict=True)}
    total, _ = Rule(columns, normalised=True).total(scores)
    expected = sum((v - c) / (1 - c) for v, c in zip(values, chances, strict=True)) / 2
    assert total.value == pytest.approx(expected, abs=1e-9)


def test_a_missing_task_leaves_no_number_and_is_named() -> None:
    total, weights = Rule(TWO).total({("a", ""): Measured(0.4, 0.02)})
    assert (total.value, total.raw, total.missing, weights) == (None, None, ("b",), {})
    total, _ = Rule(TWO).total({("a", ""): Measured(0.4), ("b", ""): Measured(None)})
    assert (total.value, total.missing) == (None, ("b",))
    assert Rule(TWO).total({})[0].missing == ("a", "b")


def test_a_recipe_may_skip_what_is_missing_or_zero_and_names_it() -> None:
    total, weights = Rule(TWO, skip_missing=True).total({("b", ""): Measured(0.8)})
    assert (total.value, total.missing, total.skipped, weights) == (0.8, ("a",), ("a",), {"b": 1.0})
    scores = {("a", ""): Measured(0.0, 0.0), ("b", ""): Measured(0.8, 0.1)}
    total, weights = Rule(TWO, skip_zeros=True).total(scores)
    assert (total.value, total.stderr, total.skipped, weights) == (0.8, 0.1, ("a",), {"b": 1.0})
    assert Rule(TWO).total(scores)[0].value == pytest.approx(0.2)
    nothing, _ = Rule(TWO, skip_zeros=True).total({("a", ""): Measured(0.0), ("b", ""): Measured(0.0)})
    assert (nothing.value, nothing.skipped) == (0.0, ("a", "b"))


def test_an_unknown_standard_error_makes_the_mean_s_unknown() -> None:
    total, _ = Rule(TWO).total({("a", ""): Measured(0.4, 0.02, 0.3, 0.5), ("b", ""): Measured(0.8)})
    assert (total.value, total.stderr, total.low, total.high) == (pytest.approx(0.5), None, None, None)


def test_the_best_prompt_is_the_first_of_equals_and_has_no_interval() -> None:
    rule = Rule((column("a"),))
    scores = {
        ("a", "default"): Measured(0.6, 0.02, 0.5, 0.7),
        ("a", "1.0-0.1"): Measured(0.4, 0.03, 0.3, 0.5),
        ("a", "1.0-0.2"): Measured(0.6, 0.04, 0.5, 0.7),
    }
    total, _ = rule.total(scores)
    assert (total.value, total.prompt, total.tried) == (0.6, "1.0-0.2", 3)
    assert (total.stderr, total.low, total.high) == (0.04, None, None)
    assert total.prompt_mean == pytest.approx(1.6 / 3)
    assert total.prompt_mean_stderr == pytest.approx(0.03)
    one, _ = rule.total({("a", "default"): scores["a", "default"]})
    assert (one.value, one.tried, one.low, one.high) == (0.6, 1, 0.5, 0.7)


def test_a_prompt_that_lacks_a_task_is_not_the_best() -> None:
    scores = {("a", "x"): Measured(0.9), ("a", "y"): Measured(0.5), ("b", "y"): Measured(0.5)}
    total, _ = Rule(TWO).total(scores)
    assert (total.value, total.prompt, total.tried) == (pytest.approx(0.5), "y", 1)


def test_points_and_fractions_are_brought_to_one_scale() -> None:
    columns = (column("a", 0.5, scale=100.0), column("b", 0.5, scale=1.0))
    total, weights = Rule(columns).total({("a", ""): Measured(0.5, 0.1), ("b", ""): Measured(30.0, 10.0)})
    assert total.value == pytest.approx(0.4)
    assert total.stderr == pytest.approx(math.hypot(0.05, 0.05))
    assert weights == {"a": 0.5, "b": 0.005}

"""Chance levels and constant answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.leaderboard.chance import above_chance, majority_share, no_better


def test_guessing_is_nothing_and_full_marks_are_one() -> None:
    random = np.random.default_rng(8)
    guessed = random.integers(0, 4, 100_000) == random.integers(0, 4, 100_000)
    assert above_chance(float(guessed.mean()), 0.25) == pytest.approx(0.0, abs=0.01)
    assert above_chance(1.0, 0.25) == 1.0


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_the_majoritys_share_is_the_accuracy_of_the_best_constant_answer(targets: list[str]) -> None:
    assert majority_share(targets) == max(targets.count(answer) for answer in "abc") / len(targets)


def test_without_targets_nothing_is_known() -> None:
    assert majority_share([]) is None


@pytest.mark.parametrize(
    ("value", "low", "found"), [(0.6, 0.51, False), (0.6, 0.49, True), (0.4, None, True), (0.6, None, False)]
)
def test_a_score_is_no_better_where_its_interval_reaches_down_to_the_level(
    value: float, low: float | None, found: bool
) -> None:
    assert no_better(value, low, 0.5) is found

"""Numbers over several tasks: what is missing stays missing, and uncertainty is carried along."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.results.composite import compose
from jaeval.results.schema import CompositeRecord, Score


def score(task: str, value: float | None, *, n: int = 100, stderr: float | None = 0.02, **changes: Any) -> Score:
    values: dict[str, Any] = {"metric": "acc", "filter": "none", "low": None, "high": None, "primary": True}
    return Score(task=task, value=value, stderr=stderr, n=n, **values | changes)


def mean(name: str, weights: dict[str, float | None], **changes: Any) -> CompositeRecord:
    return CompositeRecord(name=name, **{"rule": "mean", "weights": weights, **changes})


def test_a_weighted_mean_and_its_error() -> None:
    scores = [score("a", 0.2, stderr=0.03, chance=0.0), score("b", 0.8, stderr=0.04, chance=0.25)]
    (found,) = compose([mean("all", {"a": 3.0, "b": 1.0})], scores)
    assert found.value == pytest.approx(0.35)
    assert found.stderr == pytest.approx(math.hypot(0.75 * 0.03, 0.25 * 0.04))
    assert found.high == pytest.approx(0.35 + 1.959964 * found.stderr)
    assert found.chance == pytest.approx(0.0625)
    assert (found.n, found.parts, found.missing) == (200, 2, [])


def test_without_weights_every_item_counts_the_same() -> None:
    scores = [score("a", 1.0, n=30), score("b", 0.0, n=10)]
    (found,) = compose([mean("all", {"a": None, "b": None})], scores)
    assert found.value == pytest.approx(0.75)


def test_only_primary_scores_count() -> None:
    scores = [score("a", 0.5), score("a", 0.9, metric="acc_norm", primary=False)]
    (found,) = compose([mean("all", {"a": 1.0})], scores)
    assert found.value == 0.5


@pytest.mark.parametrize("scores", [[score("a", 0.5)], [score("a", 0.5), score("b", None, n=0, stderr=None)]])
def test_what_is_missing_is_named_and_never_taken_for_zero(scores: list[Score]) -> None:
    (found,) = compose([mean("all", {"a": 1.0, "b": 1.0})], scores)
    assert (found.value, found.stderr, found.low, found.missing) == (None, None, None, ["b"])


def test_an_unknown_error_or_chance_stays_unknown() -> None:
    scores = [score("a", 0.5, stderr=None, chance=0.5), score("b", 0.5, chance=None)]
    (found,) = compose([mean("all", {"a": 1.0, "b": 1.0})], scores)
    assert (found.value, found.stderr, found.low, found.chance) == (0.5, None, None, None)


def test_the_rule_that_leaves_out_zeros() -> None:
    scores = [score("a", 0.0), score("b", 0.6), score("c", 0.4)]
    weights: dict[str, float | None] = {"a": 1.0, "b": 1.0, "c": 1.0}
    with_zeros, without = compose([mean("x", weights), mean("y", weights, rule="mean of what is not 0")], scores)
    assert (with_zeros.value, without.value) == (pytest.approx(1 / 3), pytest.approx(0.5))
    (zeros,) = compose([mean("z", {"a": 1.0}, rule="mean of what is not 0")], scores)
    assert zeros.value == 0.0


class TestVersionsOfAPrompt:
    def compose(self, *values: float | None) -> tuple[Any, Any]:
        scores = [score(f"t{i}", value, stderr=0.01 * (i + 1)) for i, value in enumerate(values)]
        parts = [mean(f"p{i}", {f"t{i}": 1.0}) for i in range(len(values))]
        over: dict[str, float | None] = {part.name: 1.0 for part in parts}
        best = CompositeRecord(name="best", rule="best", weights=over)
        average = CompositeRecord(name="mean", rule="mean of parts", weights=over)
        *_, first, second = compose([*parts, best, average], scores)
        return first, second

    def test_the_best_is_the_highest_and_says_which(self) -> None:
        best, average = self.compose(0.2, 0.7, 0.7, 0.3)
        assert (best.value, best.best, best.parts) == (0.7, "p1", 4)
        assert (best.low, best.high) == (None, None), "the best of several is no unbiased estimate"
        assert average.value == pytest.approx(0.475)
        assert average.stderr == pytest.approx(0.025)

    def test_with_one_missing_neither_is_known(self) -> None:
        best, average = self.compose(0.2, None)
        assert (best.value, average.value, best.missing, average.missing) == (None, None, ["t1"], ["t1"])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 1000), st.floats(0.001, 0.5)), min_size=1, max_size=8))
def test_a_mean_lies_between_its_parts_and_is_surer_than_the_least_sure(parts: list[tuple[float, int, float]]) -> None:
    scores = [score(f"t{i}", value, n=n, stderr=stderr) for i, (value, n, stderr) in enumerate(parts)]
    (found,) = compose([mean("all", {s.task: None for s in scores})], scores)
    values = [value for value, _, _ in parts]
    assert found.value is not None
    assert min(values) - 1e-12 <= found.value <= max(values) + 1e-12
    assert found.stderr is not None
    assert found.stderr <= max(stderr for _, _, stderr in parts) + 1e-12

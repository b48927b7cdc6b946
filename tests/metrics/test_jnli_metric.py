from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics.classification import balanced_accuracy, macro_f1, matthews
from jaeval.metrics.jnli import process_results


def scores(label: int, *likelihoods: float) -> dict[str, object]:
    return process_results({"label": label}, [(likelihood, False) for likelihood in likelihoods])


def test_the_likeliest_choice_is_the_prediction() -> None:
    assert scores(2, -3.0, -2.0, -1.0) == {"acc": 1.0, "balanced_acc": (2, 2), "mcc": (2, 2), "macro_f1": (2, 2)}
    assert scores(0, -3.0, -2.0, -1.0) == {"acc": 0.0, "balanced_acc": (0, 2), "mcc": (0, 2), "macro_f1": (0, 2)}


def test_the_first_of_equal_ones_is_taken() -> None:
    assert scores(1, -2.0, -1.0, -1.0)["acc"] == 1.0
    assert scores(2, -2.0, -1.0, -1.0)["acc"] == 0.0


@given(st.integers(0, 2), st.lists(st.floats(-1e6, 0.0), min_size=3, max_size=3))
def test_it_is_numpy_s_argmax(label: int, likelihoods: list[float]) -> None:
    import numpy as np

    assert scores(label, *likelihoods)["mcc"] == (label, int(np.argmax(likelihoods)))


def test_always_neutral_is_no_better_than_chance_when_balanced() -> None:
    items = [scores(label, -3.0, -2.0, -1.0) for label in [0] * 14 + [1] * 30 + [2] * 56]
    pairs = [item["balanced_acc"] for item in items]
    assert sum(item["acc"] for item in items) / 100 == 0.56  # type: ignore[misc]
    assert balanced_accuracy(pairs) == pytest.approx(1 / 3)  # type: ignore[arg-type]
    assert matthews(pairs) == 0.0  # type: ignore[arg-type]
    assert macro_f1(pairs) == pytest.approx(2 * 56 / 156 / 3)  # type: ignore[arg-type]

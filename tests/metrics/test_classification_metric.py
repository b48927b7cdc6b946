"""`jaeval.metrics.classification` against scikit-learn's functions of the same names."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from jaeval.metrics import classification

Aggregation = Callable[[list[Any]], float]

# By labels of any number and kind: our function, and scikit-learn's over golds and predictions.
MANY: dict[str, tuple[Aggregation, Callable[[list[Any], list[Any]], float]]] = {
    "accuracy": (classification.accuracy, sklearn.accuracy_score),
    "balanced_accuracy": (classification.balanced_accuracy, sklearn.balanced_accuracy_score),
    "macro_f1": (classification.macro_f1, lambda gold, found: sklearn.f1_score(gold, found, average="macro")),
    "matthews": (classification.matthews, sklearn.matthews_corrcoef),
}
# By labels 0 and 1.
BINARY: dict[str, tuple[Aggregation, Callable[[list[Any], list[Any]], float]]] = {
    "precision": (classification.precision, sklearn.precision_score),
    "recall": (classification.recall, sklearn.recall_score),
    "f1": (classification.f1, sklearn.f1_score),
}
LABELS = st.sampled_from([0, 1, 2, -100]) | st.sampled_from(["含意", "矛盾", "中立"])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """scikit-learn warns of classes that a sample lacks; that is what is tested here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", MANY)
@given(data=st.data())
def test_equals_scikit_learn_for_any_labels(name: str, data: st.DataObject) -> None:
    ours, theirs = MANY[name]
    labels = data.draw(st.sampled_from([[0, 1], [0, 1, -100], [0, 1, 2, 3, 4], ["含意", "矛盾", "中立"]]))
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(labels), st.sampled_from(labels)), min_size=1, max_size=60))
    golds, predictions = map(list, zip(*pairs, strict=True))
    assert ours(pairs) == pytest.approx(theirs(golds, predictions), abs=1e-12)


@pytest.mark.parametrize("name", BINARY)
@given(pairs=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_equals_scikit_learn_for_two_labels(name: str, pairs: list[tuple[int, int]]) -> None:
    ours, theirs = BINARY[name]
    golds, predictions = map(list, zip(*pairs, strict=True))
    assert ours(pairs) == pytest.approx(theirs(golds, predictions), abs=1e-12)


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.25, 0.5, 0.5, 0.75, 1.0]) | st.floats(-1e6, 1e6)),
        min_size=2,
        max_size=60,
    )
)
def test_roc_auc_equals_scikit_learn(pairs: list[tuple[int, float]]) -> None:
    golds, scores = map(list, zip(*pairs, strict=True))
    if len(set(golds)) == 1:
        assert math.isnan(classification.roc_auc(pairs))
    else:
        assert classification.roc_auc(pairs) == pytest.approx(sklearn.roc_auc_score(golds, scores), abs=1e-12)


def test_values_worked_out_by_hand() -> None:
    # Class 0: found 2 of 3, predicted 3 times. Class 1: found 1 of 2, predicted twice.
    pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0)]
    assert classification.accuracy(pairs) == pytest.approx(3 / 5)
    assert classification.balanced_accuracy(pairs) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert classification.macro_f1(pairs) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert classification.matthews(pairs) == pytest.approx((2 * 1 - 1 * 1) / math.sqrt(3 * 2 * 2 * 3))
    assert classification.precision(pairs) == classification.recall(pairs) == classification.f1(pairs) == 0.5
    assert classification.roc_auc([(0, 0.1), (1, 0.9), (0, 0.9)]) == 0.75


@pytest.mark.parametrize("name", [*MANY, *BINARY, "roc_auc"])
def test_no_pairs_give_no_score(name: str) -> None:
    assert math.isnan(getattr(classification, name)([]))


@given(pairs=st.lists(st.tuples(LABELS, LABELS), min_size=1), random=st.randoms())
def test_the_order_of_items_does_not_matter(pairs: list[tuple[Any, Any]], random: Any) -> None:
    shuffled = random.sample(pairs, len(pairs))
    for ours, _ in MANY.values():
        assert ours(shuffled) == pytest.approx(ours(pairs), abs=1e-12)


def test_equal_labels_of_different_kinds_are_one_label() -> None:
    pairs = [(1, np.int64(1)), (0, np.int64(0)), (True, 1.0), (1, 0)]
    plain = [(1, 1), (0, 0), (1, 1), (1, 0)]
    for ours, _ in [*MANY.values(), *BINARY.values()]:
        assert ours(pairs) == ours(plain)


def test_lists_from_a_stored_run_count_as_pairs() -> None:
    assert classification.macro_f1([[0, 0], [1, 0]]) == classification.macro_f1([(0, 0), (1, 0)])  # type: ignore[list-item]


def test_a_bootstrap_of_a_thousand_is_quick() -> None:
    """The whole of chABSA, 7,723 items, as often as the scorecard's bootstrap asks: a few seconds, not minutes."""
    rng = np.random.default_rng(0)
    pairs = [(int(gold), int(found)) for gold, found in rng.integers(0, 2, (7723, 2))]
    scored = [(gold, found / 7) for gold, found in pairs]
    started = time.perf_counter()
    for _ in range(10):
        for ours, _theirs in [*MANY.values(), *BINARY.values()]:
            ours(pairs)
        classification.roc_auc(scored)
    assert time.perf_counter() - started < 10 * 8 * 0.02

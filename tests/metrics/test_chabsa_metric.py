from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from jaeval.metrics.chabsa import adjusted_macro_f1

POSITIVE, NEGATIVE, NEUTRAL = 0, 1, -100


@given(
    st.lists(
        st.tuples(st.sampled_from([POSITIVE, NEGATIVE, NEUTRAL]), st.sampled_from([POSITIVE, NEGATIVE])),
        min_size=1,
        max_size=80,
    )
)
def test_it_is_upstreams_formula(pairs: list[tuple[int, int]]) -> None:
    golds, predictions = zip(*pairs, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert adjusted_macro_f1(pairs) == pytest.approx(f1_score(golds, predictions, average="macro") * 1.5, abs=1e-12)


def test_neutral_golds_are_a_third_class_that_no_answer_hits() -> None:
    right = [(POSITIVE, POSITIVE)] * 3 + [(NEGATIVE, NEGATIVE)] * 2
    # Two classes, both found: 1. Times 1.5, as upstream has it, though there is no third class.
    assert adjusted_macro_f1(right) == 1.5
    # F1 of positive 2·3 / (3 + 4), of negative 1, of neutral 0.
    assert adjusted_macro_f1([*right, (NEUTRAL, POSITIVE)]) == pytest.approx(1.5 * (6 / 7 + 1 + 0) / 3)


def test_no_opinions_give_no_score() -> None:
    assert math.isnan(adjusted_macro_f1([]))

"""Scores of a classification over all items, each equal to scikit-learn's function of that name.

They are aggregations for a task's `metric_list`: each takes a list of (gold, prediction), one pair per item, as
lm-eval collects them. Labels are whatever can be hashed, and equal ones are one label (1, True and 1.0 are). A
bootstrap calls an aggregation 1,000 times: pairs are counted once, and the rest works on the counts.

| here | sklearn.metrics |
|---|---|
| `accuracy` | `accuracy_score` |
| `balanced_accuracy` | `balanced_accuracy_score` |
| `macro_f1` | `f1_score(average="macro")` |
| `matthews` | `matthews_corrcoef` |
| `precision`, `recall`, `f1` | `precision_score`, `recall_score`, `f1_score`: of class 1 |
| `roc_auc` | `roc_auc_score`: pairs are (gold 0 or 1, score) |

0 divided by 0 is 0, as by default there. No pairs, or for `roc_auc` golds of one class only, give NaN.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pair: TypeAlias = tuple[Hashable, Hashable]


def accuracy(pairs: Sequence[Pair]) -> float:
    """The share of predictions that equal their gold."""
    return sum(gold == prediction for gold, prediction in pairs) / len(pairs) if pairs else math.nan


def balanced_accuracy(pairs: Sequence[Pair]) -> float:
    """The mean recall over the classes that some gold has."""
    if not pairs:
        return math.nan
    matrix = confusion(pairs)
    golds = matrix.sum(axis=1)
    present = golds > 0
    return float((matrix.diagonal()[present] / golds[present]).mean())


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean F1 over the classes that some gold or some prediction has."""
    if not pairs:
        return math.nan
    matrix = confusion(pairs)
    return float((2 * matrix.diagonal() / (matrix.sum(axis=1) + matrix.sum(axis=0))).mean())


def matthews(pairs: Sequence[Pair]) -> float:
    """Matthews' correlation coefficient, for any number of classes (Gorodkin's R_K)."""
    if not pairs:
        return math.nan
    matrix, n = confusion(pairs), len(pairs)
    golds, predictions = matrix.sum(axis=1), matrix.sum(axis=0)
    shared = int(matrix.trace()) * n - int(golds @ predictions)
    spread = (n * n - int(golds @ golds)) * (n * n - int(predictions @ predictions))
    return shared / math.sqrt(spread) if spread else 0.0


def precision(pairs: Sequence[Pair]) -> float:
    """The share of predictions of class 1 that are right."""
    right, predicted, _ = _ones(pairs)
    return _share(right, predicted) if pairs else math.nan


def recall(pairs: Sequence[Pair]) -> float:
    """The share of golds of class 1 that are found."""
    right, _, gold = _ones(pairs)
    return _share(right, gold) if pairs else math.nan


def f1(pairs: Sequence[Pair]) -> float:
    """The harmonic mean of precision and recall of class 1."""
    right, predicted, gold = _ones(pairs)
    return _share(2 * right, predicted + gold) if pairs else math.nan


def roc_auc(pairs: Sequence[tuple[Any, float]]) -> float:
    """The area under the ROC curve: how often an item of class 1 has the higher score, half where they tie."""
    import numpy as np

    scores = np.array([score for _, score in pairs], dtype=float)
    ones = np.array([gold == 1 for gold, _ in pairs], dtype=bool)
    n_ones = int(ones.sum())
    n_others = len(pairs) - n_ones
    if not n_ones or not n_others:
        return math.nan
    _, place, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    return float((ranks[ones].sum() - n_ones * (n_ones + 1) / 2) / (n_ones * n_others))


def confusion(pairs: Sequence[Pair]) -> NDArray[np.int64]:
    """How often each gold (row) met each prediction (column), over the labels in the order they first occur."""
    import numpy as np

    counts = Counter(map(tuple, pairs))
    places = {label: i for i, label in enumerate(dict.fromkeys(label for pair in counts for label in pair))}
    matrix = np.zeros((len(places), len(places)), dtype=np.int64)
    for (gold, prediction), count in counts.items():
        matrix[places[gold], places[prediction]] = count
    return matrix


def _ones(pairs: Sequence[Pair]) -> tuple[int, int, int]:
    """How often 1 was predicted rightly, predicted, and gold."""
    counts = Counter(map(tuple, pairs))
    return (
        counts[1, 1],
        sum(count for (_, prediction), count in counts.items() if prediction == 1),
        sum(count for (gold, _), count in counts.items() if gold == 1),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

"""What the text metrics share: a document's gold answers, and the best score over them.

A text metric is a function `f(prediction, golds) -> float` from 0 to 1. A `process_results` for a task YAML scores the
first response against `golds_of(doc)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def golds_of(doc: Mapping[str, Any]) -> list[str]:
    """The gold answers of a document: the texts of its field `answers`, or the one text of its field `answer`.

    Raises:
        KeyError: it has neither field.
    """
    return list(doc["answers"]) if "answers" in doc else [doc["answer"]]


def best(score: Callable[[str, str], float], prediction: str, golds: Sequence[str]) -> float:
    """The highest score of a prediction over the golds.

    Raises:
        ValueError: there are no golds.
        TypeError: the golds are a single string, which would be scored letter by letter.
    """
    return max(score(prediction, gold) for gold in checked(golds))


def checked(golds: Sequence[str]) -> Sequence[str]:
    """The golds, if they are some.

    Raises:
        ValueError, TypeError: as in `best`.
    """
    if isinstance(golds, str):
        raise TypeError("golds are a list of texts, not one text")
    if not golds:
        raise ValueError("an answer cannot be scored without golds")
    return golds

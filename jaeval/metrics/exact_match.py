"""Exact match of a prediction with any of the golds, strictly or after a published normalisation.

| function | compares | source |
|---|---|---|
| `strict` | the texts as they are | flexeval's `ExactMatch` without processors |
| `lm_eval` | without white space at the ends | lm-eval 0.4.13, `ja_leaderboard_jsquad` (its task has one gold) |
| `jpstable` | normalised with neologdn | Stability's JSQuAD, `jasquad/evaluate.py` |
| `jglue` | in lower case, without 。 at the end | JGLUE's own JSQuAD evaluation |
| `flexeval_aio` | without brackets, blanks, ・ = - | flexeval's AIO |
| `llm_jp_eval`, `swallow`, `nejumi` | the first paragraph, in NFKC | llm-jp-eval 1.3.0, Swallow, Nejumi |
| `numeric` | the numbers, exactly, by value and unit | jaeval |

Commits are in `jaeval.metrics.normalisation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jaeval.japanese.numbers import last_number, read_quantity
from jaeval.japanese.quantity import same_quantity
from jaeval.metrics import normalisation
from jaeval.metrics.golds import checked, golds_of


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`exact_match`: `strict` with the document's golds."""
    return {"exact_match": strict(results[0], golds_of(doc))}


def process_results_numeric(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`numeric_match`: `numeric` with the document's golds, which have to be numbers."""
    return {"numeric_match": numeric(results[0], golds_of(doc))}


def strict(prediction: str, golds: Sequence[str]) -> float:
    """1 if the prediction is one of the golds, character for character."""
    return float(prediction in checked(golds))


def lm_eval(prediction: str, golds: Sequence[str]) -> float:
    """1 if they are equal but for white space at the ends (and NULs at the end, which NumPy drops)."""
    return _equal(prediction, golds, _without_edges, _without_edges)


def jpstable(prediction: str, golds: Sequence[str]) -> float:
    """1 if they are equal after `normalisation.jpstable`."""
    return _equal(prediction, golds, normalisation.jpstable, normalisation.jpstable)


def jglue(prediction: str, golds: Sequence[str]) -> float:
    """1 if they are equal after `normalisation.jglue`."""
    return _equal(prediction, golds, normalisation.jglue, normalisation.jglue)


def flexeval_aio(prediction: str, golds: Sequence[str]) -> float:
    """1 if they are equal after `normalisation.flexeval_aio`."""
    return _equal(prediction, golds, normalisation.flexeval_aio, normalisation.flexeval_aio)


def llm_jp_eval(response: str, golds: Sequence[str]) -> float:
    """1 if the response's first paragraph is a gold in NFKC: a line feed behind the answer fails it."""
    return _equal(response, golds, normalisation.llm_jp_eval, normalisation.nfkc)


def swallow(response: str, golds: Sequence[str]) -> float:
    """1 if the response's first paragraph, without white space at its ends, is a gold in NFKC."""
    return _equal(response, golds, normalisation.swallow, normalisation.nfkc)


def nejumi(response: str, golds: Sequence[str]) -> float:
    """1 if the response after `normalisation.nejumi` is a gold in NFKC."""
    return _equal(response, golds, normalisation.nejumi, normalisation.nfkc)


def numeric(prediction: str, golds: Sequence[str], *, allow_missing_unit: bool = True) -> float:
    """1 if the last number of the prediction is exactly a gold's: 75億円 is 7,500百万円, 50% is not 0.5.

    Dates, ordinals and identifiers are passed over. A range, an approximation or a malformed number standing last is
    no number, and scores 0.

    Args:
        prediction: running text, or just the number.
        golds: numbers, with or without a unit.
        allow_missing_unit: let 18 stand for 18個 and the other way round.

    Raises:
        UnreadableNumber: a gold is not one exact number.
    """
    wanted = [read_quantity(gold) for gold in checked(golds)]
    found = last_number(prediction)
    return float(
        found is not None and any(same_quantity(found, gold, allow_missing_unit=allow_missing_unit) for gold in wanted)
    )


def _equal(
    prediction: str, golds: Sequence[str], of_prediction: Callable[[str], str], of_gold: Callable[[str], str]
) -> float:
    answer = of_prediction(prediction)
    return float(any(answer == of_gold(gold) for gold in checked(golds)))


def _without_edges(text: str) -> str:
    return text.lstrip().rstrip("\0").rstrip().rstrip("\0")

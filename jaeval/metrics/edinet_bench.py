"""EDINET-Bench's scoring (SakanaAI/EDINET-Bench at 797fbb5, `extract_json_between_markers`, `make_leaderboard.py`).

An answer is the first block between ```` ```json ```` and ```` ``` ```` that is JSON; where the response has no block
at all, the first `{…}` that is JSON (up to the first closing brace, so without braces inside). Its `prediction`, and
for fraud and earnings also its `prob`, must be there. Upstream drops all other answers and scores the rest: so do
`acc`, `precision`, `recall`, `f1`, `roc_auc` and `mcc`, with `coverage`, the share of answers that count, beside them.
`acc_all` takes the dropped ones for wrong.

Quirks kept: a prediction is truncated to an integer (0.9 is 0); any number is a `prob`; an industry has to be equal to
the letter, and a number in its place counts and is wrong. What stops upstream's program (JSON that is no object, a
prediction besides 0 and 1, a `prob` that is no finite number, a list or object for an industry) does not count here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from jaeval.metrics import classification

Verdict: TypeAlias = tuple[Any, Any]
"""Gold, and what was predicted or None where the answer does not count."""

_CONTROL = dict.fromkeys([*range(0x20), 0x7F])


def process_binary(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | Verdict]:
    """Score a response of `edinet_fraud` or `edinet_earnings` against `doc["label"]`, for lm-eval's `process_results`.

    Returns:
        `coverage` and `acc_all`, each 0.0 or 1.0; under the other names what is aggregated over all items.
    """
    gold, (prediction, prob) = doc["label"], read_binary(results[0] if results else "")
    verdict = (gold, prediction)
    return {
        **dict.fromkeys(("acc", "precision", "recall", "f1", "mcc"), verdict),
        "roc_auc": (gold, prob),
        "coverage": float(prediction is not None),
        "acc_all": float(prediction == gold),
    }


def process_industry(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | Verdict]:
    """Score a response of `edinet_industry` against `doc["industry"]`; returns `acc`, `coverage` and `acc_all`."""
    gold, prediction = doc["industry"], read_industry(results[0] if results else "")
    return {
        "acc": (gold, prediction),
        "coverage": float(prediction is not None),
        "acc_all": float(prediction == gold),
    }


def read_binary(response: str) -> tuple[int, float] | tuple[None, None]:
    """Prediction (0 or 1) and probability of a response, or (None, None) where it does not count."""
    answer = extract_json(response)
    if not isinstance(answer, dict):
        return None, None
    prob = answer.get("prob")
    try:
        prediction = int(answer["prediction"])
        number = float(prob) if isinstance(prob, int | float) else math.nan
    except (KeyError, TypeError, ValueError, OverflowError):
        return None, None
    return (prediction, number) if prediction in (0, 1) and math.isfinite(number) else (None, None)


def read_industry(response: str) -> str | None:
    """The industry that a response names, or None where it does not count."""
    answer = extract_json(response)
    prediction = answer.get("prediction") if isinstance(answer, dict) else None
    return str(prediction) if isinstance(prediction, str | int | float) else None


def extract_json(response: str) -> Any:
    """The first JSON value of a response, as the module describes; None where there is none.

    Text that is no JSON is tried a second time without control characters.
    """
    blocks = list(_between(response, "```json", "```")) or [f"{{{block}}}" for block in _between(response, "{", "}")]
    for block in blocks:
        for text in (block.strip(), block.strip().translate(_CONTROL)):
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                continue
    return None


def _between(text: str, start: str, end: str) -> Iterator[str]:
    """What stands between each `start` and the next `end` after it, in order and without overlap."""
    place = text.find(start)
    while place >= 0 and (close := text.find(end, place + len(start))) >= 0:
        yield text[place + len(start) : close]
        place = text.find(start, close + len(end))


def accuracy(verdicts: Sequence[Verdict]) -> float:
    """The share of right predictions among the answers that count."""
    return classification.accuracy(_counted(verdicts))


def precision(verdicts: Sequence[Verdict]) -> float:
    """Precision of class 1 among the answers that count."""
    return classification.precision(_counted(verdicts))


def recall(verdicts: Sequence[Verdict]) -> float:
    """Recall of class 1 among the answers that count."""
    return classification.recall(_counted(verdicts))


def f1(verdicts: Sequence[Verdict]) -> float:
    """F1 of class 1 among the answers that count."""
    return classification.f1(_counted(verdicts))


def matthews(verdicts: Sequence[Verdict]) -> float:
    """Matthews' correlation coefficient among the answers that count."""
    return classification.matthews(_counted(verdicts))


def roc_auc(verdicts: Sequence[Verdict]) -> float:
    """The area under the ROC curve of `prob` among the answers that count."""
    return classification.roc_auc(_counted(verdicts))


def _counted(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [(gold, prediction) for gold, prediction in verdicts if prediction is not None]

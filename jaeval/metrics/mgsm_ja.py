"""MGSM-ja and GSM8K-ja as jaeval scores them, by the number that a person would read.

The answer is what follows the last 答えは, without it the last number of the response. It is read in any notation of
`jaeval.japanese` (1,800, １，８００, 千八百, −3) and compared exactly; any unit is allowed, since MGSM's answers have
none. What is not one number (a range, an estimate) is not right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese import Quantity, UnreadableNumber, last_number, read_quantity, same_quantity
from jaeval.japanese.lid176 import default_identifier
from jaeval.metrics.mgsm_sakana import JAPANESE_ABOVE
from jaeval.metrics.procedural import stated_answer


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer_number"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, and `acc_ja_lid176`: right and written in Japanese, by the identifier named; each 0.0 or 1.0.
    """
    response = results[0]
    identifier = default_identifier()
    right = is_right(response, doc["answer_number"])
    japanese = right and identifier.p_japanese(response) > JAPANESE_ABOVE
    return {"acc": float(right), f"acc_ja_{identifier.name}": float(japanese)}


def is_right(response: str, answer: int) -> bool:
    """Whether the response gives the answer."""
    given = answered_quantity(response)
    return given is not None and same_quantity(given, read_quantity(str(answer)), allow_missing_unit=True)


def answered_quantity(response: str) -> Quantity | None:
    """The number that the response gives as its answer, or None."""
    stated = stated_answer(response)
    if stated is None:
        return last_number(response)
    try:
        return read_quantity(stated)
    except UnreadableNumber:
        return last_number(stated)

"""jfinqa's scoring rule, version 0.3.0 (github.com/ajtgjmdjp/jfinqa; lm-eval's built-in `jfinqa` tasks use the same).

Its quirks are kept, because published scores carry them:

- the answer marker has no word boundary, so "ROA: 3.2%" is read as an answer;
- `百万円` and its kin are dropped, not multiplied, so 75億円 differs from 7,500百万円;
- a minus written U+2212 is lost, and every sign or digit left over after a unit is joined into one number;
- "はい、一致します" does not match the gold "はい".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

TOLERANCE = 0.01
"""The largest relative error that counts as equal: golds are rounded to one decimal place."""

_MARKED_ANSWER = re.compile(r"(?:Answer|answer|A|回答)\s*[:：]\s*(.+)")
_LEADING_TRIANGLE = re.compile(r"^[△▲]")
_COMMA_IN_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_NOT_OF_A_NUMBER = re.compile(r"[^\d.\-+]")
# Dropped from the end one after another, so the order matters.
_UNITS = ("百万円", "千円", "億円", "兆円", "円", "ドル", "ポイント", "pt", "bps")
# The first one that occurs anywhere in the text multiplies.
_MULTIPLIERS = {"千": 1_000, "百万": 1_000_000, "億": 100_000_000, "兆": 1_000_000_000_000}


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer"]`, for lm-eval's `process_results`.

    Returns:
        `exact_match` and `numerical_match`, each 0.0 or 1.0.
    """
    answer = extract_answer(results[0]) if results else ""
    gold = str(doc["answer"])
    return {
        "exact_match": float(normalise(answer) == normalise(gold)),
        "numerical_match": float(numerical_match(answer, gold)),
    }


def extract_answer(response: str) -> str:
    """What follows the first `Answer:`, `A:` or `回答：` on its line, else the last line that is not blank, else ""."""
    if match := _MARKED_ANSWER.search(response):
        return match.group(1).strip()
    lines = [line.strip() for line in response.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def normalise(answer: str) -> str:
    """NFKC, △ or ▲ in front as a minus, no commas between digits, no した or しました at the end, lower case."""
    text = unicodedata.normalize("NFKC", answer.strip())
    text = _COMMA_IN_NUMBER.sub("", _LEADING_TRIANGLE.sub("-", text))
    text = text.removesuffix("しました") if text.endswith("しました") else text.removesuffix("した")
    return text.lower().strip()


def read_number(answer: str) -> float | None:
    """The number in an answer, its unit dropped, or None. "12,345百万円" gives 12345.0 and "100億" gives 1e10."""
    text = normalise(answer)
    for unit in _UNITS:
        text = text.removesuffix(unit)
    multiplier = 1
    for kanji, value in _MULTIPLIERS.items():
        if kanji in text:
            text, multiplier = text.replace(kanji, ""), value
            break
    try:
        return float(_NOT_OF_A_NUMBER.sub("", text)) * multiplier
    except ValueError:
        return None


def numerical_match(predicted: str, gold: str, *, tolerance: float = TOLERANCE) -> bool:
    """Whether two answers are numbers at most `tolerance` (relative to the gold) apart, or equal once normalised.

    A gold of 0 needs a prediction of 0. The strings are compared where either side is no number.
    """
    number, target = read_number(predicted), read_number(gold)
    if number is None or target is None:
        return normalise(predicted) == normalise(gold)
    if target == 0:
        return number == 0
    return abs(number - target) / abs(target) <= tolerance

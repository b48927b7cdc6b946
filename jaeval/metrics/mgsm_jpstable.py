"""MGSM-ja as Stability AI's jp-stable harness scores it (Stability-AI/lm-evaluation-harness@effdbeaf, `MGSM`).

lm-eval's `ja_leaderboard_mgsm` and Swallow's evaluation use the same rule. Its quirks are kept: a sentence that ends
in "18 dollars." or "18,." gives its last stretch of digits, commas and full stops, which may hold no number at all
(then nothing before it counts); "1,8" is 18; a fraction is never right; full-width digits are not digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"-?[0-9.,]+")


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer_number"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, 0.0 or 1.0.
    """
    return {"acc": float(last_integer(results[0]) == doc["answer_number"])}


def last_integer(response: str) -> int | None:
    """The last stretch of ASCII digits, full stops and commas, as an integer; None where it is none."""
    stretches = _NUMBER.findall(response)
    if not stretches:
        return None
    try:
        number = float(stretches[-1].strip(".").replace(",", ""))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None

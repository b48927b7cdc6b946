"""MGSM-ja as Sakana AI's evolutionary model merge scores it (SakanaAI/evolutionary-model-merge, `ja_mgsm.py`).

The rule's quirks are kept: "1,800" is read as 800, and a minus sign is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"\d*\.?\d+")


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer_number"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, 0.0 or 1.0.
    """
    return {"acc": float(last_number(results[0]) == doc["answer_number"])}


def last_number(response: str) -> float | None:
    """The last unsigned decimal number without commas (full-width digits count), or None."""
    numbers = _NUMBER.findall(response)
    return float(numbers[-1]) if numbers else None

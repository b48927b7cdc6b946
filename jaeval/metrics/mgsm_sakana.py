"""MGSM-ja as Sakana AI's evolutionary model merge scores it (SakanaAI/evolutionary-model-merge, `ja_mgsm.py`).

`acc` is Sakana's rule. `acc_ja_script` is its `acc_ja` (right, and the response is Japanese) with the language judged
by script instead of by fastText's lid.176, hence the name. The rule's quirks are kept: "1,800" is read as 800, and a
minus sign is lost. A response without letters ("18") is not Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese.language import ScriptIdentifier

JAPANESE_ABOVE = 0.5
"""A response is Japanese when P(Japanese) is above this."""

_NUMBER = re.compile(r"\d*\.?\d+")
_IDENTIFIER = ScriptIdentifier()


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer_number"]`, for lm-eval's `process_results`.

    Returns:
        `acc` and `acc_ja_script`, each 0.0 or 1.0.
    """
    response = results[0]
    right = last_number(response) == doc["answer_number"]
    japanese = _IDENTIFIER.p_japanese(response.replace("\n", "")) > JAPANESE_ABOVE
    return {"acc": float(right), "acc_ja_script": float(right and japanese)}


def last_number(response: str) -> float | None:
    """The last unsigned decimal number without commas (full-width digits count), or None."""
    numbers = _NUMBER.findall(response)
    return float(numbers[-1]) if numbers else None

"""MGSM-ja as Sakana AI's evolutionary model merge scores it (SakanaAI/evolutionary-model-merge, `ja_mgsm.py`).

`acc` and `acc_ja` (right, and the response is Japanese) are Sakana's rules, the second one's language check included:
fastText's `lid.176.ftz`, P(ja) > 0.5. Where `JAEVAL_LID176` names `lid.176.bin`, that score is `acc_ja_lid176_bin`
instead. `acc_ja_script` judges the language by script, in which a response without letters ("18") is not Japanese.

The rule's quirks are kept: "1,800" is read as 800, and a minus sign is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese import ScriptIdentifier
from jaeval.japanese.lid176 import default_identifier

JAPANESE_ABOVE = 0.5
"""A response is Japanese when P(Japanese) is above this."""

_NUMBER = re.compile(r"\d*\.?\d+")
_SCRIPT = ScriptIdentifier()


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer_number"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, `acc_ja` and `acc_ja_script`, each 0.0 or 1.0.
    """
    response = results[0]
    identifier = default_identifier()
    right = last_number(response) == doc["answer_number"]
    japanese = right and identifier.p_japanese(response) > JAPANESE_ABOVE
    by_script = right and _SCRIPT.p_japanese(response.replace("\n", "")) > JAPANESE_ABOVE
    return {
        "acc": float(right),
        "acc_ja" if identifier.name == "lid176" else f"acc_ja_{identifier.name}": float(japanese),
        "acc_ja_script": float(by_script),
    }


def last_number(response: str) -> float | None:
    """The last unsigned decimal number without commas (full-width digits count), or None."""
    numbers = _NUMBER.findall(response)
    return float(numbers[-1]) if numbers else None

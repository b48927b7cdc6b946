"""llm-jp-eval 1.3.0's rules for its tasks, as the Swallow board runs it.

Source: swallow-llm/swallow-evaluation@57c4ecd, `llm-jp-eval/src/llm_jp_eval/utils.py`, `get_evaluation_result`. It
differs from the released 1.3.0 in one point: white space at the ends of a response is removed.

Quirks kept: of several answers to a question the gold is all of them joined by commas, in one order; what is published
as "char F1" is fuzzywuzzy's token-sort ratio (see `jaeval.metrics.character_f1`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.metrics import exact_match, normalisation
from jaeval.metrics.character_f1 import token_sort_ratio


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer"]`, for lm-eval's `process_results`.

    Returns:
        `token_sort_ratio`, which upstream calls char_f1, 0.0 to 1.0, and `exact_match`, 0.0 or 1.0.
    """
    ratio = token_sort_ratio(normalisation.swallow(results[0]), [normalisation.nfkc(doc["answer"])])
    return {"token_sort_ratio": ratio, **process_word(doc, results)}


def process_word(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score a response that has to be one word or letter: `exact_match` with `doc["answer"]`, 0.0 or 1.0."""
    return {"exact_match": exact_match.swallow(results[0], [doc["answer"]])}

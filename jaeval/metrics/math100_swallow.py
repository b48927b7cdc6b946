"""MATH-100 as Swallow's evaluation scores it (swallow-llm/swallow-evaluation-instruct@3520211, `math_100_japanese`).

Upstream calls lighteval's `multilingual_extractive_match_metric`. The package math-verify (Hugging Face, Apache-2.0) is
that metric, moved into a library of its own by the same author; its settings here are upstream's. Both answers are
parsed by SymPy and compared by what they mean, to 5 decimal places; in a response the last `\\boxed` comes first, then
any LaTeX or plain expression. Its quirks are kept: １８, 千八百 and "答えは18です" are not read, and "50\\%" is not 50.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jaeval.errors import TaskError

SECONDS = 5
"""The most time that one parse or comparison may take; past it the answer is not right."""
DECIMALS = 5


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, 0.0 or 1.0.

    Raises:
        TaskError: math-verify is not installed.
    """
    return {"acc": float(same_expression(results[0], doc["answer"]))}


def same_expression(response: str, answer: str) -> bool:
    """Whether the response gives the answer, which is LaTeX, with or without `$\\boxed{…}$` around it.

    Raises:
        TaskError: math-verify is not installed.
    """
    try:
        from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify
    except ImportError as error:
        raise TaskError(
            "answers in LaTeX are compared by math-verify, which is not installed",
            field="process_results",
            remedy="`pip install 'lm_eval[math]'`",
        ) from error
    targets = [ExprExtractionConfig(), LatexExtractionConfig(boxed_match_priority=0)]
    given = parse(response, targets, parsing_timeout=_seconds())
    return bool(verify(_gold(answer), given, float_rounding=DECIMALS, timeout_seconds=_seconds()))


@lru_cache(maxsize=1024)
def _gold(answer: str) -> list[Any]:
    from math_verify import LatexExtractionConfig, parse

    boxed = answer if answer.startswith(r"$\boxed") else rf"$\boxed{{{answer}}}$"
    found: list[Any] = parse(boxed, [LatexExtractionConfig()], parsing_timeout=_seconds())
    return found


def _seconds() -> int | None:
    """math-verify keeps time by a signal, which only the main thread may set: elsewhere there is no limit."""
    return SECONDS if threading.current_thread() is threading.main_thread() else None

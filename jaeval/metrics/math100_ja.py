"""MATH-100 as jaeval scores it: numbers by its number reader, all else by math-verify.

Where the right answer is an integer, what stands in the last `\\boxed` or, without one, after the last 答えは, is read
as a number first: `\\boxed{１８}`, `\\boxed{千八百}`, `\\boxed{18円}` and 答えは18です count. What is not right by that
is compared as `jaeval.metrics.math100_swallow` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese import UnreadableNumber, read_quantity, same_quantity
from jaeval.metrics.math100_swallow import same_expression
from jaeval.metrics.procedural import stated_answer

_BOXED = r"\boxed{"
_INTEGER = re.compile(r"-?\d+")
_TEXT = re.compile(r"\\(?:text|textbf|mathrm)\{([^{}]*)\}")


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score one response against `doc["answer"]`, for lm-eval's `process_results`.

    Returns:
        `acc`, 0.0 or 1.0.

    Raises:
        TaskError: math-verify is not installed.
    """
    response, answer = results[0], doc["answer"]
    return {"acc": float(same_number(response, answer) or same_expression(response, answer))}


def same_number(response: str, answer: str) -> bool:
    """Whether the answer is an integer, and the response gives that number; a unit is allowed."""
    if not _INTEGER.fullmatch(answer):
        return False
    boxed = last_boxed(response)
    given = stated_answer(response) if boxed is None else _TEXT.sub(r"\1", boxed)
    try:
        return given is not None and same_quantity(read_quantity(given), read_quantity(answer), allow_missing_unit=True)
    except UnreadableNumber:
        return False


def last_boxed(response: str) -> str | None:
    r"""What stands in the last `\boxed{…}` that is closed, or None."""
    end = len(response)
    while (start := response.rfind(_BOXED, 0, end)) >= 0:
        depth = 0
        for place in range(start + len(_BOXED) - 1, end):
            depth += (response[place] == "{") - (response[place] == "}")
            if depth == 0:
                return response[start + len(_BOXED) : place]
        end = start
    return None

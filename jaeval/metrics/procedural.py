"""Scores a free answer to a generated item (`jaeval.procedural`), for tasks that ask for a closing 「答えは…です。」.

The answer is what follows the last 答えは, up to です or the end of the sentence; without one it is the last number of
the response or, where a word is wanted, its last line. Numbers are compared exactly, in any notation that
`jaeval.japanese` reads (１，２３４円, 千二百三十四円, 1,234); a missing unit is allowed, another unit is wrong.
Words are compared after normalisation, without brackets, and without the endings さん and 曜日.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese import (
    Quantity,
    UnreadableNumber,
    last_number,
    normalise,
    read_quantity,
    same_quantity,
)

_MARKUP = re.compile(r"\*\*|\\boxed|[$`]")
_OPENING = " \t\n\r\u3000、,:：「『（(【{"
_CLOSING = " \t\n\r\u3000、，」』）)】}！!"
_END = re.compile(r"です|でした|となります|になります|。|\n")
_ENDINGS = re.compile(r"(?:さん|曜日|曜)$")


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Scores one response, for lm-eval's `process_results`.

    Args:
        doc: a row of `jaeval.procedural.dataset`: `answer` and `unit` are read.
        results: the response, alone in a list.

    Returns:
        `acc`, 0.0 or 1.0.
    """
    return {"acc": float(is_right(results[0], doc["answer"], doc["unit"]))}


def is_right(response: str, answer: str, unit: str) -> bool:
    """Whether the response gives the answer.

    Args:
        response: the model's text.
        answer: the canonical answer: ASCII digits, or a word.
        unit: the unit of a numeric answer; "" says that the answer is a word.
    """
    stated = stated_answer(response)
    if not unit:
        lines = [line for line in response.splitlines() if line.strip()]
        said = stated if stated is not None else lines[-1] if lines else ""
        return _word(said) == _word(answer)
    number = last_number(response) if stated is None else _number(stated, unit)
    if number is None:
        return False
    bare, whole = read_quantity(answer), _read(answer + unit)
    return (number.unit is None and number.value == bare.value) or (whole is not None and same_quantity(number, whole))


def stated_answer(response: str) -> str | None:
    """What follows the last 答えは, without brackets and markup, or None where there is none."""
    _, found, rest = _MARKUP.sub("", response).rpartition("答えは")
    if not found:
        return None
    rest = rest.lstrip(_OPENING)
    end = _END.search(rest)
    return (rest[: end.start()] if end else rest).rstrip(_CLOSING)


def _number(stated: str, unit: str) -> Quantity | None:
    """The stated number: read whole, then without a unit that the number reader does not know, then its last number."""
    return _read(stated) or _read(stated.removesuffix(unit)) or last_number(stated)


def _read(text: str) -> Quantity | None:
    try:
        return read_quantity(text)
    except UnreadableNumber:
        return None


def _word(text: str) -> str:
    end = _END.search(text)
    bare = (text[: end.start()] if end else text).lstrip(_OPENING).rstrip(_CLOSING)
    return _ENDINGS.sub("", normalise(bare).strip())

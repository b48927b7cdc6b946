"""Scores answers of the nano family, for its tasks' `process_results`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese import is_japanese

_NUMBER = re.compile(r"\d+")
_JAPANESE_SENTENCE = re.compile(r"[ぁ-ん]。$")
_ENGLISH_SENTENCE = re.compile(r"[a-z]\.$")


def score_problem(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Scores the answer to a word problem: `acc` is 1.0 where the right number stands in a sentence of the language."""
    return {"acc": float(is_right(results[0], doc["answer"], doc["language"]))}


def score_comprehension(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Scores the answer to a question about a text: `acc` is 1.0 where it is the sentence wanted, spaces apart."""
    return {"acc": float("".join(results[0].split()) == "".join(str(doc["answer"]).split()))}


def is_right(response: str, answer: int, language: str) -> bool:
    """Whether the last number of a response is the answer, and the response ends in a sentence of the language.

    A Japanese sentence ends in kana and 「。」 and the response's letters are mostly Japanese; an English one ends in a
    letter and a full stop, and no letter is Japanese.

    >>> is_right("3 + 4 = 7。答えは7個です。", 7, "ja"), is_right("3 + 4 = 7. The answer is 7 apples.", 7, "ja")
    (True, False)
    """
    response = response.strip()
    numbers = _NUMBER.findall(response)
    if not numbers or int(numbers[-1]) != answer:
        return False
    japanese = is_japanese(response)
    if language == "ja":
        return bool(japanese and _JAPANESE_SENTENCE.search(response))
    return bool(not japanese and response.isascii() and _ENGLISH_SENTENCE.search(response))

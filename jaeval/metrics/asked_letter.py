r"""Scores a multiple-choice question whose letter was asked for in words, for models that give no log-probabilities.

Read is what follows `</think>` (nothing, where `<think>` is never closed), in NFKC, without Markdown and LaTeX marks.
A letter is A, B, … for as many choices as there are. It is no part of a word or name (ATM, CFP, A社, Aさん, Bank,
株式B), and in lower case only where it stands alone. In this order:

1. Statements, of which the last one counts: 答えは, 正解：, 【回答】, Answer:, \boxed{…}, したがって and the like with
   one letter behind them or, except behind したがって, the whole text of exactly one choice; Bが正解です; Bを選びます.
   What is denied (Aではない) or supposed (Aだとすると) is no statement. A last statement that names several letters
   (AかB), doubts (Bかもしれない) or refuses (わかりません) leaves the answer unread.
2. The places where a bare answer stands: a line that is one letter; the opening (B：…, B. …, B（…）, Bです), unless a
   list of choices begins there; the end of the last sentence, and of the first where it has です, where its last
   clause has one letter (Cは古く、残るのはBです); Bが正しい, Bが最も不適切, where the response names no other letter.
   They have to agree.
3. A line that is the text of exactly one choice, where no other line is the text of another.

Everything else is None: no answer is guessed. It counts as wrong, and `coverage` shows how many could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from jaeval.metrics.letter_wording import Wording, bare, plain

Process: TypeAlias = Callable[[Mapping[str, Any], Sequence[str]], dict[str, float]]
"""What a task YAML names as `process_results`."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
JNLI_CHOICES = ("含意", "矛盾", "中立")
"""In the order of `jaeval.data.jnli.LABELS`."""
CHABSA_CHOICES = ("positive", "negative")


def process_exam(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score a response against `doc["answer"]`, a place in `doc["choices"]`, for lm-eval's `process_results`.

    Args:
        doc: a row of `jaeval.data.exams`.
        results: the response, alone in a list.

    Returns:
        `acc`: the right letter was read; `coverage`: a letter was read. Each 0.0 or 1.0.
    """
    return _score(results[0], doc["choices"], doc["answer"])


def process_label(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """As `process_exam`, with the place in `doc["label"]`: JCommonsenseQA and JMMLU."""
    return _score(results[0], doc["choices"], doc["label"])


def process_generated(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """As `process_exam`, with the place in `doc["answer_index"]`: rows of `jaeval.procedural.dataset`."""
    return _score(results[0], doc["choices"], doc["answer_index"])


def process_jnli(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """As `process_label`, with JNLI's three choices."""
    return _score(results[0], JNLI_CHOICES, doc["label"])


def process_chabsa(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """As `process_exam`, against `doc["polarity"]`; no letter is right where it is neutral, as in `fin_chabsa`."""
    polarity = doc["polarity"]
    return _score(results[0], CHABSA_CHOICES, CHABSA_CHOICES.index(polarity) if polarity in CHABSA_CHOICES else None)


def _score(response: str, choices: Sequence[str], gold: int | None) -> dict[str, float]:
    letter = read_letter(response, choices)
    right = letter is not None and gold is not None and letter == LETTERS[gold]
    return {"acc": float(right), "coverage": float(letter is not None)}


def read_letter(response: str, choices: Sequence[str]) -> str | None:
    """The letter that a response answers, by the rule of this module, or None where it answers none or several.

    Args:
        response: the model's text.
        choices: the texts of the choices, in the order of their letters; 1 to 26.

    Example:
        >>> read_letter("Aは誤り、Cは古い。したがって、答えはＢです。", ["東京", "大阪", "京都"])
        'B'
        >>> read_letter("大阪です。", ["東京", "大阪", "京都"])
        'B'
        >>> read_letter("AかB", ["東京", "大阪", "京都"])
    """
    text = plain(response)
    wording = Wording(LETTERS[: len(choices)])
    texts = _letters_of_texts(choices)
    if stated := wording.statements(text, texts):
        return (stated.pop() or None) if len(stated) == 1 else None
    if placed := wording.bare_answers(text):
        return placed.pop() if len(placed) == 1 else None
    named = {texts[line] for line in map(bare, text.splitlines()) if line in texts}
    return named.pop() if len(named) == 1 else None


def _letters_of_texts(choices: Sequence[str]) -> dict[str, str]:
    """The letter of each choice by its bare text; texts of two choices, and empty ones, name none."""
    texts = [bare(plain(choice)) for choice in choices]
    return {text: letter for text, letter in zip(texts, LETTERS, strict=False) if text and texts.count(text) == 1}

"""What a generator of problems writes (`Problem`) and what the room hands out (`Item`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from jaeval.procedural.wording import plain, written

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
Facts: TypeAlias = Mapping[str, Json]

Domain: TypeAlias = Literal["math", "finance", "reasoning"]
Split: TypeAlias = Literal["search", "selection", "report"]
DOMAINS: tuple[Domain, ...] = ("math", "finance", "reasoning")
SPLITS: tuple[Split, ...] = ("search", "selection", "report")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as its generator wrote it, before it has an identity.

    Attributes:
        question: the problem in Japanese, with its rounding rule where it needs one.
        steps: the worked solution, one sentence a step, without the closing answer sentence.
        answer: the canonical answer: ASCII digits without commas for a number, the word itself otherwise.
        unit: the unit of a number as written after it (円, %, 人), or "" for a word.
        shown: the answer as the solution and the choices write it, unit included ("1,234円").
        closing: the answer sentence of the solution.
        facts: everything an independent solver needs. Every number in it stands in the question.
        distractors: wrong answers, written like `shown`; at least three where the kind offers choices.
    """

    question: str
    steps: tuple[str, ...]
    answer: str
    unit: str
    shown: str
    closing: str
    facts: Facts
    distractors: tuple[str, ...] = ()

    @classmethod
    def number(
        cls,
        question: str,
        steps: Sequence[str],
        value: int | Fraction,
        unit: str,
        facts: Facts,
        *,
        decimals: int = 0,
        minus: str = "-",
        rivals: Sequence[int] = (),
    ) -> Problem:
        """A problem whose answer is a number.

        Args:
            question: see `Problem`.
            steps: see `Problem`.
            value: the answer, already rounded; refused where it has more than `decimals` decimals.
            unit: the unit written after it.
            facts: see `Problem`.
            decimals: how many decimals the answer is written with.
            minus: the sign of a negative answer in the solution ("-" or "△").
            rivals: wrong answers for the choices; those equal to `value` are left out.

        Raises:
            ValueError: `value` is not exact at `decimals` decimals.
        """
        shown = written(value, decimals, minus) + unit
        return cls(
            question=question,
            steps=tuple(steps),
            answer=plain(value, decimals),
            unit=unit,
            shown=shown,
            closing=f"答えは{shown}です。",
            facts=facts,
            distractors=tuple(f"{rival:,}{unit}" for rival in dict.fromkeys(rivals) if rival != value),
        )

    @classmethod
    def word(
        cls,
        question: str,
        steps: Sequence[str],
        answer: str,
        facts: Facts,
        *,
        rivals: Sequence[str] = (),
        quoted: bool = False,
    ) -> Problem:
        """A problem whose answer is a name, a day or other words.

        Args:
            question: see `Problem`.
            steps: see `Problem`.
            answer: the answer.
            facts: see `Problem`.
            rivals: wrong answers for the choices; those equal to `answer` are left out.
            quoted: whether the answer sentence puts the answer in 「」.
        """
        return cls(
            question=question,
            steps=tuple(steps),
            answer=answer,
            unit="",
            shown=answer,
            closing=f"答えは「{answer}」です。" if quoted else f"答えは{answer}です。",
            facts=facts,
            distractors=tuple(rival for rival in dict.fromkeys(rivals) if rival != answer),
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One evaluation item.

    Attributes:
        id: `DOMAIN/KIND/SPLIT/DIFFICULTY-SEED` (the seed in hexadecimal): enough to regenerate the item.
        domain: the field it examines.
        kind: the kind of problem, one of `kinds(domain)`.
        difficulty: the number of steps of the solution, 1 to 6.
        split: the split that owns the question's text.
        seed: the integer that regenerates it, together with kind and difficulty.
        question: the problem in Japanese.
        solution: the worked solution, a step a line; the last line is 「答えは…です。」.
        answer: the canonical answer (see `Problem.answer`).
        unit: the unit of a numeric answer, "" for a word.
        choices: four answers of which one is right, or None where the kind offers none.
        answer_index: the place of the right one in `choices`, or None.
        facts: what an independent solver needs to recompute the answer without the question's text.
    """

    id: str
    domain: Domain
    kind: str
    difficulty: int
    split: Split
    seed: int
    question: str
    solution: str
    answer: str
    unit: str
    choices: tuple[str, ...] | None
    answer_index: int | None
    facts: Facts = field(hash=False)

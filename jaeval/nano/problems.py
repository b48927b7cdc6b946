"""Word problems of one step in both languages, with the solution that the family writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jaeval.nano.words import LARGEST, PEOPLE_EN, PEOPLE_JA, THINGS_EN, THINGS_JA
from jaeval.procedural.draw import Draw

Language: TypeAlias = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

SIGN: Mapping[str, str] = {
    "get": "+",
    "buy": "+",
    "both": "+",
    "more": "+",
    "give": "-",
    "lose": "-",
    "less": "-",
    "first": "-",
}
"""The kinds of problem, with the operation that each wants. The numbers do not give it away: the words do."""

TEXT: Mapping[Language, Mapping[str, str]] = {
    "ja": {
        "get": "{N}さんは{T}を{a}{c}持っています。{b}{c}もらいました。全部で何{c}ですか。",
        "buy": "{N}さんは{T}を{a}{c}買いました。あとで{b}{c}買いました。全部で何{c}ですか。",
        "both": "{N}さんは{T}を{a}{c}、{M}さんは{b}{c}持っています。合わせて何{c}ですか。",
        "more": (
            "{N}さんは{T}を{a}{c}持っています。{M}さんは{N}さんより{b}{c}多く持っています。{M}さんの{T}は何{c}ですか。"
        ),
        "give": "{N}さんは{T}を{a}{c}持っています。{M}さんに{b}{c}あげました。残りは何{c}ですか。",
        "lose": "{N}さんは{T}を{a}{c}買いました。{b}{c}なくしました。残りは何{c}ですか。",
        "less": (
            "{N}さんは{T}を{a}{c}持っています。{M}さんは{N}さんより{b}{c}少なく持っています。"
            "{M}さんの{T}は何{c}ですか。"
        ),
        "first": "{N}さんは{T}を{b}{c}もらいました。今{a}{c}あります。初めは何{c}でしたか。",
    },
    "en": {
        "get": "{N} has {a} {T}. Then {N} gets {b}. How many {T} in all?",
        "buy": "{N} bought {a} {T}. Later {N} bought {b}. How many {T} in all?",
        "both": "{N} has {a} {T} and {M} has {b}. How many {T} together?",
        "more": "{N} has {a} {T}. {M} has {b} more than {N}. How many {T} does {M} have?",
        "give": "{N} has {a} {T}. Then {N} gives {b} to {M}. How many {T} are left?",
        "lose": "{N} bought {a} {T}. Then {N} lost {b}. How many {T} are left?",
        "less": "{N} has {a} {T}. {M} has {b} fewer than {N}. How many {T} does {M} have?",
        "first": "{N} gets {b} {T}. Now {N} has {a}. How many {T} at first?",
    },
}
PROMPT: Mapping[Language, str] = {"ja": "問題：{}\n答え：", "en": "Question: {}\nAnswer:"}
CLOSING: Mapping[Language, str] = {"ja": "。答えは{}{}です。", "en": ". The answer is {} {}."}


@dataclass(frozen=True, slots=True)
class Problem:
    """One word problem.

    Attributes:
        language: "ja" or "en".
        kind: one of `SIGN`.
        question: the text.
        first: the number before the sign of the right expression.
        second: the number after it.
        unit: the counter (Japanese) or the thing (English) of the answer.
    """

    language: Language
    kind: str
    question: str
    first: int
    second: int
    unit: str

    @property
    def answer(self) -> int:
        """The right number."""
        return self.first + self.second if SIGN[self.kind] == "+" else self.first - self.second

    @property
    def prompt(self) -> str:
        """The question as the family is asked."""
        return PROMPT[self.language].format(self.question)

    @property
    def expression(self) -> str:
        """The solution up to and including the equals sign."""
        return f"{self.first} {SIGN[self.kind]} {self.second} ="

    def closing(self, result: int) -> str:
        """The solution after the result: a sentence that says it again."""
        return CLOSING[self.language].format(result, self.unit)


def operands(draw: Draw, sign: str) -> tuple[int, int]:
    """Two numbers from 1 whose sum or (positive) difference stays within `LARGEST`; every pair is as likely."""
    while True:
        first, second = draw.integer(1, LARGEST), draw.integer(1, LARGEST)
        if first + second <= LARGEST if sign == "+" else first > second:
            return first, second


def write_problem(draw: Draw, language: Language, kind: str) -> Problem:
    """A problem of that language and kind."""
    first, second = operands(draw, SIGN[kind])
    one, other = draw.sample(PEOPLE_JA if language == "ja" else PEOPLE_EN, 2)
    thing = draw.choice(tuple(THINGS_JA) if language == "ja" else THINGS_EN)
    counter = THINGS_JA[thing] if language == "ja" else thing
    question = TEXT[language][kind].format(N=one, M=other, T=thing, a=first, b=second, c=counter)
    return Problem(language, kind, question, first, second, counter)

"""What the family reads beside word problems: stories, questions about them, bare sums, counting. No reasoning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jaeval.nano.problems import PROMPT, SIGN, TEXT, Language, operands
from jaeval.nano.words import LARGEST, PEOPLE_EN, PEOPLE_JA, THINGS_EN, THINGS_JA
from jaeval.procedural.draw import Draw

VERBS_JA = ("持っています", "買いました", "もらいました", "なくしました")
VERBS_EN = {"has": "have", "bought": "buy", "gets": "get", "lost": "lose"}
"""Verbs with the form that follows "does"."""


@dataclass(frozen=True, slots=True)
class Comprehension:
    """A question whose answer stands in the text.

    Attributes:
        language: "ja" or "en".
        question: the text with the question at its end.
        answer: the full answer sentence.
    """

    language: Language
    question: str
    answer: str

    @property
    def prompt(self) -> str:
        """The question as the family is asked."""
        return PROMPT[self.language].format(self.question)


def write_comprehension(draw: Draw, language: Language) -> Comprehension:
    """Two people with a number of things each, and one question: how many, what, or who."""
    return _japanese(draw) if language == "ja" else _english(draw)


def write_story(draw: Draw, language: Language) -> str:
    """What a word problem tells, without its question; the numbers need not fit."""
    told = TEXT[language][draw.choice(tuple(SIGN))]
    told = told[: told.rindex("。", 0, -1) + 1] if language == "ja" else told[: told.rindex("How")].rstrip()
    one, other = draw.sample(PEOPLE_JA if language == "ja" else PEOPLE_EN, 2)
    thing = draw.choice(tuple(THINGS_JA) if language == "ja" else THINGS_EN)
    first, second = draw.integer(1, LARGEST), draw.integer(1, LARGEST)
    return told.format(N=one, M=other, T=thing, a=first, b=second, c=THINGS_JA.get(thing, ""))


def write_sum(draw: Draw) -> tuple[str, int]:
    """A bare expression such as "3 + 4 =" and its right result."""
    sign = draw.choice("+-")
    first, second = operands(draw, sign)
    return f"{first} {sign} {second} =", first + second if sign == "+" else first - second


def write_comparison(draw: Draw) -> tuple[str, int]:
    """An expression such as "3 max 4 =" or "3 min 4 =" and its result, the larger or the smaller number."""
    first, second = draw.integer(0, LARGEST), draw.integer(0, LARGEST)
    if draw.below(2):
        return f"{first} max {second} =", max(first, second)
    return f"{first} min {second} =", min(first, second)


def write_counting(draw: Draw) -> str:
    """A few numbers in a row, up or down."""
    start = draw.integer(0, LARGEST - 2)
    row = list(range(start, min(LARGEST, start + draw.integer(2, 8)) + 1))
    return " ".join(map(str, row if draw.below(2) else row[::-1]))


def _japanese(draw: Draw) -> Comprehension:
    people, things = draw.sample(PEOPLE_JA, 2), draw.sample(tuple(THINGS_JA), 2)
    facts = [
        (person, thing, f"{draw.integer(1, LARGEST)}{THINGS_JA[thing]}", draw.choice(VERBS_JA))
        for person, thing in zip(people, things, strict=True)
    ]
    told = "".join(f"{person}さんは{thing}を{count}{verb}。" for person, thing, count, verb in facts)
    person, thing, count, verb = draw.choice(facts)
    whole = f"{person}さんは{thing}を{count}{verb}。"
    asked, answer = draw.choice(
        (
            (f"{person}さんは{thing}を何{THINGS_JA[thing]}{verb}か。", whole),
            (f"{person}さんは何を{verb}か。", whole),
            (f"誰が{thing}を{verb}か。", f"{person}さんが{thing}を{verb}。"),
        )
    )
    return Comprehension("ja", told + asked, answer)


def _english(draw: Draw) -> Comprehension:
    people, things = draw.sample(PEOPLE_EN, 2), draw.sample(THINGS_EN, 2)
    verbs: Mapping[str, str] = VERBS_EN
    facts = [
        (person, thing, draw.integer(1, LARGEST), draw.choice(tuple(verbs)))
        for person, thing in zip(people, things, strict=True)
    ]
    told = " ".join(f"{person} {verb} {count} {thing}." for person, thing, count, verb in facts)
    person, thing, count, verb = draw.choice(facts)
    whole = f"{person} {verb} {count} {thing}."
    asked, answer = draw.choice(
        (
            (f"How many {thing} does {person} {verbs[verb]}?", whole),
            (f"What does {person} {verbs[verb]}?", whole),
            (f"Who {verb} {thing}?", f"{person} {verb} {thing}."),
        )
    )
    return Comprehension("en", f"{told} {asked}", answer)

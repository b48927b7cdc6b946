"""Scores known by their differences: who is in which rank."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared: its noun, its unit, its bounds, and the words for more, less and most."""

    noun: str
    unit: str
    low: int
    high: int
    more: str
    less: str
    rank: str


MEASURES: tuple[Measure, ...] = (
    Measure("テストの点数", "点", 55, 80, "高い", "低い", "点数が高い方から"),
    Measure("身長", "cm", 145, 170, "高い", "低い", "身長が高い方から"),
    Measure("家から駅までの時間", "分", 35, 60, "長い", "短い", "時間が長い方から"),
    Measure("集めたシール", "枚", 40, 80, "多い", "少ない", "枚数が多い方から"),
    Measure("荷物の重さ", "kg", 35, 60, "重い", "軽い", "荷物が重い方から"),
)


def ranking(draw: Draw) -> Problem:
    """Differences of four (3 steps), five (4) or six (5) people, each from somebody known; who is in which rank."""
    measure, n = draw.choice(MEASURES), draw.difficulty + 1
    people = draw.people(n)
    while True:
        scores, gaps = [draw.integer(measure.low, measure.high)], []
        for place in range(1, n):
            gap = draw.integer(1, 12) * draw.choice((1, -1))
            base = draw.below(place)
            gaps.append((base, gap))
            scores.append(scores[base] + gap)
        if len(set(scores)) == n:
            break
    unit = measure.unit
    told, steps = [], []
    for place, (base, gap) in enumerate(gaps, 1):
        way = measure.more if gap > 0 else measure.less
        told.append(f"{people[place]}は{people[base]}より{abs(gap)}{unit}{way}です。")
        sign = "+" if gap > 0 else "−"
        steps.append(f"{people[place]}は{scores[base]}{sign}{abs(gap)}={scores[place]}{unit}です。")
    ranked = [person for _, person in sorted(zip(scores, people, strict=True), reverse=True)]
    asked = draw.integer(1, n - 1)
    question = (
        f"{'、'.join(people)}の{measure.noun}を比べます。{people[0]}は{scores[0]}{unit}です。{''.join(draw.shuffled(told))}"
        f"{measure.rank}{asked + 1}番目はだれですか。"
    )
    steps[-1] += f"順に{'、'.join(ranked)}です。"
    facts: Facts = {
        "known": {people[0]: scores[0]},
        "differences": [[people[place], people[base], gap] for place, (base, gap) in enumerate(gaps, 1)],
        "asked": asked + 1,
    }
    return Problem.word(question, steps, ranked[asked], facts, rivals=people)


KINDS: tuple[Kind, ...] = (Kind("ranking", ranking, (3, 4, 5), choices=True),)

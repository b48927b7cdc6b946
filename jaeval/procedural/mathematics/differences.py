"""Quantities known by their sum and differences (和差算), and ages, whose difference stays (年齢算)."""

from __future__ import annotations

import functools

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

THINGS: tuple[tuple[str, str, int, str], ...] = (
    ("持っているお金", "円", 10, "多い"),
    ("集めたどんぐり", "個", 1, "多い"),
    ("読んだ本のページ数", "ページ", 1, "多い"),
    ("持っているカード", "枚", 1, "多い"),
    ("折った折り鶴", "羽", 1, "多い"),
    ("体重", "kg", 1, "重い"),
)


def sum_difference(draw: Draw) -> Problem:
    """Two (2 steps) or three (4 steps) quantities from their sum and their differences."""
    what, unit, grain, compared = draw.choice(THINGS)
    more = {"多い": "多く", "重い": "重く"}[compared]
    people = draw.people(2 if draw.difficulty == 2 else 3)
    low, high = (35, 60) if unit == "kg" else (40, 300)
    least = draw.integer(low, high) * grain
    gaps = [draw.integer(2, 12) * grain for _ in people[1:]]
    if len(people) == 2:
        big, small = people
        total, gap = 2 * least + gaps[0], gaps[0]
        asked = draw.below(2)
        sign, verb = ("+", "大きい方の2倍") if asked == 0 else ("−", "小さい方の2倍")
        twice = total + gap if asked == 0 else total - gap
        question = (
            f"{big}と{small}の{what}は合わせて{total:,}{unit}で、{big}の方が{small}より{gap:,}{unit}{compared}そうです。"
            f"{people[asked]}の{what}は何{unit}ですか。"
        )
        steps = [
            f"{total:,}{sign}{gap:,}={twice:,}{unit}が{verb}にあたります。",
            f"{people[asked]}は{twice:,}÷2={twice // 2:,}{unit}です。",
        ]
        return Problem.number(
            question, steps, twice // 2, unit, {"total": total, "gaps": gaps, "asked": people[asked], "people": people}
        )
    first, second, third = people
    upper, lower = gaps
    total = least + (least + lower) + (least + lower + upper)
    question = (
        f"{first}、{second}、{third}の{what}は合わせて{total:,}{unit}です。{first}は{second}より{upper:,}{unit}{more}、"
        f"{second}は{third}より{lower:,}{unit}{compared}そうです。{third}の{what}は何{unit}ですか。"
    )
    steps = [
        f"{first}は{third}より{upper:,}+{lower:,}={upper + lower:,}{unit}{compared}です。",
        f"{first}と{second}を{third}にそろえるには、"
        f"{upper + lower:,}+{lower:,}={upper + 2 * lower:,}{unit}を除きます。",
        f"{total:,}−{upper + 2 * lower:,}={3 * least:,}{unit}が{third}の3倍です。",
        f"{third}は{3 * least:,}÷3={least:,}{unit}です。",
    ]
    return Problem.number(
        question, steps, least, unit, {"total": total, "gaps": gaps, "asked": third, "people": people}
    )


@functools.cache
def _ages() -> tuple[tuple[int, int, int, int], ...]:
    """(age of the parent, age of the child, years, multiple): then the parent is `multiple` times the child's age."""
    return tuple(
        (parent, child, years, times)
        for child in range(2, 16)
        for parent in range(child + 22, child + 42)
        for times in (2, 3, 4, 5)
        for years in range(1, 26)
        if parent + years == times * (child + years)
    )


ELDERS: tuple[str, ...] = ("父", "母", "おじ", "おば", "担任の先生")


def age(draw: Draw) -> Problem:
    """The sum of two ages in some years (3 steps); in how many years one is a multiple of the other (4)."""
    elder, who = draw.choice(ELDERS), draw.person()
    parent, child, years, times = draw.choice(_ages())
    opening = draw.choice(
        (
            f"今、{who}は{child}歳で、{who}の{elder}は{parent}歳です。",
            f"{who}は今年{child}歳、{who}の{elder}は今年{parent}歳です。",
        )
    )
    facts: Facts = {"elder": parent, "child": child}
    if draw.difficulty == 3:
        question = f"{opening}{years}年後、2人の年齢を合わせると何歳になりますか。"
        steps = [
            f"{who}は{child}+{years}={child + years}歳になります。",
            f"{elder}は{parent}+{years}={parent + years}歳になります。",
            f"合わせて{child + years}+{parent + years}={child + parent + 2 * years}歳です。",
        ]
        return Problem.number(question, steps, child + parent + 2 * years, "歳", {**facts, "years": years})
    gap = parent - child
    question = f"{opening}{elder}の年齢が{who}の年齢の{times}倍になるまで、今からあと何年ですか。"
    steps = [
        f"年齢の差は{parent}−{child}={gap}歳で、いつも変わりません。",
        f"そのとき、差は{who}の年齢の{times}−1={times - 1}倍です。",
        f"そのときの{who}は{gap}÷{times - 1}={gap // (times - 1)}歳です。",
        f"それまでに{gap // (times - 1)}−{child}={years}年かかります。",
    ]
    return Problem.number(question, steps, years, "年", {**facts, "times": times})


KINDS: tuple[Kind, ...] = (
    Kind("sum-difference", sum_difference, (2, 4)),
    Kind("age", age, (3, 4)),
)

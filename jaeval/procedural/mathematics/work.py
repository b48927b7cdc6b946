"""Work done together (仕事算)."""

from __future__ import annotations

import functools
from math import lcm

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

JOBS: tuple[tuple[str, str], ...] = (
    ("ペンキ塗りの仕事", "日"),
    ("庭の手入れの仕事", "時間"),
    ("本の整理の仕事", "時間"),
    ("畑を耕す仕事", "日"),
    ("倉庫を片づける仕事", "日"),
    ("カードを作る仕事", "時間"),
    ("データを入力する仕事", "日"),
    ("壁を修理する仕事", "日"),
)


@functools.cache
def _together() -> tuple[tuple[int, int, int, int], ...]:
    """(time alone, time alone of the other, time the first works before the other joins, whole time together)."""
    found = []
    for a in range(3, 61):
        for b in range(3, 61):
            whole = lcm(a, b)
            for alone in range(a):
                left, speed = whole - alone * (whole // a), whole // a + whole // b
                if a != b and left % speed == 0:
                    found.append((a, b, alone, left // speed))
    return tuple(found)


@functools.cache
def _from_start(alone: bool) -> tuple[tuple[int, int, int, int], ...]:
    return tuple(case for case in _together() if (case[2] > 0) == alone)


def work_rate(draw: Draw) -> Problem:
    """How long two take together (3 steps); how long together after the one has begun alone (5)."""
    (job, unit), (first, second) = draw.choice(JOBS), draw.people(2)
    a, b, alone, together = draw.choice(_from_start(draw.difficulty == 5))
    whole = lcm(a, b)
    speed, done = whole // a + whole // b, alone * (whole // a)
    opening = draw.choice(
        (
            f"{job}を、{first}が1人ですると{a}{unit}、{second}が1人ですると{b}{unit}かかります。",
            f"{job}を終えるのに、1人だと{first}は{a}{unit}、{second}は{b}{unit}かかります。",
        )
    )
    rates = f"仕事全体を{whole}とすると、1{unit}に{first}は{whole // a}、{second}は{whole // b}進めます。"
    pace = f"2人では1{unit}に{whole // a}+{whole // b}={speed}進みます。"
    per = f"{opening}この仕事を"
    facts: Facts = {"first": a, "second": b}
    if not alone:
        question = f"{per}2人ですると、何{unit}かかりますか。"
        steps = [rates, pace, f"{whole}÷{speed}={together}{unit}です。"]
        return Problem.number(question, steps, together, unit, facts)
    question = f"{per}まず{first}が1人で{alone}{unit}進め、残りを2人でしました。2人で働いたのは何{unit}ですか。"
    steps = [
        rates,
        f"{first}が1人で進めた分は{whole // a}×{alone}={done}です。",
        f"残りは{whole}−{done}={whole - done}です。",
        pace,
        f"{whole - done}÷{speed}={together}{unit}です。",
    ]
    return Problem.number(question, steps, together, unit, {**facts, "alone": alone})


KINDS: tuple[Kind, ...] = (Kind("work-rate", work_rate, (3, 5)),)

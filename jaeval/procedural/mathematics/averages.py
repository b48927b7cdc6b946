"""Averages: of several values, with one missing, of two groups together."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.wording import exact

# What is recorded, in which unit, between which bounds.
SERIES: tuple[tuple[str, str, int, int], ...] = (
    ("テストの点数", "点", 40, 100),
    ("1日に読んだページ数", "ページ", 10, 60),
    ("縄跳びで続けて跳べた回数", "回", 20, 90),
    ("1日に収穫したトマトの数", "個", 3, 25),
    ("1日に店に来た客の数", "人", 30, 120),
    ("1日に散歩した時間", "分", 15, 90),
)


def average(draw: Draw) -> Problem:
    """The mean of some values (2 steps), the missing value (3), the mean of two groups (5)."""
    if draw.difficulty == 5:
        return _two_groups(draw)
    (what, unit, low, high), n, who = draw.choice(SERIES), draw.integer(4, 6), draw.person()
    values = [draw.integer(low, high) for _ in range(n - 1)]
    mean = draw.integer(-(-(sum(values) + low) // n), (sum(values) + high) // n)
    last = mean * n - sum(values)
    values.append(last)
    if draw.difficulty == 2:
        listed = "、".join(f"{value}{unit}" for value in values)
        question = f"{who}がつけている{what}の記録は、{listed}です。平均は何{unit}ですか。"
        steps = [
            f"合計は{'+'.join(map(str, values))}={sum(values)}{unit}です。",
            f"{sum(values)}÷{n}={mean}{unit}です。",
        ]
        return Problem.number(question, steps, mean, unit, {"values": values})
    known = values[:-1]
    listed = "、".join(f"{value}{unit}" for value in known)
    question = (
        f"{who}は{what}を{n}回記録しました。平均は{mean}{unit}です。初めの{n - 1}回の記録は{listed}です。"
        f"最後の記録は何{unit}ですか。"
    )
    steps = [
        f"{n}回の合計は{mean}×{n}={mean * n}{unit}です。",
        f"わかっている{n - 1}回の合計は{'+'.join(map(str, known))}={sum(known)}{unit}です。",
        f"最後の記録は{mean * n}−{sum(known)}={last}{unit}です。",
    ]
    return Problem.number(question, steps, last, unit, {"values": known, "mean": mean, "n": n})


def _two_groups(draw: Draw) -> Problem:
    while True:
        sizes = [draw.integer(10, 40) for _ in range(2)]
        means = draw.sample(range(50, 91), 2)
        totals = [size * mean for size, mean in zip(sizes, means, strict=True)]
        mean = Fraction(sum(totals), sum(sizes))
        if (mean * 10).denominator == 1:
            break
    first, second = draw.choice((("1組", "2組"), ("A組", "B組"), ("東校", "西校"), ("午前の部", "午後の部")))
    test = draw.choice(("算数", "国語", "理科", "社会", "英語", "漢字", "計算"))
    question = (
        f"{test}のテストを受けたのは、{first}が{sizes[0]}人、{second}が{sizes[1]}人です。"
        f"平均点は{first}が{means[0]}点、{second}が{means[1]}点でした。全員の平均点は何点ですか。"
    )
    steps = [
        f"{first}の合計は{means[0]}×{sizes[0]}={totals[0]:,}点です。",
        f"{second}の合計は{means[1]}×{sizes[1]}={totals[1]:,}点です。",
        f"全員の合計は{totals[0]:,}+{totals[1]:,}={sum(totals):,}点です。",
        f"人数は{sizes[0]}+{sizes[1]}={sum(sizes)}人です。",
        f"平均は{sum(totals):,}÷{sum(sizes)}={exact(mean)}点です。",
    ]
    decimals = 0 if mean.denominator == 1 else 1
    return Problem.number(question, steps, mean, "点", {"sizes": sizes, "means": means}, decimals=decimals)


KINDS: tuple[Kind, ...] = (Kind("average", average, (2, 3, 5)),)

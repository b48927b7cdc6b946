"""The income statement: profit at each level, margins, growth. Amounts in millions of yen, J-GAAP labels."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.rounding import half_up, rule
from jaeval.procedural.wording import accounting, statement, written

Rows = list[tuple[str, int]]

# The levels of the income statement: (lines added or taken off to reach it, its label).
LEVELS: tuple[tuple[int, str], ...] = ((1, "売上総利益"), (2, "営業利益"), (4, "経常利益"), (6, "税引前当期純利益"))


def _income(draw: Draw, lines: int) -> Rows:
    """売上高 and the first `lines` of the lines that follow it; costs are positive amounts."""
    sales = draw.integer(5_000, 90_000, 10)
    rows = [
        ("売上高", sales),
        ("売上原価", sales * draw.integer(48, 78) // 100 + draw.below(100)),
        ("販売費及び一般管理費", sales * draw.integer(12, 36) // 100 + draw.below(100)),
        ("営業外収益", draw.integer(20, 600)),
        ("営業外費用", draw.integer(20, 900)),
        ("特別利益", draw.integer(10, 400)),
        ("特別損失", draw.integer(10, 1_500)),
    ]
    return rows[: lines + 1]


def _signed(place: int, amount: int) -> int:
    """Income stands at places 0, 3 and 5 of the statement, cost at the others."""
    return amount if place in (0, 3, 5) else -amount


def _levels(rows: Rows) -> tuple[list[str], int]:
    """One sentence for each line after the first, and the profit after the last."""
    profit, steps = rows[0][1], []
    labels = dict(LEVELS)
    for place, (label, amount) in enumerate(rows[1:], 1):
        after = profit + _signed(place, amount)
        sign = "+" if _signed(place, amount) > 0 else "−"
        name = f"{labels[place]}は" if place in labels else f"{label}を反映すると"
        steps.append(f"{name}{accounting(profit)}{sign}{amount:,}={accounting(after)}百万円です。")
        profit = after
    return steps, profit


def _headed(company: str, rows: Rows) -> str:
    return f"{company}の損益計算書の一部です（単位：百万円）。\n{statement(rows)}\n"


def income_statement(draw: Draw) -> Problem:
    """The profit at one level, from the lines above it; a loss is written with △."""
    rows = _income(draw, draw.difficulty)
    label = dict(LEVELS)[draw.difficulty]
    steps, profit = _levels(rows)
    sign = "" if draw.difficulty == 1 else "損失の場合は、数字の前に△をつけてください。"
    question = f"{_headed(draw.choice(COMPANIES), rows)}{label}は何百万円ですか。{sign}"
    return Problem.number(question, steps, profit, "百万円", {"rows": _facts(rows)}, minus="△")


def _facts(rows: Rows) -> list[list[str | int]]:
    return [[label, amount] for label, amount in rows]


def profit_margin(draw: Draw) -> Problem:
    """A profit as a percentage of 売上高, after the steps that lead to it."""
    lines, steps = draw.difficulty - 1, list[str]()
    company = draw.choice(COMPANIES)
    if lines == 0:
        sales = draw.integer(5_000, 90_000, 10)
        label = draw.choice(("営業利益", "経常利益", "当期純利益"))
        profit = sales * draw.integer(10, 180) // 1000 + draw.below(10)
        rows = [("売上高", sales), (label, profit)]
    else:
        rows, label = _income(draw, lines), dict(LEVELS)[lines]
        steps, profit = _levels(rows)
        sales = rows[0][1]
    margin = half_up(Fraction(profit * 100, sales), 1)
    name = "売上総利益率" if label == "売上総利益" else f"売上高{label}率"
    steps.append(f"{accounting(profit)}÷{sales:,}×100を小数第2位で四捨五入して、{written(margin, 1)}%です。")
    sign = "マイナスの場合は、数字の前に-をつけてください。" if lines > 1 else ""
    question = f"{_headed(company, rows)}{name}は何%ですか。{rule(1)}{sign}"
    return Problem.number(question, steps, margin, "%", {"rows": _facts(rows), "level": label}, decimals=1)


def growth(draw: Draw) -> Problem:
    """The change of one line from the year before, in per cent."""
    label = draw.choice(("売上高", "営業利益", "経常利益", "当期純利益", "総資産", "純資産"))
    before = draw.integer(800, 60_000)
    after = before * draw.integer(75, 135) // 100 + draw.below(50)
    change = half_up(Fraction((after - before) * 100, before), 1)
    company = draw.choice(COMPANIES)
    question = draw.choice(
        (
            f"{company}の{label}は、前期が{before:,}百万円、当期が{after:,}百万円でした。",
            f"{company}の{label}（単位：百万円）\n前期：{before:,}\n当期：{after:,}\n",
        )
    )
    question += f"{label}の前期比増減率は何%ですか。{rule(1)}減少の場合は、数字の前に-をつけてください。"
    steps = [
        f"増減額は{after:,}−{before:,}={accounting(after - before)}百万円です。",
        f"{accounting(after - before)}÷{before:,}×100を小数第2位で四捨五入して、{written(change, 1)}%です。",
    ]
    return Problem.number(question, steps, change, "%", {"before": before, "after": after}, decimals=1)


KINDS: tuple[Kind, ...] = (
    Kind("income-statement", income_statement, (1, 2, 4, 6)),
    Kind("profit-margin", profit_margin, (1, 2, 3, 5)),
    Kind("growth", growth, (2,)),
)

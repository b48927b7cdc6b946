"""Ratios of the balance sheet: equity ratio, current and quick ratio, turnover. Amounts in millions of yen."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.rounding import half_up, rule
from jaeval.procedural.wording import statement, written


def _headed(draw: Draw, rows: list[tuple[str, int]]) -> str:
    return f"{draw.choice(COMPANIES)}の貸借対照表の一部です（単位：百万円）。\n{statement(rows)}\n"


def _percent(part: int, whole: int) -> tuple[Fraction, str]:
    """`part` as a percentage of `whole`, rounded to one decimal, and the sentence that says so."""
    value = half_up(Fraction(part * 100, whole), 1)
    return value, f"{part:,}÷{whole:,}×100を小数第2位で四捨五入して、{written(value, 1)}%です。"


def equity_ratio(draw: Draw) -> Problem:
    """自己資本比率 from equity and assets (1 step), liabilities and equity (2), or two sorts of liabilities (3)."""
    current, fixed, equity = draw.integer(500, 20_000), draw.integer(500, 20_000), draw.integer(500, 30_000)
    debt = current + fixed
    assets = debt + equity
    value, last = _percent(equity, assets)
    rows, steps = {
        1: ([("純資産", equity), ("総資産", assets)], [last]),
        2: (
            [("負債", debt), ("純資産", equity)],
            [f"総資産は{debt:,}+{equity:,}={assets:,}百万円です。", last],
        ),
        3: (
            [("流動負債", current), ("固定負債", fixed), ("総資産", assets)],
            [
                f"負債は{current:,}+{fixed:,}={debt:,}百万円です。",
                f"純資産は{assets:,}−{debt:,}={equity:,}百万円です。",
                last,
            ],
        ),
    }[draw.difficulty]
    question = f"{_headed(draw, rows)}純資産がすべて自己資本であるとき、自己資本比率は何%ですか。{rule(1)}"
    return Problem.number(question, steps, value, "%", {"rows": dict(rows)}, decimals=1)


def liquidity(draw: Draw) -> Problem:
    """流動比率 (1 step), or 当座比率 from its three assets (3)."""
    debt = draw.integer(1_000, 12_000)
    if draw.difficulty == 1:
        assets = debt * draw.integer(70, 260) // 100 + draw.below(50)
        rows = [("流動資産", assets), ("固定資産", draw.integer(1_000, 30_000)), ("流動負債", debt)]
        value, last = _percent(assets, debt)
        question = f"{_headed(draw, rows)}流動比率は何%ですか。{rule(1)}"
        return Problem.number(question, [last], value, "%", {"rows": dict(rows), "ratio": "流動比率"}, decimals=1)
    cash, receivables, securities = (draw.integer(200, 6_000) for _ in range(3))
    rows = [
        ("現金及び預金", cash),
        ("売掛金", receivables),
        ("有価証券", securities),
        ("棚卸資産", draw.integer(200, 6_000)),
        ("流動負債", debt),
    ]
    quick = cash + receivables + securities
    value, last = _percent(quick, debt)
    steps = [
        f"現金及び預金と売掛金で{cash:,}+{receivables:,}={cash + receivables:,}百万円です。",
        f"有価証券も加えた当座資産は{cash + receivables:,}+{securities:,}={quick:,}百万円です。",
        last,
    ]
    question = f"{_headed(draw, rows)}棚卸資産を除く流動資産を当座資産とするとき、当座比率は何%ですか。{rule(1)}"
    return Problem.number(question, steps, value, "%", {"rows": dict(rows), "ratio": "当座比率"}, decimals=1)


def turnover(draw: Draw) -> Problem:
    """総資産回転率 from the assets at the end of the year (1 step) or from their mean over the year (3)."""
    sales, closing = draw.integer(3_000, 60_000), draw.integer(3_000, 40_000)
    company, asked = draw.choice(COMPANIES), f"総資産回転率は何回ですか。{rule(2)}"
    if draw.difficulty == 1:
        value = half_up(Fraction(sales, closing), 2)
        question = (
            f"{company}の当期の売上高は{sales:,}百万円、期末の総資産は{closing:,}百万円です。"
            f"期末の総資産を使うと、{asked}"
        )
        steps = [f"{sales:,}÷{closing:,}を小数第3位で四捨五入して、{written(value, 2)}回です。"]
        return Problem.number(question, steps, value, "回", {"sales": sales, "closing": closing}, decimals=2)
    opening = closing + 2 * draw.integer(-1_000, 1_000)
    mean = (opening + closing) // 2
    value = half_up(Fraction(sales, mean), 2)
    question = (
        f"{company}の当期の売上高は{sales:,}百万円です。総資産は期首が{opening:,}百万円、期末が{closing:,}百万円です。"
        f"期首と期末の平均を使うと、{asked}"
    )
    steps = [
        f"期首と期末の合計は{opening:,}+{closing:,}={opening + closing:,}百万円です。",
        f"平均は{opening + closing:,}÷2={mean:,}百万円です。",
        f"{sales:,}÷{mean:,}を小数第3位で四捨五入して、{written(value, 2)}回です。",
    ]
    facts: Facts = {"sales": sales, "opening": opening, "closing": closing}
    return Problem.number(question, steps, value, "回", facts, decimals=2)


KINDS: tuple[Kind, ...] = (
    Kind("equity-ratio", equity_ratio, (1, 2, 3)),
    Kind("liquidity", liquidity, (1, 3)),
    Kind("turnover", turnover, (1, 3)),
)

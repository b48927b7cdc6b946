"""Costs, volume and profit: the break-even point and the margin of safety. Amounts in millions of yen."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.rounding import half_up, rule
from jaeval.procedural.wording import statement, written


def break_even(draw: Draw) -> Problem:
    """The break-even sales from a rate (2 steps) or amounts (3), for a wanted profit (4), the margin of safety (5)."""
    company = draw.choice(COMPANIES)
    # Per cent of sales that variable costs take, and the sales at which fixed costs are just met.
    percent, point = draw.integer(30, 80, 5), draw.integer(400, 9_000, 20)
    fixed, left = point * (100 - percent) // 100, 100 - percent
    if draw.difficulty == 2:
        question = f"{company}の固定費は{fixed:,}百万円、変動費率は{percent}%です。損益分岐点の売上高は何百万円ですか。"
        steps = [f"限界利益率は100−{percent}={left}%です。", f"{fixed:,}÷{left}×100={point:,}百万円です。"]
        return Problem.number(question, steps, point, "百万円", {"fixed": fixed, "percent": percent})
    sales = point + draw.integer(20, 4_000, 20)
    variable = sales * percent // 100
    rows = [("売上高", sales), ("変動費", variable), ("固定費", fixed)]
    opening = f"{company}の当期の実績です（単位：百万円）。\n{statement(rows)}\n"
    facts: Facts = {"sales": sales, "variable": variable, "fixed": fixed}
    steps = [
        f"変動費率は{variable:,}÷{sales:,}×100={percent}%です。",
        f"限界利益率は100−{percent}={left}%です。",
        f"損益分岐点の売上高は{fixed:,}÷{left}×100={point:,}百万円です。",
    ]
    if draw.difficulty == 3:
        return Problem.number(f"{opening}損益分岐点の売上高は何百万円ですか。", steps, point, "百万円", facts)
    if draw.difficulty == 4:
        more = draw.integer(20, 2_000, 20)
        wanted, needed = more * left // 100, point + more
        steps[2:] = [
            f"固定費と目標利益の合計は{fixed:,}+{wanted:,}={fixed + wanted:,}百万円です。",
            f"必要な売上高は{fixed + wanted:,}÷{left}×100={needed:,}百万円です。",
        ]
        question = f"{opening}同じ費用構造で{wanted:,}百万円の営業利益をあげるには、売上高が何百万円必要ですか。"
        return Problem.number(question, steps, needed, "百万円", {**facts, "wanted": wanted})
    safety = half_up(Fraction((sales - point) * 100, sales), 1)
    steps += [
        f"損益分岐点を上回る売上高は{sales:,}−{point:,}={sales - point:,}百万円です。",
        f"{sales - point:,}÷{sales:,}×100を小数第2位で四捨五入して、{written(safety, 1)}%です。",
    ]
    question = f"{opening}安全余裕率は何%ですか。{rule(1)}"
    return Problem.number(question, steps, safety, "%", {**facts, "asked": "安全余裕率"}, decimals=1)


KINDS: tuple[Kind, ...] = (Kind("break-even", break_even, (2, 3, 4, 5)),)

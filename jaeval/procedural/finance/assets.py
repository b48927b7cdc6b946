"""Assets in the books: straight-line depreciation (定額法) and the cost of goods sold."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES

MACHINES: tuple[str, ...] = ("機械装置", "営業車両", "備品", "製造設備", "配送用トラック", "サーバー", "冷凍設備")


def depreciation(draw: Draw) -> Problem:
    """The charge of a year (1 step without, 2 with residual value), of some months (3), the value in the books (4)."""
    company, machine = draw.choice(COMPANIES), draw.choice(MACHINES)
    life, yearly = draw.integer(4, 15), draw.integer(60, 2_400, 12) * 1_000
    residual = 0 if draw.difficulty == 1 else draw.integer(50, 900, 10) * 1_000
    cost = yearly * life + residual
    worth = "残存価額はゼロ" if residual == 0 else f"残存価額{residual:,}円"
    facts: Facts = {"cost": cost, "life": life} | ({"residual": residual} if residual else {})
    opening = f"{company}は{machine}を{cost:,}円で取得しました。耐用年数{life}年、{worth}、定額法で減価償却します。"
    base = [f"償却する額は{cost:,}−{residual:,}={cost - residual:,}円です。"] if residual else []
    steps = [*base, f"1年分は{cost - residual:,}÷{life}={yearly:,}円です。"]
    if draw.difficulty <= 2:
        return Problem.number(f"{opening}1年間の減価償却費は何円ですか。", steps, yearly, "円", facts)
    if draw.difficulty == 3:
        months = draw.integer(1, 11)
        charge = yearly * months // 12
        question = (
            f"{opening}使い始めたのは期の途中で、当期の使用月数は{months}か月です。月割りで計算すると、"
            "当期の減価償却費は何円ですか。"
        )
        steps.append(f"当期分は{yearly:,}×{months}÷12={charge:,}円です。")
        return Problem.number(question, steps, charge, "円", {**facts, "months": months})
    years = draw.integer(2, life - 1)
    value = cost - yearly * years
    question = f"{opening}期首に取得して{years}年が過ぎたとき、帳簿価額は何円ですか。"
    steps += [
        f"{years}年分は{yearly:,}×{years}={yearly * years:,}円です。",
        f"帳簿価額は{cost:,}−{yearly * years:,}={value:,}円です。",
    ]
    return Problem.number(question, steps, value, "円", {**facts, "years": years})


def goods_sold(draw: Draw) -> Problem:
    """売上原価 by first-in first-out (4 steps) or by the total average (5)."""
    company, counts = draw.choice(COMPANIES), [draw.integer(40, 300, 10), draw.integer(40, 300, 10)]
    first = draw.integer(100, 900, 5)
    if draw.difficulty == 4:
        second = first + draw.choice((-1, 1)) * draw.integer(1, 8) * 5
        sold = counts[0] + draw.integer(10, counts[1] - 10, 5)
        cost = counts[0] * first + (sold - counts[0]) * second
        method = "先入先出法"
        steps = [
            f"期首の{counts[0]}個は{counts[0]}×{first}={counts[0] * first:,}円です。",
            f"仕入れた商品からは{sold}−{counts[0]}={sold - counts[0]}個が売れました。",
            f"その原価は{sold - counts[0]}×{second}={(sold - counts[0]) * second:,}円です。",
            f"合わせて{counts[0] * first:,}+{(sold - counts[0]) * second:,}={cost:,}円です。",
        ]
    else:
        # The prices lie whole distances from a whole mean, weighted by the counts.
        scale = draw.integer(1, 3)
        counts = [10 * draw.integer(4, 30), 10 * draw.integer(4, 30)]
        mean = draw.integer(600, 1_200, 5)
        first, second = mean - scale * counts[1] // 10, mean + scale * counts[0] // 10
        sold = draw.integer(30, sum(counts) - 10, 10)
        amounts = (counts[0] * first, counts[1] * second)
        cost, method = sold * mean, "総平均法"
        steps = [
            f"期首の商品は{counts[0]}×{first}={amounts[0]:,}円です。",
            f"仕入れた商品は{counts[1]}×{second}={amounts[1]:,}円です。",
            f"合計は{amounts[0]:,}+{amounts[1]:,}={sum(amounts):,}円、個数は{counts[0]}+{counts[1]}={sum(counts)}個です。",
            f"平均単価は{sum(amounts):,}÷{sum(counts)}={mean}円です。",
            f"売上原価は{sold}×{mean}={cost:,}円です。",
        ]
    question = (
        f"{company}の商品は、期首に1個{first}円で{counts[0]}個あり、期中に1個{second}円で{counts[1]}個仕入れました。"
        f"当期に{sold}個売ったとき、{method}による売上原価は何円ですか。"
    )
    facts: Facts = {"opening": [counts[0], first], "bought": [counts[1], second], "sold": sold, "method": method}
    return Problem.number(question, steps, cost, "円", facts)


KINDS: tuple[Kind, ...] = (
    Kind("depreciation", depreciation, (1, 2, 3, 4)),
    Kind("goods-sold", goods_sold, (4, 5)),
)

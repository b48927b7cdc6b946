"""Return on equity by DuPont's formula, and the measures of a share: EPS, PER, PBR, yield, pay-out."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.rounding import half_up, rule
from jaeval.procedural.wording import plain, written


def dupont(draw: Draw) -> Problem:
    """ROE from profit and equity (1 step), or between ROE and its three factors (2)."""
    company = draw.choice(COMPANIES)
    if draw.difficulty == 1:
        equity = draw.integer(2_000, 40_000)
        profit = equity * draw.integer(15, 180) // 1000 + draw.below(20)
        value = half_up(Fraction(profit * 100, equity), 1)
        question = f"{company}の当期純利益は{profit:,}百万円、自己資本は{equity:,}百万円です。ROEは何%ですか。{rule(1)}"
        steps = [f"{profit:,}÷{equity:,}×100を小数第2位で四捨五入して、{written(value, 1)}%です。"]
        return Problem.number(question, steps, value, "%", {"profit": profit, "equity": equity}, decimals=1)
    margin = Fraction(draw.integer(10, 120), 10)
    turns = Fraction(draw.integer(40, 240), 100)
    leverage = Fraction(draw.integer(11, 40), 10)
    if draw.below(2):
        value = half_up(margin * turns * leverage, 1)
        question = (
            f"{company}の売上高当期純利益率は{written(margin, 1)}%、総資産回転率は{written(turns, 2)}回、"
            f"財務レバレッジは{written(leverage, 1)}倍です。ROEは何%ですか。{rule(1)}"
        )
        steps = [
            "ROEは売上高当期純利益率×総資産回転率×財務レバレッジです。",
            f"{written(margin, 1)}×{written(turns, 2)}×{written(leverage, 1)}を小数第2位で四捨五入して、"
            f"{written(value, 1)}%です。",
        ]
        facts: Facts = {"margin": plain(margin, 1), "turnover": plain(turns, 2), "leverage": plain(leverage, 1)}
        return Problem.number(question, steps, value, "%", facts, decimals=1)
    roe = half_up(margin * turns * leverage, 1)
    value = half_up(roe / (margin * turns), 2)
    question = (
        f"{company}のROEは{written(roe, 1)}%、売上高当期純利益率は{written(margin, 1)}%、"
        f"総資産回転率は{written(turns, 2)}回です。財務レバレッジは何倍ですか。{rule(2)}"
    )
    steps = [
        f"総資産当期純利益率は{written(margin, 1)}×{written(turns, 2)}={written(margin * turns, 3)}%です。",
        f"{written(roe, 1)}÷{written(margin * turns, 3)}を小数第3位で四捨五入して、{written(value, 2)}倍です。",
    ]
    facts = {"roe": plain(roe, 1), "margin": plain(margin, 1), "turnover": plain(turns, 2)}
    return Problem.number(question, steps, value, "倍", facts, decimals=2)


def share_measure(draw: Draw) -> Problem:
    """PER, PBR, dividend yield or pay-out ratio, from values per share (1 step) or from totals (2 or 3)."""
    company, price = draw.choice(COMPANIES), draw.integer(400, 9_000)
    if draw.difficulty == 1:
        return _per_share(draw, company, price)
    shares = draw.integer(500, 9_000, 100)  # in units of 10,000 shares
    each = draw.integer(20, 400)
    total = each * shares // 100  # millions of yen: each yen × shares × 10,000 ÷ 1,000,000
    opening = f"{company}の株価は{price:,}円、発行済株式数は{shares:,}万株です。"
    if draw.difficulty == 2:
        value = half_up(Fraction(price, each), 1)
        question = f"{opening}当期純利益は{total:,}百万円です。PER（株価収益率）は何倍ですか。{rule(1)}"
        steps = [
            f"1株当たり当期純利益は{total:,}百万円÷{shares:,}万株={each}円です。",
            f"{price:,}÷{each}を小数第2位で四捨五入して、{written(value, 1)}倍です。",
        ]
        facts: Facts = {"price": price, "shares": shares, "profit": total}
        return Problem.number(question, steps, value, "倍", facts, decimals=1)
    book = draw.integer(200, 5_000)
    equity = book * shares // 100
    debt = draw.integer(500, 40_000)
    value = half_up(Fraction(price, book), 2)
    question = (
        f"{opening}総資産は{equity + debt:,}百万円、負債は{debt:,}百万円です。"
        f"PBR（株価純資産倍率）は何倍ですか。{rule(2)}"
    )
    steps = [
        f"純資産は{equity + debt:,}−{debt:,}={equity:,}百万円です。",
        f"1株当たり純資産は{equity:,}百万円÷{shares:,}万株={book:,}円です。",
        f"{price:,}÷{book:,}を小数第3位で四捨五入して、{written(value, 2)}倍です。",
    ]
    facts = {"price": price, "shares": shares, "assets": equity + debt, "debt": debt}
    return Problem.number(question, steps, value, "倍", facts, decimals=2)


def _per_share(draw: Draw, company: str, price: int) -> Problem:
    earnings, dividend = draw.integer(30, 400), draw.integer(5, 120)
    above, below, name, unit, decimals = draw.choice(
        (
            (("株価", price), ("1株当たり当期純利益", earnings), "PER（株価収益率）", "倍", 1),
            (("株価", price), ("1株当たり純資産", draw.integer(200, 5_000)), "PBR（株価純資産倍率）", "倍", 2),
            (("1株当たり年間配当金", dividend), ("株価", price), "配当利回り", "%", 2),
            (("1株当たり年間配当金", dividend), ("1株当たり当期純利益", earnings + dividend), "配当性向", "%", 1),
        )
    )
    times = 100 if unit == "%" else 1
    value = half_up(Fraction(above[1] * times, below[1]), decimals)
    first, second = draw.shuffled((above, below))
    question = (
        f"{company}の{first[0]}は{first[1]:,}円、{second[0]}は{second[1]:,}円です。{name}は何{unit}ですか。"
        f"{rule(decimals)}"
    )
    hundred = "×100" if unit == "%" else ""
    steps = [
        f"{above[1]:,}÷{below[1]:,}{hundred}を小数第{decimals + 1}位で四捨五入して、"
        f"{written(value, decimals)}{unit}です。"
    ]
    facts: Facts = {"values": {above[0]: above[1], below[0]: below[1]}, "asked": name}
    return Problem.number(question, steps, value, unit, facts, decimals=decimals)


KINDS: tuple[Kind, ...] = (
    Kind("dupont", dupont, (1, 2)),
    Kind("share-measure", share_measure, (1, 2, 3)),
)

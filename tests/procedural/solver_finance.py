"""Solves the finance items from their facts with `decimal` and in another order than the generators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

Facts = Mapping[str, Any]
Solve = Callable[[Facts], Decimal | Fraction | int]
PRECISE = Context(prec=80)


def _rounded(above: Decimal | int | Fraction, below: Decimal | int, decimals: int) -> Decimal:
    """above ÷ below, halves away from zero."""
    with localcontext(PRECISE):
        if isinstance(above, Fraction):
            above = Decimal(above.numerator) / Decimal(above.denominator)
        quotient = Decimal(above) / Decimal(below)
        return quotient.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _profit(rows: list[list[Any]]) -> int:
    income = {"売上高", "営業外収益", "特別利益"}
    return sum(amount if label in income else -amount for label, amount in rows)


def _income_statement(facts: Facts) -> int:
    return _profit(facts["rows"])


def _profit_margin(facts: Facts) -> Decimal:
    rows = dict(facts["rows"])
    profit = rows[facts["level"]] if facts["level"] in rows else _profit(facts["rows"])
    return _rounded(profit * 100, rows["売上高"], 1)


def _growth(facts: Facts) -> Decimal:
    return _rounded((facts["after"] - facts["before"]) * 100, facts["before"], 1)


def _consumption_tax(facts: Facts) -> int:
    """Adds up by rate on a receipt; floors in integers."""
    nets: dict[int, int] = {}
    for price, count, percent in facts["bought"]:
        nets[percent] = nets.get(percent, 0) + price * count
    return sum(net * (100 + percent) // 100 for percent, net in nets.items())


def _exchange(facts: Facts) -> Decimal:
    amount, rate = facts["amount"], Decimal(facts["rate"])
    if "later" in facts:
        return Decimal(amount * Decimal(facts["later"]) - amount * rate - facts["fees"])
    return Decimal(amount * rate + amount * Decimal(facts.get("margin", "0")))


def _dupont(facts: Facts) -> Decimal:
    if "equity" in facts:
        return _rounded(facts["profit"] * 100, facts["equity"], 1)
    margin, turnover = Decimal(facts["margin"]), Decimal(facts["turnover"])
    if "leverage" in facts:
        return _rounded(Decimal(facts["leverage"]) * turnover * margin, 1, 1)
    return _rounded(Decimal(facts["roe"]), turnover * margin, 2)


def _share_measure(facts: Facts) -> Decimal:
    if "values" in facts:
        values = facts["values"]
        match facts["asked"]:
            case "PER（株価収益率）":
                return _rounded(values["株価"], values["1株当たり当期純利益"], 1)
            case "PBR（株価純資産倍率）":
                return _rounded(values["株価"], values["1株当たり純資産"], 2)
            case "配当利回り":
                return _rounded(100 * values["1株当たり年間配当金"], values["株価"], 2)
            case "配当性向":
                return _rounded(100 * values["1株当たり年間配当金"], values["1株当たり当期純利益"], 1)
    # By the value of the whole company instead of by the share.
    company = facts["price"] * facts["shares"] * 10_000
    if "profit" in facts:
        return _rounded(company, facts["profit"] * 1_000_000, 1)
    return _rounded(company, (facts["assets"] - facts["debt"]) * 1_000_000, 2)


def _simple_interest(facts: Facts) -> Decimal:
    months = facts.get("months", 12 * facts.get("years", 0))
    twelvefold = facts["principal"] * Decimal(facts["rate"]) * months / 100
    return _rounded_down(Fraction(twelvefold) / 12)


def _rounded_down(value: Fraction) -> Decimal:
    with localcontext(PRECISE):
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1), rounding=ROUND_DOWN)


def _compound_interest(facts: Facts) -> int:
    """In integers: rate in per mille, floored once."""
    thousandths = int(Decimal(facts["rate"]) * 10)
    return int(facts["principal"] * (1000 + thousandths) ** facts["years"] // 1000 ** facts["years"])


def _equity_ratio(facts: Facts) -> Decimal:
    rows = facts["rows"]
    debt = rows.get("負債", rows.get("流動負債", 0) + rows.get("固定負債", 0))
    assets = rows.get("総資産", debt + rows.get("純資産", 0))
    equity = rows.get("純資産", assets - debt)
    return _rounded(equity * 100, assets, 1)


def _liquidity(facts: Facts) -> Decimal:
    rows = facts["rows"]
    quick = ("現金及び預金", "売掛金", "有価証券")
    assets = rows["流動資産"] if facts["ratio"] == "流動比率" else sum(rows[label] for label in quick)
    return _rounded(assets * 100, rows["流動負債"], 1)


def _turnover(facts: Facts) -> Decimal:
    return _rounded(2 * facts["sales"], facts.get("opening", facts["closing"]) + facts["closing"], 2)


def _bond_price(facts: Facts) -> Decimal:
    """Backwards from the last payment, one year of discounting at a time."""
    growth = 1 + Fraction(facts["rate"]) / 100
    value = Fraction(facts["face"])
    for _ in range(facts["years"]):
        value = (value + Fraction(facts["coupon"])) / growth
    return _rounded(value, 1, 2)


def _bond_yield(facts: Facts) -> Decimal:
    price, coupon = Decimal(facts["price"]), Decimal(facts["coupon"])
    if "years" not in facts:
        return _rounded(100 * coupon, price, 2)
    whole = coupon * facts["years"] + facts["face"] - price
    return _rounded(100 * whole, price * facts["years"], 2)


def _depreciation(facts: Facts) -> Fraction:
    """The value in the books falls along a line; the charge is its fall."""

    def book(months: int) -> Fraction:
        whole = facts["life"] * 12
        return Fraction(facts["cost"] * (whole - months) + facts.get("residual", 0) * months, whole)

    if "years" in facts:
        return book(12 * facts["years"])
    return Fraction(facts["cost"] - book(facts.get("months", 12)))


def _goods_sold(facts: Facts) -> Fraction:
    (count, price), (bought, bought_price) = facts["opening"], facts["bought"]
    shelf = [price] * count + [bought_price] * bought
    if facts["method"] == "先入先出法":
        return Fraction(sum(shelf[: facts["sold"]]))
    return Fraction(Fraction(sum(shelf), len(shelf)) * facts["sold"])


def _break_even(facts: Facts) -> Decimal | int:
    """Searches by halves for the least sales at which the profit is what is wanted."""
    if "percent" in facts:
        share = Fraction(facts["percent"], 100)
    else:
        share = Fraction(facts["variable"], facts["sales"])
    low, high = 0, 10**6
    while low < high:
        middle = (low + high) // 2
        enough = middle - middle * share - facts["fixed"] >= facts.get("wanted", 0)
        low, high = (low, middle) if enough else (middle + 1, high)
    point = low
    if facts.get("asked") == "安全余裕率":
        return _rounded((facts["sales"] - point) * 100, facts["sales"], 1)
    return point


def _cash_flow(facts: Facts) -> int:
    return int(sum(reversed(facts["flows"]), facts.get("start", 0)))


SOLVERS: dict[str, Solve] = {
    "income-statement": _income_statement,
    "profit-margin": _profit_margin,
    "growth": _growth,
    "consumption-tax": _consumption_tax,
    "exchange": _exchange,
    "dupont": _dupont,
    "share-measure": _share_measure,
    "simple-interest": _simple_interest,
    "compound-interest": _compound_interest,
    "equity-ratio": _equity_ratio,
    "liquidity": _liquidity,
    "turnover": _turnover,
    "bond-price": _bond_price,
    "bond-yield": _bond_yield,
    "depreciation": _depreciation,
    "goods-sold": _goods_sold,
    "break-even": _break_even,
    "cash-flow": _cash_flow,
}

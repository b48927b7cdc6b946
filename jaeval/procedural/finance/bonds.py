"""Bonds: the price from a discount rate, and the yields quoted in Japan (simple, not compounded)."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.rounding import half_up, rule
from jaeval.procedural.wording import exact, written

FACE = 100


def bond_price(draw: Draw) -> Problem:
    """The price of a bond of face 100 yen with 1 to 3 yearly coupons left: one step a payment, one for the sum."""
    years = {1: 1, 3: 2, 4: 3}[draw.difficulty]
    coupon, rate = Fraction(draw.integer(1, 60), 10), Fraction(draw.integer(2, 20), 4)
    payments = [coupon + (FACE if year == years else 0) for year in range(1, years + 1)]
    values = [payment / (1 + rate / 100) ** year for year, payment in enumerate(payments, 1)]
    price = half_up(sum(values, Fraction(0)), 2)
    question = (
        f"{draw.choice(COMPANIES)}が発行した債券は、額面{FACE}円、残存期間{years}年、"
        f"利率は年{exact(coupon)}%（年1回、"
        f"年末払い）です。割引率を年{exact(rate)}%とすると、額面{FACE}円当たりの理論価格は何円ですか。{rule(2)}"
    )
    growth = exact(1 + rate / 100)
    steps = [
        f"{year}年後の{exact(payment)}円の現在価値は{exact(payment)}÷{growth}"
        + (f"の{year}乗" if year > 1 else "")
        + f"で、約{written(half_up(value, 4), 4)}円です。"
        for year, (payment, value) in enumerate(zip(payments, values, strict=True), 1)
    ]
    rounded = f"小数第3位で四捨五入して、{written(price, 2)}円です。"
    if years == 1:
        steps = [f"1年後に受け取る額の現在価値は{exact(payments[0])}÷{growth}で、{rounded}"]
    else:
        steps.append(f"合計を{rounded}")
    facts: Facts = {"face": FACE, "coupon": exact(coupon), "rate": exact(rate), "years": years}
    return Problem.number(question, steps, price, "円", facts, decimals=2)


def bond_yield(draw: Draw) -> Problem:
    """直接利回り (1 step), or 最終利回り by the simple-interest formula of Japanese practice (4 steps)."""
    coupon = Fraction(draw.integer(1, 50), 10)
    price = Fraction(draw.integer(9_400, 10_600, 5), 100)
    if price == FACE:
        price += Fraction(1, 2)
    opening = (
        f"{draw.choice(COMPANIES)}の社債は、表面利率が年{exact(coupon)}%、額面{FACE}円当たりの価格が{exact(price)}円"
    )
    facts: Facts = {"face": FACE, "coupon": exact(coupon), "price": exact(price)}
    if draw.difficulty == 1:
        value = half_up(coupon / price * 100, 2)
        question = f"{opening}です。直接利回りは何%ですか。{rule(2)}"
        steps = [f"{exact(coupon)}÷{exact(price)}×100を小数第3位で四捨五入して、{written(value, 2)}%です。"]
        return Problem.number(question, steps, value, "%", facts, decimals=2)
    years = draw.choice((2, 4, 5, 8, 10))
    gain = FACE - price
    income = coupon + gain / years
    value = half_up(income / price * 100, 2)
    question = (
        f"{opening}、残存期間が{years}年です。単利による最終利回りは何%ですか。{rule(2)}"
        "マイナスの場合は、数字の前に-をつけてください。"
    )
    kind = "償還差益" if gain > 0 else "償還差損"
    sign = "+" if gain > 0 else "−"
    yearly = abs(gain) / years
    steps = [
        f"{kind}は{_difference(price)}={exact(abs(gain))}円です。",
        f"1年当たりでは{exact(abs(gain))}÷{years}={exact(yearly)}円です。",
        f"1年間の収益は{exact(coupon)}{sign}{exact(yearly)}={exact(income)}円です。",
        f"{exact(income)}÷{exact(price)}×100を小数第3位で四捨五入して、{written(value, 2)}%です。",
    ]
    return Problem.number(question, steps, value, "%", {**facts, "years": years}, decimals=2)


def _difference(price: Fraction) -> str:
    low, high = sorted((Fraction(FACE), price))
    return f"{exact(high)}−{exact(low)}"


KINDS: tuple[Kind, ...] = (
    Kind("bond-price", bond_price, (1, 3, 4)),
    Kind("bond-yield", bond_yield, (1, 4)),
)

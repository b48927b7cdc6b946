"""Interest: simple and compound, in whole yen."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.rounding import truncated
from jaeval.procedural.wording import exact, written

CUT = "1円未満は切り捨ててください。"


def simple_interest(draw: Draw) -> Problem:
    """The interest of some years (2 steps), or of some months (3), on a principal; compounding nothing."""
    principal, rate, who = draw.integer(100_000, 5_000_000, 50_000), Fraction(draw.integer(1, 60), 10), draw.person()
    facts: Facts = {"principal": principal, "rate": exact(rate)}
    yearly = principal * rate / 100
    opening = f"{who}が{principal:,}円を年利{exact(rate)}%の単利で"
    first = f"1年分の利息は{principal:,}円の{exact(rate)}%で、{written(yearly)}円です。"
    if draw.difficulty == 2:
        years = draw.integer(2, 10)
        question = f"{opening}{years}年間預けると、利息は合わせて何円ですか。税金は考えません。"
        steps = [first, f"{years}年分では{written(yearly)}×{years}={written(yearly * years)}円です。"]
        return Problem.number(question, steps, yearly * years, "円", {**facts, "years": years})
    months = draw.choice((1, 2, 3, 4, 5, 7, 8, 9, 10, 11))
    interest = truncated(yearly * months / 12)
    question = f"{opening}{months}か月間預けると、利息は何円ですか。利息は月割りで計算し、{CUT}税金は考えません。"
    steps = [
        first,
        f"{months}か月分では{written(yearly)}×{months}÷12を計算します。",
        f"1円未満を切り捨てて{interest:,}円です。",
    ]
    return Problem.number(question, steps, interest, "円", {**facts, "months": months})


def compound_interest(draw: Draw) -> Problem:
    """Principal and interest after as many years as there are steps, cut to whole yen once, at the end."""
    principal, rate, years = draw.integer(100_000, 3_000_000, 10_000), Fraction(draw.integer(2, 16), 2), draw.difficulty
    factor = 1 + rate / 100
    amount, steps = Fraction(principal), []
    for year in range(1, years + 1):
        amount *= factor
        if year < years:
            steps.append(f"{year}年後は{_decimal(amount)}円です。")
    final = truncated(amount)
    steps.append(f"{years}年後は{_decimal(amount)}円で、1円未満を切り捨てると{final:,}円です。")
    question = draw.choice(
        (
            f"{draw.person()}が{principal:,}円を年利{exact(rate)}%の複利（1年ごとに利息を元本に加える）で"
            f"{years}年間運用すると、元利合計は何円になりますか。",
            f"元本{principal:,}円を、年利{exact(rate)}%、1年複利で{years}年間預けます。満期の元利合計は何円ですか。",
        )
    )
    question += f"税金は考えず、最後に{CUT}"
    facts: Facts = {"principal": principal, "rate": exact(rate), "years": years}
    return Problem.number(question, steps, final, "円", facts)


def _decimal(amount: Fraction) -> str:
    """An amount of yen in full, or cut after the fourth decimal with an ellipsis."""
    if (amount * 10_000).denominator == 1:
        return exact(amount)
    return written(Fraction(int(amount * 10_000), 10_000), 4) + "…"


KINDS: tuple[Kind, ...] = (
    Kind("simple-interest", simple_interest, (2, 3)),
    Kind("compound-interest", compound_interest, (2, 3, 4, 5)),
)

"""How numbers and short Japanese phrases are written in questions and solutions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def plain(value: int | Fraction, decimals: int = 0) -> str:
    """`value` in ASCII digits without commas, with exactly `decimals` decimals: `plain(Fraction(-7, 2), 1) == "-3.5"`.

    Raises:
        ValueError: `value` needs more decimals than that.
    """
    return written(value, decimals).replace(",", "")


def written(value: int | Fraction, decimals: int = 0, minus: str = "-") -> str:
    """`value` with commas and exactly `decimals` decimals; a negative one begins with `minus`.

    Raises:
        ValueError: `value` needs more decimals than that.
    """
    scaled = Fraction(value) * 10**decimals
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than {decimals} decimals")
    whole, rest = divmod(abs(scaled.numerator), 10**decimals)
    sign = minus if scaled < 0 else ""
    return f"{sign}{whole:,}.{rest:0{decimals}d}" if decimals else f"{sign}{whole:,}"


def accounting(value: int) -> str:
    """A whole number as a Japanese statement prints it: 1,200, or △1,200 for a negative one."""
    return written(value, minus="△")


def exact(value: Fraction) -> str:
    """A fraction whose decimal form ends, in full and with commas: 1/8 is 0.125.

    Raises:
        ValueError: its decimal form does not end within twelve decimals.
    """
    for decimals in range(13):
        if (value * 10**decimals).denominator == 1:
            return written(value, decimals)
    raise ValueError(f"{value} has no short decimal form")


def clock(hour: int, minute: int) -> str:
    """A time of day on the 24-hour clock: 9時5分, 14時."""
    return f"{hour}時{minute}分" if minute else f"{hour}時"


def statement(rows: Sequence[tuple[str, int]]) -> str:
    """Lines of a financial statement, `label：amount`, one a line, △ before negative amounts."""
    return "\n".join(f"{label}：{accounting(amount)}" for label, amount in rows)

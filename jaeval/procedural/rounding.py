"""Rounding as Japanese questions ask for it, on exact fractions; binary floating point is never used."""

from __future__ import annotations

from fractions import Fraction


def half_up(value: Fraction | int, decimals: int = 0) -> Fraction:
    """四捨五入: round to `decimals` decimals, halves away from zero (2.45 to 2.5, −2.45 to −2.5)."""
    scaled = abs(Fraction(value)) * 10**decimals
    rounded = Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**decimals)
    return -rounded if value < 0 else rounded


def truncated(value: Fraction | int) -> int:
    """切り捨て: the whole part of an amount that is not negative, as a tax or interest sum is cut to whole yen.

    Raises:
        ValueError: the amount is negative.
    """
    if value < 0:
        raise ValueError(f"cannot cut the negative amount {value} to whole yen")
    return int(value)


def rule(decimals: int) -> str:
    """The sentence that asks for `decimals` (at least one) decimals: 小数第2位を四捨五入し、小数第1位まで…"""
    return f"小数第{decimals + 1}位を四捨五入し、小数第{decimals}位まで答えてください。"

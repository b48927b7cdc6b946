"""What reading a number from text gives: a `Quantity`, or a `Refusal` that says why no value was given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Reason(StrEnum):
    """Why a stretch of text that looks like a number is not read as one. The value is a phrase for a person."""

    APPROXIMATE = "an approximation, such as 約100, 数百 or 十数人"
    BOUND = "a bound, such as 100円以上 or 5未満"
    RANGE = "a range, or a subtraction written without spaces, such as 3〜5 or 3-5"
    ALTERNATIVES = "alternatives, such as 3か5"
    COMPOUND = "a compound of several units, such as 3時間30分"
    RATIO = "a ratio or perhaps a time, such as 3:2"
    POWER = "a power, a root or scientific notation, such as 10^5, 3² or √2"
    SIGN = "a sign that cannot be told from a dash or an operator"
    MALFORMED = "digits, separators or numerals in an order that is no number, such as 1,23 or 1.234.567"
    DATE = "a date, such as 2026年11月24日"
    TIME = "a time of day, such as 12時30分"
    LABEL = "an ordinal or a heading, such as 第3 or (単位：百万円)"
    IDENTIFIER = "part of a name or a symbol, such as GPT4, x2 or 1e6"


#: Refusals that are no attempt at a quantity at all: the last number of a text is sought before them.
NOT_A_QUANTITY = frozenset({Reason.DATE, Reason.TIME, Reason.LABEL, Reason.IDENTIFIER})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number read from text, with its unit and the place where it stood.

    Attributes:
        value: the exact value with scale words multiplied out: 75億円 is 7,500,000,000. A percentage keeps its
            own figure: 50% is 50 with the unit "%", and 3割2分 is 32 with the unit "%".
        unit: the canonical unit ("円", "ドル", "%", "個", "人", "km", ...), or None where the text names none.
            Units are spelt alike (5名 is 5 人) but never converted:
            1 km and 1,000 m differ.
        text: the characters read, sign and unit included, as they stand in the input.
        start, end: where they stand, so that `input[start:end] == text`.
    """

    value: Fraction
    unit: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stretch of text that holds digits or numerals but is no single exact number, and why."""

    reason: Reason
    text: str
    start: int
    end: int


class UnreadableNumber(ValueError):  # noqa: N818 (a refusal is an ordinary outcome of reading)
    """The text is not one exact quantity.

    Attributes:
        text: what was to be read.
        reason: why a number in it was refused, or None where it holds no number, or words beside the number.
    """

    def __init__(self, text: str, problem: str, reason: Reason | None = None) -> None:
        shown = text if len(text) <= 40 else text[:39] + "…"
        super().__init__(f"{shown!r} is not one number: {problem}")
        self.text = text
        self.reason = reason


def same_quantity(a: Quantity, b: Quantity, *, allow_missing_unit: bool = False) -> bool:
    """Whether two quantities are exactly equal in value and unit.

    75億円 and 7,500百万円 are the same, as are 3割2分 and 32%. 50% and 0.5 are not, whatever the option.

    Args:
        a: one quantity.
        b: the other.
        allow_missing_unit: let a quantity without a unit stand for one with a unit: 18 for 18個, 50 for 50%.
    """
    if a.value != b.value:
        return False
    return a.unit == b.unit or (allow_missing_unit and (a.unit is None or b.unit is None))

"""Number phrases: several numerals that make one value, such as 三分の一, 2と3分の1, 3割2分5厘, 三・一四 and 1/3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from jaeval.japanese.kanji_numerals import DIGITS
from jaeval.japanese.numerals import Numeral, evaluate
from jaeval.japanese.quantity import Reason

_CALENDAR = (
    (re.compile(r"(?:1[6-9]|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])"), Reason.DATE),
    (re.compile(r"(?:[0-9]{1,2}:[0-5][0-9]|(?<=午[前後])[0-9]{1,2}):[0-5][0-9](?![0-9])"), Reason.TIME),
)
_LATEX_FRACTION = re.compile(r"\\[dt]?frac\{\Z")
#: What makes 一・二 a decimal rather than "one or two": 一・二倍, but not 一・二年生.
_MEASURED = re.compile(r"[倍%割度秒]|時間|[ァ-ヴ]{2}")
_TENTHS = re.compile(r"割(?![るりれっろら合当算])")
_PERCENT_OF = {"割": Fraction(10), "分": Fraction(1), "厘": Fraction(1, 10)}


@dataclass(slots=True)
class Phrase:
    """A number phrase on its way to becoming a quantity; later steps add sign, unit and reasons for refusal.

    Attributes:
        start, end: where it stands.
        value: None where the numerals do not combine into a number.
        unit: "%" after 割; otherwise filled in from what follows.
        is_kanji: whether it holds no Arabic digit.
        is_plain: whether it is a single numeral.
        reason: why it is refused, or None.
    """

    start: int
    end: int
    value: Fraction | None
    unit: str | None = None
    is_kanji: bool = False
    is_plain: bool = False
    reason: Reason | None = None


def read_phrases(folded: str, numerals: Sequence[Numeral]) -> Iterator[Phrase]:
    """Yield the number phrases of folded text from left to right, each made of one or more of its numerals."""
    position = 0
    while position < len(numerals):
        rest = numerals[position : position + 4]
        for form in (_calendar, _latex_fraction, _kanji_decimal, _mixed_fraction, _fraction, _tenths):
            phrase = form(folded, rest)
            if phrase:
                break
        else:
            phrase = _slashes(folded, numerals, position) or _plain(numerals[position])
        yield phrase
        while position < len(numerals) and numerals[position].start < phrase.end:
            position += 1


def _plain(numeral: Numeral) -> Phrase:
    return Phrase(numeral.start, numeral.end, numeral.value, is_kanji=numeral.is_kanji, is_plain=True)


def _linked(folded: str, numerals: Sequence[Numeral], *links: str) -> bool:
    """Whether the first numerals follow each other with exactly these strings between them."""
    return len(numerals) > len(links) and all(
        folded.startswith(link, left.end) and left.end + len(link) == right.start
        for left, right, link in zip(numerals, numerals[1:], links, strict=False)
    )


def _quotient(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """Divide whole numbers; None for anything else."""
    if numerator is None or not denominator or numerator.denominator != 1 or denominator.denominator != 1:
        return None
    return numerator / denominator


def _calendar(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    """2026/11/24, 12:30:00, 午後3:30. Without 午前 or 午後, 3:30 may as well be a ratio."""
    start = numerals[0].start
    for pattern, reason in _CALENDAR:
        match = pattern.match(folded, start)
        if match and any(numeral.end == match.end() for numeral in numerals):
            return Phrase(start, match.end(), None, reason=reason)
    return None


def _latex_fraction(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    r"""\frac{1}{3}."""
    first = numerals[0]
    opening = _LATEX_FRACTION.search(folded, max(0, first.start - 7), first.start)
    if opening is None:
        return None
    if _linked(folded, numerals, "}{") and folded.startswith("}", numerals[1].end):
        return Phrase(opening.start(), numerals[1].end + 1, _quotient(first.value, numerals[1].value))
    return Phrase(opening.start(), first.end, None)


def _kanji_decimal(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    """三・一四, 三点一四, 一・五億. Chains such as 五・七・五 have no value."""
    point = folded[numerals[0].end : numerals[0].end + 1]
    if point not in ("・", "点") or not _linked(folded, numerals, point):
        return None
    whole, decimals = numerals[:2]
    digits = decimals.pieces[0]
    if not (whole.is_kanji and decimals.is_kanji) or digits.strip(DIGITS):
        return None
    chain = folded.startswith("・", decimals.end) or (point == "・" and folded.startswith("・", whole.start - 1))
    pair = len(digits) == 1 and len(decimals.pieces) == 1 and whole.value == DIGITS.index(digits) - 1
    one_or_two = point == "・" and pair and whole.value != 0 and not _MEASURED.match(folded, decimals.end)
    if whole.value is None or chain or one_or_two:
        return Phrase(whole.start, decimals.end, None, is_kanji=True)
    literal = f"{whole.value}." + "".join(str(DIGITS.index(digit)) for digit in digits)
    return Phrase(whole.start, decimals.end, evaluate([literal, *decimals.pieces[1:]]), is_kanji=True)


def _mixed_fraction(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    """2と3分の1, that is 7/3."""
    if not _linked(folded, numerals, "と", "分の"):
        return None
    whole, denominator, numerator = numerals[:3]
    part = _quotient(numerator.value, denominator.value)
    proper = whole.value is not None and whole.value.denominator == 1 and part is not None and part < 1
    value = whole.value + part if proper and whole.value is not None and part is not None else None
    return Phrase(whole.start, numerator.end, value, is_kanji=whole.is_kanji)


def _fraction(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    """三分の一, 100分の1."""
    if not _linked(folded, numerals, "分の"):
        return None
    denominator, numerator = numerals[:2]
    value = _quotient(numerator.value, denominator.value)
    return Phrase(denominator.start, numerator.end, value, is_kanji=denominator.is_kanji)


def _tenths(folded: str, numerals: Sequence[Numeral]) -> Phrase | None:
    """3割, 3割2分5厘: 割 is ten per cent, 分 one, 厘 a tenth."""
    first = numerals[0]
    if not _TENTHS.match(folded, first.end):
        return None
    value = None if first.value is None else first.value * _PERCENT_OF["割"]
    whole = first.value is not None and first.value.denominator == 1
    end = first.end + 1
    smaller = ["分", "厘"]
    for numeral in numerals[1:3]:
        place = folded[numeral.end : numeral.end + 1]
        if numeral.start != end or place not in smaller:
            break
        digit = numeral.value
        fits = whole and digit is not None and digit in range(1, 10)
        value = value + digit * _PERCENT_OF[place] if fits and value is not None and digit is not None else None
        end = numeral.end + 1
        smaller = smaller[smaller.index(place) + 1 :]
    return Phrase(first.start, end, value, unit="%", is_kanji=first.is_kanji)


def _slashes(folded: str, numerals: Sequence[Numeral], position: int) -> Phrase | None:
    """1/3. A longer chain, a decimal or a zero below has no value."""
    last = position
    while _linked(folded, numerals[last : last + 2], "/"):
        last += 1
    if last == position:
        return None
    first = numerals[position]
    value = _quotient(first.value, numerals[last].value) if last == position + 1 else None
    return Phrase(first.start, numerals[last].end, value, is_kanji=first.is_kanji)

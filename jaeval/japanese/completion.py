"""Completes a number phrase with its sign, currency and unit, and refuses it for what stands around it."""

from __future__ import annotations

import re
from fractions import Fraction

from jaeval.japanese.kanji_words import is_heading, stands_alone
from jaeval.japanese.phrases import Phrase
from jaeval.japanese.quantity import Reason
from jaeval.japanese.surroundings import Lead, lead, reason_after, reason_before
from jaeval.japanese.units import CURRENCY_UNITS, currency_unit, match_unit

_CLOCK = re.compile(r"時(?!間|代|点|速|給|期|刻)半?")
_MONTH = re.compile(r"月(?!謝|給)")
_HALF = re.compile(r"半(?!分|額|数|径|年|期|角)")
#: Decimals that go on: 0.333...
_GOES_ON = re.compile(r"\.\.|…|‥|・・")
_NO_HALVES = CURRENCY_UNITS | {"%", "%ポイント", "ポイント", "bps", "倍"}
#: How far a closing dollar sign of LaTeX is sought.
_LONGEST_FORMULA = 200


def complete(phrase: Phrase, folded: str, left_end: int, *, whole: bool) -> bool:
    """Add sign, currency, unit and refusal to a phrase in place.

    Args:
        phrase: the phrase.
        folded: the folded text it stands in.
        left_end: where the phrase to its left ends, 0 if there is none.
        whole: take a kanji numeral for a number whatever stands beside it.

    Returns:
        False where the phrase is part of a word and no number at all.
    """
    number_end = phrase.end
    if phrase.reason is not None:
        return True
    before = lead(folded, phrase.start, left_end)
    unit_end = _read_unit(phrase, folded)
    after = reason_after(folded, unit_end, phrase.unit)
    numeral_start, phrase.start, phrase.end = phrase.start, before.start, unit_end
    _apply_currency(phrase, folded, before)
    phrase.reason = (
        phrase.reason
        or reason_before(folded, phrase.start)
        or before.reason
        or after
        or (Reason.MALFORMED if phrase.value is None else None)
    )
    if phrase.reason is None and phrase.value is not None and phrase.value.denominator != 1:
        phrase.reason = Reason.APPROXIMATE if _GOES_ON.match(folded, phrase.end) else None
    if before.negative and phrase.value is not None:
        phrase.value = -phrase.value
    if phrase.is_kanji and phrase.is_plain and not whole:
        if phrase.unit in CURRENCY_UNITS and is_heading(folded, numeral_start, phrase.end):
            phrase.reason = Reason.LABEL
            return True
        surely = phrase.reason in (Reason.APPROXIMATE, Reason.LABEL)
        return surely or stands_alone(folded, numeral_start, number_end, phrase.unit or _calendar_unit(phrase))
    return True


def _calendar_unit(phrase: Phrase) -> str | None:
    """月 and 時 count as units here: 十一月 is a date, not a word."""
    return "月" if phrase.reason in (Reason.DATE, Reason.TIME) else None


def _read_unit(phrase: Phrase, folded: str) -> int:
    """Read the unit after the number into the phrase; return where the unit ends."""
    if phrase.unit is not None:
        return phrase.end
    for pattern, reason in ((_CLOCK, Reason.TIME), (_MONTH, Reason.DATE)):
        match = pattern.match(folded, phrase.end)
        if match:
            phrase.reason = reason
            return match.end()
    phrase.unit, end = match_unit(folded, phrase.end)
    if phrase.unit is None and folded.startswith(" ", phrase.end):
        phrase.unit, after_space = match_unit(folded, phrase.end + 1)
        end = after_space if phrase.unit else end
    if phrase.unit and _HALF.match(folded, end):
        whole = phrase.value is not None and phrase.value.denominator == 1 and phrase.unit not in _NO_HALVES
        phrase.value = phrase.value + Fraction(1, 2) if whole and phrase.value is not None else None
        end += 1
    return end


def _apply_currency(phrase: Phrase, folded: str, before: Lead) -> None:
    """Let a currency sign name the unit, unless it opens a LaTeX formula or contradicts the unit behind the number."""
    if before.currency is None:
        return
    if before.currency == "$" and _opens_formula(folded, phrase):
        if folded.startswith("$", phrase.start):
            phrase.start += 1
        return
    unit = currency_unit(before.currency)
    if phrase.unit not in (None, unit):
        phrase.reason = Reason.MALFORMED
    phrase.unit = unit


def _opens_formula(folded: str, phrase: Phrase) -> bool:
    r"""Whether the dollar sign before a number is LaTeX: $18$, $3 + 5 = 8$, but neither \$3 nor "$3 and $5"."""
    if folded.startswith("\\", phrase.start - 1):
        return False
    closing = folded.find("$", phrase.end, phrase.end + _LONGEST_FORMULA)
    if closing < 0 or "\n" in folded[phrase.end : closing] or folded[closing - 1].isspace():
        return False
    return not re.match(r"[-+.]?[0-9]", folded[closing + 1 : closing + 3])

"""What two numbers beside each other make of themselves: ranges, ratios, dates, compounds, powers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from jaeval.japanese.phrases import Phrase
from jaeval.japanese.quantity import Reason
from jaeval.japanese.units import COMPOUNDS

#: Longer gaps between two numbers join nothing.
_LONGEST_GAP = 8

_RANGE = re.compile(r" ?(?:[~—―…]|~~|から|ないし|乃至|\.\.\.) ?|[-ー]|- | -|マイナス")
#: 10から3を引く and 100円から150円に name two exact numbers, 3から5個 none.
_FROM = re.compile(r" ?から ?")
_NO_RANGE_AFTER = re.compile(r"に(?!わた|かけ|及)|へ|を[引足減差]")
_ALTERNATIVES = re.compile(r" ?(?:か|または|又は|もしくは|若しくは|あるいは|或いは) ?| or ")
_RATIO = re.compile(r":| : | ?対 ?")
_POWER = re.compile(r"\^|\*\*|\^\{")
_REMAINDER = re.compile(r" ?(?:余り|あまり|余) ?")
_THREE_DIGITS = re.compile(r"[0-9]{3}(?![0-9])")
_FEW_DIGITS = re.compile(r"(?<![0-9])[0-9]{1,3}\Z")
_CALENDAR_UNITS = frozenset({"年", "年度", "日", "分", "秒"})
_CALENDAR = frozenset({Reason.DATE, Reason.TIME})


def refuse_neighbours(folded: str, phrases: Sequence[Phrase]) -> None:
    """Mark the phrases that a neighbour turns into something other than an exact number of its own."""
    for left, right in pairwise(phrases):
        gap = folded[left.end : right.start]
        if len(gap) > _LONGEST_GAP:
            continue
        reason = _reason_of_pair(folded, left, gap, right)
        if reason is None:
            continue
        for phrase in (left, right):
            if phrase.reason is None or reason in _CALENDAR:
                phrase.reason = reason


def _reason_of_pair(folded: str, left: Phrase, gap: str, right: Phrase) -> Reason | None:
    if not gap:
        return _reason_of_touching(left, right)
    if _FROM.fullmatch(gap) and _NO_RANGE_AFTER.match(folded, right.end):
        return None
    for pattern, reason in (
        (_RANGE, Reason.RANGE),
        (_ALTERNATIVES, Reason.ALTERNATIVES),
        (_RATIO, Reason.RATIO),
        (_POWER, Reason.POWER),
        (_REMAINDER, Reason.COMPOUND),
    ):
        if pattern.fullmatch(gap):
            return reason
    if gap == " - " and left.unit is None and right.unit is not None:
        return Reason.RANGE
    if gap in ("、", ",") and _is_one_more(left, right):
        return Reason.APPROXIMATE
    return Reason.MALFORMED if left.unit is None and _is_broken_number(folded, left, gap, right) else None


def _reason_of_touching(left: Phrase, right: Phrase) -> Reason | None:
    """2026年11月24日, 3時間30分. Other pairs are read apart: 1個100円, 1日3回."""
    for one, other in ((left, right), (right, left)):
        if one.reason in _CALENDAR and (other.unit in _CALENDAR_UNITS or other.reason in _CALENDAR):
            return one.reason
    return Reason.COMPOUND if left.unit is None or (left.unit, right.unit) in COMPOUNDS else None


def _is_one_more(left: Phrase, right: Phrase) -> bool:
    """Whether 二、三人 or 二、三十人 may mean "two or three"."""
    if left.unit is not None or right.unit is None or left.value is None or right.value is None:
        return False
    if not 1 <= left.value <= 8:  # without this a number of -1 or less would never grow past the other
        return False
    tenfold = 1
    while (left.value + 1) * tenfold < right.value:
        tenfold *= 10
    return (left.value + 1) * tenfold == right.value


def _is_broken_number(folded: str, left: Phrase, gap: str, right: Phrase) -> bool:
    """Whether the two are pieces of a number that is not written in a way read here: 1 800, 1'800, 2 1/3, 3・4."""
    if gap in ("/", "・", "·", "分の"):
        return True
    if gap not in (" ", "'", "’", "_"):
        return False
    if not right.is_plain:
        return gap == " " and "/" in folded[right.start : right.end]
    if folded[left.end - 1] in "万億兆":
        return True
    grouped = _THREE_DIGITS.match(folded, right.start) and _FEW_DIGITS.search(folded, max(0, left.end - 4), left.end)
    return bool(grouped)

"""What stands around a number: its sign and currency, and the words that make it no exact number.

Every function looks at a window of bounded length, so that reading stays linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jaeval.japanese.quantity import Reason
from jaeval.japanese.units import CURRENCY

_WINDOW = 12
_OPENING = r" \t\n(\[{「『【〈《|=:"
_LEAD = re.compile(
    rf"(?P<before>{CURRENCY} ?)?"
    rf"(?P<sign>[-+]|マイナス|プラス|[△▲] ?|(?<![^{_OPENING}])ー)?"
    rf"(?P<after>{CURRENCY} ?)?\Z"
)
_OPERATOR_SIGNS = ("-", "+", "マイナス", "プラス", "ー")
_OPERAND_END = re.compile(r"[0-9A-Za-z)\]}]\Z")
_UNCLEAR_SIGN = re.compile(r"(?:[-+±∓▽▼△▲—―─]|(?<![ァ-ヺ])ー)\Z")
_SPACED_MINUS = re.compile(r"(?P<left>\S?)(?P<gap>[ \t]*)(?:-|マイナス) +\Z")

_APPROXIMATE_BEFORE = re.compile(
    r"(?:(?<![契予節要公制解成規条倹婚誓集特密売])約|およそ|おおよそ|凡そ|ほぼ|おおむね|概ね|だいたい|大体|ざっと"
    r"|[≈≒~]|\\approx|\\sim) ?\Z"
)
_BOUND_BEFORE = re.compile(r"(?:[≦≧≤≥⩽⩾]|\\[lg]eq?|少なくとも|多くとも) ?\Z")
_SEVERAL_BEFORE = re.compile(r"(?:[何幾]|(?<![一-鿿])数)\Z")
_ERA_BEFORE = re.compile(r"(?:令和|平成|昭和|大正|明治) ?\Z")
_ROOT_BEFORE = re.compile(r"(?:[√∛]|ルート|\\sqrt\{) ?\Z")
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚΑ-ωÀ-ÖØ-öø-ÿА-я_]\Z")

_APPROXIMATE_AFTER = re.compile(
    r" ?(?:弱(?!点)|強(?!化|調)|程度|ほど|くらい|ぐらい|前後|内外|近く|足らず|そこそこ|数[十百千万人個本年日円件名回匹]"
    r"|(?:余り|あまり|余(?!裕|剰|分|計|り))(?! ?[0-9〇一二三四五六七八九十]))"
)
_BOUND_AFTER = re.compile(r" ?(?:以上|以下|未満|以内|超(?!過)|を?超え|を?上回|を?下回|[≦≧≤≥])")
_AROUND_AFTER = re.compile(r"台(?!湾|風)")
_POWER_AFTER = re.compile(
    r"[\^⁰¹²³⁴-⁹⁻ⁿ√]|\\sqrt|\*\*[0-9]|の[0-9一二三四五六七八九十n]{1,3}乗|乗(?!客|車|用|員|[りっるせ])"
    r"| ?(?:[×x*]|\\times|\\cdot) ?10(?:\^|\*\*|[⁰¹²³⁴-⁹⁻])"
)
_ENGLISH_SCALE = re.compile(r" ?(?:thousand|million|billion|trillion)(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands directly before a number.

    Attributes:
        start: where the sign or currency begins, or the number itself.
        negative: whether the sign is a minus.
        currency: the sign or code of a currency, or None.
        reason: why the number is refused for what stands before it, or None.
    """

    start: int
    negative: bool = False
    currency: str | None = None
    reason: Reason | None = None


def lead(folded: str, number_start: int, left_end: int) -> Lead:
    """Read the sign and the currency before a number.

    Args:
        folded: folded text.
        number_start: where the number begins.
        left_end: where the number or unit to the left ends: a minus directly after it is no sign.
    """
    window = max(left_end, number_start - _WINDOW)
    match = _LEAD.search(folded, window, number_start)
    assert match is not None  # every part of the pattern is optional
    start, sign = match.start(), (match["sign"] or "").strip()
    before, after = match["before"], match["after"]
    reason = None
    if sign in _OPERATOR_SIGNS and (start == left_end > 0 or _OPERAND_END.search(folded, max(0, start - 1), start)):
        if sign in ("-", "マイナス", "ー") and start != left_end:
            reason = Reason.IDENTIFIER if _LETTER.search(folded, start - 1, start) else Reason.SIGN
        start, sign, before = match.end("sign"), "", None
    elif _UNCLEAR_SIGN.search(folded, max(left_end, start - 2), start) or (
        not sign and _minus_apart(folded, start, left_end)
    ):
        reason = Reason.SIGN
    if before and after:
        reason = Reason.MALFORMED
    currency = (before or after or "").strip() or None
    return Lead(start, sign in ("-", "マイナス", "ー", "△", "▲"), currency, reason)


def _minus_apart(folded: str, start: int, left_end: int) -> bool:
    """Whether a minus and a space stand before a number with nothing on the left to subtract from: "= - 4"."""
    match = _SPACED_MINUS.search(folded, max(0, start - _WINDOW), start)
    if match is None or (match.start("gap") <= left_end <= start and left_end > 0):
        return False
    return match["left"] in ("", *"([{「『【〈《|=:、。,はがもで") or not match["gap"]


def reason_before(folded: str, start: int) -> Reason | None:
    """Return why a number is refused for the words before it (and before its sign), or None."""
    window = max(0, start - _WINDOW)
    if start == 0:
        return None
    if folded[start - 1] == "第":
        return Reason.LABEL
    if folded[start - 1] in "^_" or folded[max(0, start - 2) : start] in ("^{", "_{"):
        return Reason.POWER if "^" in folded[start - 2 : start] else Reason.IDENTIFIER
    if _LETTER.search(folded, start - 1, start) or _is_other_digit(folded[start - 1]):
        return Reason.IDENTIFIER
    for pattern, reason in (
        (_ROOT_BEFORE, Reason.POWER),
        (_ERA_BEFORE, Reason.DATE),
        (_APPROXIMATE_BEFORE, Reason.APPROXIMATE),
        (_BOUND_BEFORE, Reason.BOUND),
        (_SEVERAL_BEFORE, Reason.APPROXIMATE),
    ):
        if pattern.search(folded, window, start):
            return reason
    return None


def reason_after(folded: str, end: int, unit: str | None) -> Reason | None:
    """Return why a number is refused for what follows it and its unit, or None."""
    if _POWER_AFTER.match(folded, end):
        return Reason.POWER
    if _APPROXIMATE_AFTER.match(folded, end) or (unit and _AROUND_AFTER.match(folded, end)):
        return Reason.APPROXIMATE
    if _BOUND_AFTER.match(folded, end):
        return Reason.BOUND
    if _ENGLISH_SCALE.match(folded, end) or folded[end : end + 1] in ("‰", "‱"):
        return Reason.MALFORMED
    following = folded[end : end + 1]
    if unit is None and following and (_LETTER.match(following) or following in "\ufe0f\u20e3"):
        return Reason.IDENTIFIER
    if following and _is_other_digit(following):
        return Reason.MALFORMED
    return Reason.RANGE if following == "~" else None


def _is_other_digit(character: str) -> bool:
    """Whether a character counts as a digit or number without being one that is read here: ², ½, ①, Ⅳ, ٣."""
    return not character.isascii() and character.isnumeric() and not "一" <= character <= "鿿" and character != "〇"

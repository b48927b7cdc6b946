"""Tells kanji numerals in running text from the same characters inside words: 三百円 from 三角形, 一番 and 千葉.

It is a judgement by the neighbouring characters and a list of idioms, without a dictionary.
"""

from __future__ import annotations

import re

from jaeval.japanese.kanji_numerals import MYRIADS, SMALL_SCALES, ZERO_WORD

_IDIOM = re.compile(
    r"万一|万が一|一度|二度と|一部|一杯|一段(?:と|階|落)|一歩|一口|一行|一時|一通り|一回り|一周忌|一日中|一本(?:化|気|調子)|一円(?!玉)"
    r"|一枚岩|一匹狼|一組織|一番(?!目)|一人(?:前|称|ひとり|息子|娘|暮らし)|二人(?:三脚|称)|三人称|三日(?:月|坊主)|二枚(?:目|舌)|三枚目"
    r"|十分|十二分|十人十色|四六時中|四六|三位一体|三三五五|七五三|五七五|二人三脚|六本木|三本木|二本松|四日市|八日市|五日市|十日町|廿日市"
    r"|百人一首|千(?:葉|代|歳)|千差万別|万(?:年|人|歳|全|能|事)|億万|八百(?:屋|長|万の)|百合|一石二鳥|一つ一つ|一人一人|一々|二世帯|一時的"
    r"|八つ(?:当|橋)|五つ星|七つ道具|一文字|一席|一足(?:先|飛)|一言|一つ(?:と|も)|一件落着|一口|一校"
)
_INSIDE = re.compile(r"(?:もう|[唯統同単随均純専逐画不無万青春北真第]|日本|世界)\Z")
_IDEOGRAPH_OR_KATAKANA = re.compile(r"[々一-鿿ァ-ヺー]")
_SINGLE_BEFORE = re.compile(r"[\s、。,.:;=(\[{「『【*$]|は\Z")
_SINGLE_AFTER = re.compile(
    r"\s*(?:\Z|[、。,.!?)\]}」』】*$！？]|です|でし|である|であり|だ(?:[。、\s]|\Z)|とな|にな|と言|と答)"
)
_HEADING_BEFORE = re.compile(r"(?:単位(?:は|:|)\s*|[(/])\Z")


def stands_alone(folded: str, start: int, numeral_end: int, unit: str | None) -> bool:
    """Whether a kanji numeral in running text is a number rather than part of a word.

    Args:
        folded: folded text.
        start: where the numeral, or its sign, begins.
        numeral_end: where the numeral ends, before its unit.
        unit: the unit after it, or None.
    """
    if _IDIOM.match(folded, start):
        return False
    numeral = folded[start:numeral_end]
    if _INSIDE.search(folded, max(0, start - 2), start) and len(numeral) == 1 and numeral not in SMALL_SCALES:
        return False
    if numeral[0] in MYRIADS:
        return False
    if unit is not None:
        return True
    before, after = folded[max(0, start - 1) : start], folded[numeral_end : numeral_end + 1]
    if _IDEOGRAPH_OR_KATAKANA.match(before) or _IDEOGRAPH_OR_KATAKANA.match(after):
        return False
    if len(numeral) > 1 and numeral != ZERO_WORD:
        return True
    return (not before or bool(_SINGLE_BEFORE.match(before))) and bool(_SINGLE_AFTER.match(folded, numeral_end))


def is_heading(folded: str, start: int, end: int) -> bool:
    """Whether a scale and a currency name the unit of a table, such as (百万円) or 単位：千円, and no amount."""
    if folded[start] not in SMALL_SCALES and folded[start] not in MYRIADS:
        return False
    before = _HEADING_BEFORE.search(folded, max(0, start - 6), start)
    return before is not None and (before[0][0] == "単" or folded[end : end + 1] in (")", "/"))

"""Kanji numerals: the characters and their values, and the writer of whole numbers."""

from __future__ import annotations

from itertools import count

DIGITS = "〇一二三四五六七八九"
SMALL_SCALES = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}

#: Zero as it is spoken.
ZERO_WORD = "ゼロ"

#: Daiji, the numerals of deeds and banknotes, and the old forms, to the everyday character.
DAIJI = {
    **dict(zip("零壱弐参肆伍陸漆捌玖", DIGITS, strict=True)),
    **dict(zip("壹貳貮參", "一二二三", strict=True)),
    **dict(zip("拾佰仟阡萬", "十百千千万", strict=True)),
}

LARGEST = 10**20 - 1


def to_kanji(n: int) -> str:
    """Write a whole number in everyday kanji numerals: 321 → 三百二十一, 12,000,000 → 千二百万.

    一 is left out before 十 and 百 and before a leading or inner 千, except 一千 ahead of 万, 億, 兆 or 京 within a
    longer number (一億一千万, but 千万), which is how newspapers and cheques are read aloud. 0 is 零.

    Args:
        n: 0 to 10**20 − 1.

    Raises:
        ValueError: n is outside that span.
    """
    if not 0 <= n <= LARGEST:
        raise ValueError(f"kanji numerals are written for 0 to 10**20 - 1, not {n}")
    if n == 0:
        return "零"
    written = ""
    for myriad in ("", *MYRIADS):
        n, section = divmod(n, 10_000)
        if section:
            thousand = "一千" if myriad and n else "千"
            written = _section(section, thousand) + myriad + written
        if not n:
            break
    return written


def _section(n: int, one_thousand: str) -> str:
    """Write 1 to 9,999."""
    written = ""
    for place, scale in zip(count(3, -1), ("千", "百", "十", ""), strict=False):
        digit = n // 10**place % 10
        if digit == 1 and scale:
            written += one_thousand if scale == "千" else scale
        elif digit:
            written += DIGITS[digit] + scale
    return written

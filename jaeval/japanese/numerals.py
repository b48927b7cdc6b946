"""Numerals in text, without sign, unit or surroundings: Arabic, kanji and mixed (1億2,345万, 三百二十一, 二〇二六).

A numeral is a maximal stretch: it is read whole or not at all, so that 1,800 can never become 800.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import normalize

from jaeval.japanese.kanji_numerals import DAIJI, DIGITS, MYRIADS, SMALL_SCALES, ZERO_WORD

#: Longer literals are refused: no quantity needs them, and converting them takes more than linear time.
LONGEST_LITERAL = 60

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_VARIANTS = {
    "-": "−‐‑‒–﹣",
    "~": "〜∼",
    "/": "⁄∕",
    "%": "﹪",
    "¥": "￥",
    " ": "\u00a0\u2007\u2009\u202f\u3000",
}
_FOLD: dict[int, str | int] = {
    **_FULL_WIDTH,
    **{ord(variant): plain for plain, variants in _VARIANTS.items() for variant in variants},
    **{ord(formal): plain for formal, plain in DAIJI.items()},
    ord("圓"): "円",
}
_CIRCLES_AS_ZEROS = re.compile(rf"[{DIGITS}][{DIGITS}○◯]*+")
_PIECE = re.compile(
    rf"(?P<ready>[¼½¾⅐-⅞])|(?P<zero>{ZERO_WORD})"
    r"|(?P<arabic>[0-9]++(?:(?:[.,]++|\{,\}|\\,)[0-9]++)*+)"
    rf"|(?P<digits>[{DIGITS}]++)"
    rf"|(?P<scale>[{''.join(SMALL_SCALES)}{''.join(MYRIADS)}])"
)
_SPACED_SCALE = re.compile(r" (?=(?:[万億兆京]|百万|十億|千)(?![一二三四五六七八九葉]))")
_READY_FRACTIONS = {
    character: Fraction(normalize("NFKC", character).replace("⁄", "/")) for character in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}
_POINT_BEFORE = re.compile(r"(?<![0-9A-Za-z.)])\.\Z")
_LITERAL = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]*(?:\.[0-9]+)|[0-9]+")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A maximal stretch of digits and numeral characters.

    Attributes:
        start, end: where it stands.
        pieces: its Arabic literals, runs of kanji digits, single scale characters and ready-made fractions (½).
        value: None where the pieces make no number (1,23, 十二三, 万一, 二三).
    """

    start: int
    end: int
    pieces: tuple[str, ...]
    value: Fraction | None

    @property
    def is_kanji(self) -> bool:
        """Whether it holds no Arabic digit."""
        return all(piece[-1] in DIGITS or piece in SCALES for piece in self.pieces)

    @property
    def is_whole_literal(self) -> bool:
        """Whether it is a single whole number in Arabic or kanji digits without scale characters."""
        return (
            len(self.pieces) == 1
            and self.pieces[0] not in SCALES
            and self.value is not None
            and (self.value.denominator == 1)
        )


SCALES = {**SMALL_SCALES, **MYRIADS}


def fold(text: str) -> str:
    """Fold width, daiji, minus and wave-dash variants to one spelling, character by character: offsets are kept."""
    folded = text.translate(_FOLD)
    if "○" in folded or "◯" in folded:
        folded = _CIRCLES_AS_ZEROS.sub(lambda match: re.sub("[○◯]", "〇", match[0]), folded)
    return folded


def find_numerals(folded: str) -> Iterator[Numeral]:
    """Yield the numerals of folded text from left to right. A space before a scale word belongs to it: 75 億."""
    pieces: list[str] = []
    start = end = -1
    for match in _PIECE.finditer(folded):
        after_space = (
            match.start() == end + 1
            and pieces[-1:] != []
            and pieces[-1][-1].isascii()
            and bool(_SPACED_SCALE.match(folded, end))
        )
        if pieces and match.start() != end and not after_space:
            yield Numeral(start, end, tuple(pieces), evaluate(pieces))
            pieces = []
        piece = DIGITS[0] if match.lastgroup == "zero" else match[0]
        if not pieces:
            start = match.start()
            if match.lastgroup == "arabic" and _POINT_BEFORE.search(folded, max(0, start - 2), start):
                start -= 1
                piece = "." + piece
        pieces.append(piece)
        end = match.end()
    if pieces:
        yield Numeral(start, end, tuple(pieces), evaluate(pieces))


def evaluate(pieces: list[str]) -> Fraction | None:
    """Return the value of the pieces of a numeral, or None where they make no number."""
    if len(pieces) == 1 and pieces[0] in MYRIADS:
        return Fraction(MYRIADS[pieces[0]])
    if pieces[-1] in _READY_FRACTIONS:
        whole = evaluate(pieces[:-1]) if len(pieces) > 1 else Fraction(0)
        return whole + _READY_FRACTIONS[pieces[-1]] if whole is not None and whole.denominator == 1 else None
    total, ceiling, position = Fraction(0), None, 0
    while position < len(pieces):
        section, after = _section(pieces, position)
        if section is None:
            return None
        scale = MYRIADS.get(pieces[after], 1) if after < len(pieces) else 1
        if (after < len(pieces) and (scale == 1 or section == 0)) or (
            ceiling is not None and section * scale >= ceiling
        ):
            return None
        total, ceiling, position = total + section * scale, scale, after + 1
        if section.denominator != 1 and position < len(pieces):
            return None
    return total


def _section(pieces: list[str], position: int) -> tuple[Fraction | None, int]:
    """Read what stands before a myriad character, or at the end: its value (0 where nothing stands) and its end."""
    first, value, ceiling = position, Fraction(0), None
    while position < len(pieces) and pieces[position] not in MYRIADS:
        number = None
        if pieces[position] not in SCALES:
            number = _literal(pieces[position], leading=position == 0, alone=position == first)
            if number is None:
                return None, position
            position += 1
        scale = SMALL_SCALES.get(pieces[position]) if position < len(pieces) else None
        if scale is None:
            if number is None or (ceiling is not None and number >= ceiling):
                return None, position
            return value + number, position
        if ceiling is not None and scale >= ceiling:
            return None, position
        if number is not None and not _is_digit(number) and not _is_scale_word(pieces, position):
            return None, position
        value += (1 if number is None else number) * scale
        ceiling, position = scale, position + 1
    return value, position


def _is_digit(number: Fraction) -> bool:
    return number.denominator == 1 and 1 <= number <= 9


def _is_scale_word(pieces: list[str], position: int) -> bool:
    """Whether the rest is 千, 百万, 十億 or the like, which may follow any Arabic number: 7,500百万, 2.5千."""
    if position != 1 or not pieces[0][-1].isascii():
        return False
    rest = pieces[position:]
    return rest == ["千"] or (len(rest) == 2 and rest[1] in MYRIADS)


def _literal(piece: str, *, leading: bool, alone: bool) -> Fraction | None:
    """Read an Arabic literal, or kanji digits by position.

    二三 alone may mean "two or three", and 〇〇 is a blank to fill in: neither is read. After a scale character only
    one kanji digit may follow, with or without 〇 before it: 二百〇五.
    """
    if len(piece) > LONGEST_LITERAL:
        return None
    if piece in _READY_FRACTIONS:
        return None
    if piece[-1].isascii():
        plain = piece.replace("{,}", ",").replace("\\,", ",")
        return Fraction(plain.replace(",", "")) if _LITERAL.fullmatch(plain) else None
    digits = piece if leading else piece.lstrip("〇")
    if not digits or (len(digits) > 1 and not alone) or (len(digits) > 1 and not digits.strip("〇")):
        return None
    number = int("".join(str(DIGITS.index(digit)) for digit in digits))
    two_or_three = len(digits) == 2 and number // 10 >= 1 and number % 10 == number // 10 + 1
    return None if two_or_three else Fraction(number)

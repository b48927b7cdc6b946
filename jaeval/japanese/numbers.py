"""Reads exact numbers from Japanese text: 1,234, １２３, 三百二十一, 1億2,345万円, △0.5%, 3割2分, 三分の一.

`read_quantity` takes a whole string, `find_quantities` running text. What is no single exact number (a range, an
approximation, a bound, a date, digits out of order) is refused with a reason and never guessed at.

Decisions:

- A percentage keeps its figure: 50% is 50 with the unit "%". 割, 分, 厘 become "%": 3割2分 is 32.
- A fraction with a slash (1/3) is one number. A list without spaces (1,2,3) and bad grouping (1,23) are refused.
- Exponents (1e6, 10^5, 3×10^5, 3²) are refused, and so is ‰. ½ is read.
- An adjacent hyphen between two numbers is a range or a subtraction, and refuses both; with spaces on both sides
  it is an operator, and both are read without a sign. "= - 4" is refused rather than stripped of its sign.
- Parentheses are not an accounting minus; △ and ▲ are.

Limits: kanji numerals inside running text are read only before a known unit, or where they stand apart from other
kanji; a list of idioms (一番, 十分, 三日月, ...) is passed over, and it is not complete. LaTeX is understood as far as
`\\frac{1}{3}`, `1{,}800`, `50\\%` and `$18$`.
"""

from __future__ import annotations

from jaeval.japanese.completion import complete
from jaeval.japanese.neighbours import refuse_neighbours
from jaeval.japanese.numerals import find_numerals, fold
from jaeval.japanese.phrases import Phrase, read_phrases
from jaeval.japanese.quantity import NOT_A_QUANTITY, Quantity, Reason, Refusal, UnreadableNumber, same_quantity

__all__ = [
    "Quantity",
    "Reason",
    "Refusal",
    "UnreadableNumber",
    "find_quantities",
    "last_number",
    "read_quantity",
    "same_quantity",
    "scan",
]


def read_quantity(text: str) -> Quantity:
    """Read a string that is one quantity and nothing else, such as 7,500百万円 or ３割２分.

    Args:
        text: the string. White space around the quantity is allowed, a full stop is not.

    Returns:
        The quantity, with offsets into `text`.

    Raises:
        UnreadableNumber: the string is not one exact number; the message and `reason` say why.
    """
    found = _scan(text, whole=True)
    if not found:
        raise UnreadableNumber(text, "it holds no number")
    for one in found:
        if isinstance(one, Refusal):
            raise UnreadableNumber(text, f"{one.text} is {one.reason}", one.reason)
    if len(found) > 1:
        raise UnreadableNumber(text, f"it holds {len(found)} numbers")
    if isinstance(found[0], Quantity) and found[0].text == text.strip():
        return found[0]
    raise UnreadableNumber(text, "something stands beside the number")


def find_quantities(text: str) -> list[Quantity]:
    """Find all exact quantities in running text, from left to right, with their offsets.

    What is refused (see `scan`) is left out.
    """
    return [found for found in scan(text) if isinstance(found, Quantity)]


def last_number(text: str) -> Quantity | None:
    """Return the last number of running text, as after a chain of thought.

    Dates, times of day, ordinals and identifiers are passed over. If what then stands last is refused for any other
    reason (a range, an approximation, 1,23), the answer is None: an earlier number is no substitute for it.
    """
    for found in reversed(scan(text)):
        if isinstance(found, Quantity):
            return found
        if found.reason not in NOT_A_QUANTITY:
            return None
    return None


def scan(text: str) -> list[Quantity | Refusal]:
    """Find everything in running text that looks like a number, read or refused, from left to right.

    Returns:
        Quantities and refusals, without overlap, with offsets into `text`.
    """
    return _scan(text, whole=False)


def _scan(text: str, *, whole: bool) -> list[Quantity | Refusal]:
    folded = fold(text)
    phrases: list[Phrase] = []
    left_end = 0
    for phrase in read_phrases(folded, list(find_numerals(folded))):
        if complete(phrase, folded, left_end, whole=whole):
            phrases.append(phrase)
            left_end = phrase.end
    refuse_neighbours(folded, phrases)
    return [_result(text, phrase) for phrase in phrases]


def _result(text: str, phrase: Phrase) -> Quantity | Refusal:
    shown = text[phrase.start : phrase.end]
    if phrase.reason is not None or phrase.value is None:
        return Refusal(phrase.reason or Reason.MALFORMED, shown, phrase.start, phrase.end)
    return Quantity(phrase.value, phrase.unit, shown, phrase.start, phrase.end)

"""Long lists of numbers in few characters of JSON.

A page holds some ten numbers for each of 100,000 cells. They are kept by column, as whole numbers in units of what is
displayed, and a list that is nearly always the same value holds that value once.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

Packed = list[Any] | dict[str, Any]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Digits of `packed_digits`, 0 to 63."""
SHORT = 16
"""Numbers of a list that is left as it is, for people who read the page's source."""


def pack(values: Sequence[Any]) -> Packed:
    """The shortest of three forms; the page's `unpack` is the inverse of each. Values are JSON scalars.

    - the list itself, for short ones and those that are no whole numbers,
    - nearly always the same: `{"=": usual value, "n": length, "!": [place, value, place, value, …]}`,
    - whole numbers and None: `packed_digits`.
    """
    forms = [sparse] if (sparse := _sparse(values)) is not None else []
    if all(value is None or type(value) is int for value in values) and len(values) > SHORT:
        forms.append(packed_digits(values))
    else:
        forms.append(list(values))
    return min(forms, key=lambda form: len(json.dumps(form, ensure_ascii=False, separators=(",", ":"))))


def packed_digits(values: Sequence[int | None]) -> Packed:
    """`{"from": smallest, "w": width, "#": text}`: each number less the smallest, in `w` digits of base 64.

    The largest number of that width stands for None.
    """
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    width = 1
    while high - low >= 64**width - 1:
        width += 1
    none = 64**width - 1
    numbers = (none if value is None else value - low for value in values)
    places = [64**place for place in reversed(range(width))]
    text = "".join(ALPHABET[number // place % 64] for number in numbers for place in places)
    return {"from": low, "w": width, "#": text}


def _sparse(values: Sequence[Any]) -> Packed | None:
    """None where too few values are equal for it to be short."""
    # 1, 1.0 and True are equal in Python but not in JSON.
    typed = [(type(value), value) for value in values]
    usual, count = Counter(typed).most_common(1)[0] if typed else ((int, 0), 0)
    if count < len(values) * 0.6:
        return None
    others = [part for place, value in enumerate(values) if typed[place] != usual for part in (place, value)]
    return {"=": usual[1], "n": len(values), "!": others}


def fixed(value: float | None, scale: float, digits: int) -> int | None:
    """A number with one digit more than is displayed: value·scale in units of 10^−(digits+1).

    The last digit is the one that Python prints. None for no finite number, and for one too large for these units.
    """
    if value is None or not math.isfinite(value) or not abs(value * scale) < 1e12:
        return None
    factor: int = 10 ** (digits + 1)
    return round(float(f"{value * scale:.{digits + 1}f}") * factor)


def displayed(value: float, scale: float, digits: int) -> str:
    """A number as the page's script displays it: the stored one rounded half up to `digits`."""
    units = fixed(value, scale, digits)
    if units is None:
        return ""
    return f"{(units + 5) // 10 / 10**digits:.{digits}f}".replace("-", "−")

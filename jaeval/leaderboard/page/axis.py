"""Axes of figures: round ticks, and places in per cent so that a figure follows its container's width."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: its place from 0 to 100 and what is written beside it."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear or logarithmic axis from `low` to `high`."""

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, 0 to 100; values outside stand at the end."""
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)


def linear_axis(values: Iterable[float], ticks: int = 5) -> Axis:
    """An axis that holds all values and ends on ticks, 1, 2 or 5 times a power of ten apart."""
    known = list(values) or [0.0, 1.0]
    low, high = min(known), max(known)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 1, high + 1
    step = round_step((high - low) / ticks)
    first, last = math.floor(low / step), math.ceil(high / step)
    digits = max(0, -math.floor(math.log10(step)))
    axis = Axis(first * step, last * step)
    marks = tuple(Tick(axis.place(i * step), f"{i * step:.{digits}f}") for i in range(first, last + 1))
    return Axis(axis.low, axis.high, marks)


def round_step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least `rough`."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * 0.999), 10 * power)


def size_axis(parameters: Iterable[int]) -> Axis:
    """A logarithmic axis of parameter counts, with ticks at 1, 2 and 5 times powers of ten."""
    known = list(parameters)
    low, high = min(known) / 1.35, max(known) * 1.35
    steps = (factor * 10**power for power in range(16) for factor in (1, 2, 5))
    axis = Axis(low, high, logarithmic=True)
    marks = tuple(Tick(axis.place(step), short_count(step)) for step in steps if low <= step <= high)
    return Axis(low, high, marks, logarithmic=True)


def short_count(parameters: int) -> str:
    """Parameters in the field's short form: 7B, 1.8B, 350M."""
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")):
        if parameters >= size:
            return f"{parameters / size:.3g}{letter}"
    return str(parameters)

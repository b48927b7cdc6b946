"""A number as a dot with its interval, and the rows that figures draw."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.leaderboard.board import Board, Row, Total
from jaeval.leaderboard.page.axis import Axis
from jaeval.leaderboard.page.columns import displayed
from jaeval.leaderboard.page.payload import digits_of
from jaeval.leaderboard.page.plain_text import label, slugs


@dataclass(frozen=True, slots=True)
class Mark:
    """A number drawn as a dot with its interval; ends are None where the interval is unknown."""

    x: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row with its name as shown and its id in addresses."""

    row: Row
    model: str
    id: str


def ranked_rows(board: Board) -> list[Drawn]:
    """The rows with a place and a finite overall number, in the board's order."""
    ids = slugs([row.model for row in board.rows])
    rows = zip(board.rows, ids, strict=True)
    return [Drawn(row, label(row.model), model_id) for row, model_id in rows if row.rank and is_known(row.overall)]


def is_known(total: Total) -> bool:
    """Whether there is a number to draw."""
    return total.value is not None and abs(total.value) < 1e9


def ends(total: Total, scale: float) -> list[float]:
    """What of a number and its interval is known, in displayed units."""
    numbers = (total.low, total.value, total.high)
    return [number * scale for number in numbers if number is not None and abs(number) < 1e9]


def mark(total: Total, scale: float, axis: Axis) -> Mark:
    """A known number on an axis."""
    assert total.value is not None
    bounds = (None if end is None or not abs(end) < 1e9 else axis.place(end * scale) for end in (total.low, total.high))
    low, high = bounds
    return Mark(axis.place(total.value * scale), low, high, displayed(total.value, scale, digits_of(scale)))

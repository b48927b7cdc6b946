"""Overall numbers with their intervals, and the places that these allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jaeval.leaderboard.board import Board, Row
from jaeval.leaderboard.page.axis import Axis, linear_axis
from jaeval.leaderboard.page.figures.mark import Drawn, Mark, ends, mark

MOST = 40
"""Models in the forest plot: the first so many."""


@dataclass(frozen=True, slots=True)
class Line:
    """A model's line; `rank` is on the axis of places."""

    model: str
    id: str
    mark: Mark
    rank: Mark | None


@dataclass(frozen=True, slots=True)
class Forest:
    """The first of `of` models."""

    rows: tuple[Line, ...]
    axis: Axis
    of: int


@dataclass(frozen=True, slots=True)
class First:
    """The models that may be first, by their rank intervals, on an axis of their own."""

    models: tuple[Line, ...]


def draw_forest(board: Board, ranked: Sequence[Drawn]) -> Forest | None:
    """The forest plot; None where no model has an overall number."""
    shown = ranked[:MOST]
    if not shown:
        return None
    axis = linear_axis((end for drawn in shown for end in ends(drawn.row.overall, board.scale)), ticks=6)
    # The last place is the largest that any shown model may have.
    worst = max(max(drawn.row.rank.place, drawn.row.rank.high or 0) for drawn in shown if drawn.row.rank)
    places = Axis(0.5, worst + 0.5)
    lines = (
        Line(drawn.model, drawn.id, mark(drawn.row.overall, board.scale, axis), _places(drawn.row, places))
        for drawn in shown
    )
    return Forest(tuple(lines), axis, len(ranked))


def draw_first(board: Board, ranked: Sequence[Drawn]) -> First | None:
    """The models whose best possible place is the first; None where the board has no rank intervals."""
    able = [drawn for drawn in ranked if drawn.row.rank and drawn.row.rank.low == 1]
    if not able:
        return None
    axis = linear_axis(end for drawn in able for end in ends(drawn.row.overall, board.scale))
    return First(tuple(Line(drawn.model, drawn.id, mark(drawn.row.overall, board.scale, axis), None) for drawn in able))


def _places(row: Row, axis: Axis) -> Mark | None:
    if row.rank is None or row.rank.low is None or row.rank.high is None:
        return None
    low, high = row.rank.low, row.rank.high
    text = str(low) if low == high else f"{low}–{high}"
    return Mark(axis.place(row.rank.place), axis.place(low - 0.35), axis.place(high + 0.35), text)

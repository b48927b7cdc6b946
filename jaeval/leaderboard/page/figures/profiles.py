"""The first models' domains, each against the field of all models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from jaeval.leaderboard.board import Board, Total
from jaeval.leaderboard.page.axis import Axis, linear_axis
from jaeval.leaderboard.page.figures.mark import Drawn, Mark, ends, is_known, mark
from jaeval.leaderboard.page.plain_text import label

MOST = 12
"""Models whose domains are drawn."""


@dataclass(frozen=True, slots=True)
class Band:
    """How all models do in a domain: ends and quartiles."""

    low: float
    first: float
    third: float
    high: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A model's domains; None where one is missing."""

    model: str
    id: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Domains side by side on one axis."""

    domains: tuple[str, ...]
    bands: tuple[Band, ...]
    rows: tuple[Profile, ...]
    axis: Axis


def draw_profiles(board: Board, ranked: Sequence[Drawn]) -> Profiles | None:
    """The profiles; None where the board has fewer than two domains or models."""
    if len(board.domains) < 2:
        return None
    fields = []
    for domain in board.domains:
        totals = (drawn.row.domains.get(domain, Total(None)) for drawn in ranked)
        fields.append([(total.value or 0.0) * board.scale for total in totals if is_known(total)])
    if any(len(field) < 2 for field in fields):
        return None
    shown = ranked[:MOST]
    drawn_ends = [end for drawn in shown for total in drawn.row.domains.values() for end in ends(total, board.scale)]
    axis = linear_axis([*drawn_ends, *(number for field in fields for number in field)], ticks=4)
    rows = []
    for drawn in shown:
        totals_ = [drawn.row.domains.get(domain, Total(None)) for domain in board.domains]
        marks = tuple(mark(total, board.scale, axis) if is_known(total) else None for total in totals_)
        rows.append(Profile(drawn.model, drawn.id, marks))
    return Profiles(tuple(map(label, board.domains)), tuple(_band(field, axis) for field in fields), tuple(rows), axis)


def _band(field: Sequence[float], axis: Axis) -> Band:
    first, _, third = quantiles(field, n=4, method="inclusive")
    return Band(*map(axis.place, (min(field), first, third, max(field))))

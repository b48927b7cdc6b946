"""Score against size, with the line that no smaller model passes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page.axis import Axis, linear_axis, short_count, size_axis
from jaeval.leaderboard.page.figures.mark import Drawn, ends, mark

WIDE = 1000, 440
PHONE = 320, 340
"""The figure's sizes in pixels, nearly, for which names are laid out."""
MOST = 150
"""Models with a dot that can be pointed at; of more, those off the frontier are a crowd of small dots."""
PLACES = ("above", "right", "below", "left")
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """A model. `frontier`: no smaller one is better. `label`: where its name stands, empty where it finds no room;
    `on_phone`: whether it finds room there too."""

    model: str
    id: str
    size: str
    x: float
    y: float
    low: float | None
    high: float | None
    text: str
    frontier: bool
    label: str = ""
    on_phone: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """All models of known size. `steps` is the frontier as points of a line in a box of 100 by 100."""

    points: tuple[Point, ...]
    crowd: tuple[Point, ...]
    x: Axis
    y: Axis
    steps: str
    unknown: int


def draw_sizes(board: Board, ranked: Sequence[Drawn]) -> Sizes | None:
    """The plot; None where fewer than two models have a known size."""
    known = [drawn for drawn in ranked if drawn.row.details.parameters]
    if len(known) < 2:
        return None
    x = size_axis([drawn.row.details.parameters or 1 for drawn in known])
    y = linear_axis(end for drawn in known for end in ends(drawn.row.overall, board.scale))
    known.sort(key=lambda drawn: (drawn.row.details.parameters or 0, -(drawn.row.overall.value or 0)))
    points: list[Point] = []
    best = -math.inf
    for drawn in known:
        value, parameters = drawn.row.overall.value or 0.0, drawn.row.details.parameters or 1
        frontier, best = value > best, max(best, value)
        placed = mark(drawn.row.overall, board.scale, y)
        low, high = (None if end is None else _down(end) for end in (placed.low, placed.high))
        where = (x.place(parameters), _down(placed.x), low, high)
        points.append(Point(drawn.model, drawn.id, short_count(parameters), *where, placed.text, frontier))
    corners = _corners([(point.x, point.y) for point in points if point.frontier])
    steps = " ".join(f"{left},{top}" for left, top in corners)
    shown = {id(point) for point in sorted(points, key=lambda point: (not point.frontier, point.y))[:MOST]}
    crowd = tuple(point for point in points if id(point) not in shown)
    labelled = _with_labels([point for point in points if id(point) in shown], corners)
    return Sizes(tuple(labelled), crowd, x, y, steps, len(ranked) - len(known))


def _down(place: float) -> float:
    """From the bottom's per cent to the top's."""
    return round(100 - place, 2)


def _corners(frontier: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Right, then up, from each point of the frontier to the next, and on to the right edge."""
    corners = [frontier[0]]
    for left, top in frontier[1:]:
        corners += [(left, corners[-1][1]), (left, top)]
    return [*corners, (100.0, corners[-1][1])]


def _with_labels(points: Sequence[Point], corners: Sequence[tuple[float, float]]) -> list[Point]:
    """Names where they cover no other name, dot or line. On a phone only the frontier's, where they stand on a desk."""
    wide = _labels(points, corners, WIDE, [PLACES] * len(points))
    phone = _labels(points, corners, PHONE, [(name,) if name else () for name in wide])
    return [
        replace(point, label=name, on_phone=bool(small) and point.frontier)
        for point, name, small in zip(points, wide, phone, strict=True)
    ]


def _labels(
    points: Sequence[Point],
    corners: Sequence[tuple[float, float]],
    size: tuple[int, int],
    allowed: Sequence[Sequence[str]],
) -> list[str]:
    """For each point the first allowed place of its name that is free, or nothing; the frontier chooses first."""
    dots = [_box(size, point.x, point.y, -6, -6, 12, 12) for point in points]
    taken = [*dots, *_steps(size, corners)]
    labels = [""] * len(points)
    for index in sorted(range(len(points)), key=lambda place: (not points[place].frontier, points[place].y)):
        point = points[index]
        width = 7.4 * len(point.model.rsplit("/", 1)[-1]) + 4
        offsets = {"above": (-width - 3, -21.0), "right": (9.0, -8.0), "below": (6.0, 5.0), "left": (-width - 9, -8.0)}
        for name in allowed[index]:
            box = _box(size, point.x, point.y, *offsets[name], width, 16)
            inside = box[0] >= 0 and box[2] <= size[0] and box[1] >= 0
            if inside and not any(_overlap(box, other) for other in taken if other != dots[index]):
                labels[index] = name
                taken.append(box)
                break
    return labels


def _steps(size: tuple[int, int], corners: Sequence[tuple[float, float]]) -> list[Box]:
    """The frontier's line as thin boxes."""
    boxes = []
    for (left, top), (right, bottom) in pairwise(corners):
        width, height = (right - left) * size[0] / 100, abs(bottom - top) * size[1] / 100
        boxes.append(_box(size, left, min(top, bottom), -1, -1, width + 2, height + 2))
    return boxes


def _box(size: tuple[int, int], x: float, y: float, left: float, top: float, width: float, height: float) -> Box:
    """A box in pixels beside a place in per cent."""
    start, head = x * size[0] / 100 + left, y * size[1] / 100 + top
    return start, head, start + width, head + height


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

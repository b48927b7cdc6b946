"""The figures that are drawn when the page is built."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_page_payload import board, row

from jaeval.leaderboard.board import Board, Details, Rank, Row, Total
from jaeval.leaderboard.page.axis import linear_axis, round_step, short_count, size_axis
from jaeval.leaderboard.page.figures import draw
from jaeval.leaderboard.page.figures.sizes import WIDE, _labels
from jaeval.results.submission import Submission


def ranked(model: str, value: float, place: int, parameters: int | None = None, low: int = 1, high: int = 9) -> Row:
    total = Total(value, 0.01, value - 0.02, value + 0.02)
    return replace(row(model), overall=total, rank=Rank(place, low, high), details=Details(parameters))


NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


@given(NUMBERS)
def test_an_axis_holds_its_values_between_its_ticks(values: list[float]) -> None:
    axis = linear_axis(values)
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert 2 <= len(axis.ticks) <= 12
    assert (axis.ticks[0].place, axis.ticks[-1].place) == (0, 100)
    assert len({tick.text for tick in axis.ticks}) == len(axis.ticks)


@given(st.floats(1e-9, 1e12))
def test_steps_are_round(rough: float) -> None:
    step = round_step(rough)
    assert rough * 0.99 <= step <= rough * 10.01
    assert round(step / 10 ** math.floor(math.log10(step * 1.0001)), 6) in (1, 2, 5)


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=9))
def test_sizes_stand_in_their_order(parameters: list[int]) -> None:
    axis = size_axis(parameters)
    places = [axis.place(count) for count in sorted(parameters)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


@pytest.mark.parametrize(
    ("count", "text"),
    [(7_240_000_000, "7.24B"), (70 * 10**9, "70B"), (350_000_000, "350M"), (1_300, "1.3K"), (12, "12")],
)
def test_parameters_in_short(count: int, text: str) -> None:
    assert short_count(count) == text


def test_the_forest_has_every_interval_and_the_places(demo: tuple[Board, dict[str, Submission]]) -> None:
    shown, _ = demo
    forest = draw(shown).forest
    assert forest is not None
    known = [entry for entry in shown.rows if entry.rank]
    assert [line.model for line in forest.rows] == [entry.model for entry in known]
    first = forest.rows[0]
    assert first.mark.low is not None
    assert first.mark.high is not None
    assert first.mark.low < first.mark.x < first.mark.high
    assert first.rank is not None
    assert first.rank.text == "1–2"


def test_who_may_be_first() -> None:
    rows = [ranked("a", 0.7, 1, low=1, high=2), ranked("b", 0.69, 2, low=1, high=3), ranked("c", 0.5, 3, low=3, high=3)]
    first = draw(board(*rows)).first
    assert first is not None
    assert [line.model for line in first.models] == ["a", "b"]


def test_the_frontier_is_what_no_smaller_model_passes() -> None:
    rows = [
        ranked("big", 0.7, 1, 70 * 10**9),
        ranked("small-good", 0.6, 2, 7 * 10**9),
        ranked("middle-bad", 0.5, 3, 13 * 10**9),
        ranked("unknown", 0.4, 4),
    ]
    sizes = draw(board(*rows)).sizes
    assert sizes is not None
    assert {point.model for point in sizes.points if point.frontier} == {"big", "small-good"}
    assert sizes.unknown == 1
    heights = {point.model: point.y for point in sizes.points}
    assert heights["big"] < heights["small-good"] < heights["middle-bad"]  # from the top


def test_a_crowd_is_drawn_small() -> None:
    rows = [ranked(f"m{index}", 0.9 - index / 1000, index + 1, 10**9 + index) for index in range(400)]
    sizes = draw(board(*rows)).sizes
    assert sizes is not None
    assert (len(sizes.points), len(sizes.crowd)) == (150, 250)
    assert min(point.y for point in sizes.crowd) >= max(point.y for point in sizes.points if not point.frontier)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(5, 95)), min_size=2, max_size=12, unique=True))
def test_names_do_not_cover_each_other(places: list[tuple[int, int]]) -> None:
    from jaeval.leaderboard.page.figures.sizes import Point

    points = [Point(f"org/model-{x}-{y}", "", "", float(x), float(y), None, None, "", False) for x, y in places]
    labels = _labels(points, [], WIDE, [("right",)] * len(points))
    shown = [
        (point, len(point.model.rsplit("/", 1)[-1]) * 7.4) for point, name in zip(points, labels, strict=True) if name
    ]
    assume(len(shown) > 1)
    for index, (one, width) in enumerate(shown):
        for other, other_width in shown[index + 1 :]:
            left, right = one.x * 10 + 9, other.x * 10 + 9
            apart = left + width <= right or right + other_width <= left or abs(one.y - other.y) * 4.4 >= 16
            assert apart


def test_boards_with_little_to_draw() -> None:
    nothing = draw(board(row()))
    assert (nothing.first, nothing.forest, nothing.sizes, nothing.profiles) == (None, None, None, None)
    infinite = replace(ranked("m", math.inf, 1, 10), overall=Total(math.inf))
    assert draw(board(infinite)).forest is None
    lonely = draw(board(ranked("m", 0.5, 1, 10**9, low=1, high=1)))
    assert lonely.forest is not None
    assert lonely.sizes is None


def test_profiles_stand_in_the_field(demo: tuple[Board, dict[str, Submission]]) -> None:
    profiles = draw(demo[0]).profiles
    assert profiles is not None
    assert profiles.domains == ("math", "finance", "reasoning")
    for band in profiles.bands:
        assert band.low <= band.first <= band.third <= band.high
    assert all(mark is not None for line in profiles.rows for mark in line.marks)

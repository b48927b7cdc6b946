from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.procedural.draw import Draw
from jaeval.procedural.reasoning.arrangements import Clue, arrangements, counts, puzzle
from jaeval.procedural.rounding import half_up, rule, truncated
from jaeval.procedural.wording import accounting, clock, exact, plain, statement, written

fractions = st.fractions(-(10**9), 10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("2.45", 1, "2.5"),
        ("-2.45", 1, "-2.5"),
        ("2.449999", 1, "2.4"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("0.005", 2, "0.01"),
        # Binary floating point gives 1.0 and 2.67 here.
        ("1.05", 1, "1.1"),
        ("2.675", 2, "2.68"),
        ("99.95", 1, "100"),
    ],
)
def test_halves_go_away_from_zero(value: str, decimals: int, rounded: str) -> None:
    assert half_up(Fraction(value), decimals) == Fraction(rounded)


@given(fractions, st.integers(0, 5))
def test_rounding_moves_by_at_most_half_a_unit(value: Fraction, decimals: int) -> None:
    rounded = half_up(value, decimals)
    assert abs(rounded - value) <= Fraction(1, 2 * 10**decimals)
    assert (rounded * 10**decimals).denominator == 1
    assert half_up(-value, decimals) == -rounded
    assert half_up(rounded, decimals) == rounded


def test_amounts_are_cut_to_whole_yen() -> None:
    assert truncated(Fraction(1999, 1000)) == 1
    assert truncated(7) == 7
    with pytest.raises(ValueError, match="negative"):
        truncated(Fraction(-1, 2))


def test_the_rounding_rule_names_both_places() -> None:
    assert rule(1) == "小数第2位を四捨五入し、小数第1位まで答えてください。"
    assert rule(2) == "小数第3位を四捨五入し、小数第2位まで答えてください。"


def test_numbers_are_written_with_commas_and_their_decimals() -> None:
    assert written(1234567) == "1,234,567"
    assert written(Fraction(5, 2), 2) == "2.50"
    assert written(-1234, minus="△") == accounting(-1234) == "△1,234"
    assert plain(Fraction(-12345, 10), 1) == "-1234.5"
    assert exact(Fraction(1, 8)) == "0.125"
    assert exact(Fraction(7)) == "7"
    assert clock(9, 5) == "9時5分"
    assert clock(14, 0) == "14時"
    assert statement([("営業利益", 1200), ("特別損失", -30)]) == "営業利益：1,200\n特別損失：△30"


@pytest.mark.parametrize("broken", [lambda: written(Fraction(1, 3), 2), lambda: exact(Fraction(1, 3))])
def test_a_number_that_would_lose_decimals_is_refused(broken: object) -> None:
    with pytest.raises(ValueError, match="1/3"):
        broken()  # type: ignore[operator]


@given(fractions.map(lambda value: half_up(value, 3)))
def test_a_written_number_reads_back(value: Fraction) -> None:
    assert Fraction(plain(value, 3)) == value
    assert Fraction(written(value, 3).replace(",", "")) == value


@given(st.integers(0, 2**60), st.integers(-50, 50), st.integers(0, 40), st.integers(1, 7))
def test_draws_stay_in_their_bounds(seed: int, low: int, width: int, step: int) -> None:
    draw = Draw(seed, 1)
    assert draw.integer(low, low + width, step) in range(low, low + width + 1, step)
    assert sorted(draw.shuffled(range(width))) == list(range(width))
    assert len(set(draw.people(5))) == 5
    with pytest.raises(ValueError, match="cannot draw"):
        draw.sample("abc", 4)


def test_draws_are_even() -> None:
    draw = Draw(1, 1)
    faces = [draw.integer(1, 6) for _ in range(6000)]
    # Five standard deviations: sqrt(6000 × 1/6 × 5/6) is 28.9.
    assert all(abs(faces.count(face) - 1000) < 145 for face in range(1, 7))


@given(st.integers(0, 10**6), st.sampled_from([(4, 3), (4, 4), (5, 4), (5, 5)]))
def test_the_clues_of_a_puzzle_suffice_and_none_can_be_spared(seed: int, size: tuple[int, int]) -> None:
    n, clues_wanted = size
    places, clues = puzzle(Draw(seed, 1), n, ("before", "beside", "at", "not-at"), clues_wanted)
    truth: dict[str, Callable[[tuple[int, ...], Clue], bool]] = {
        "before": lambda row, clue: row[clue.a] < row[clue.b],
        "beside": lambda row, clue: row[clue.a] - row[clue.b] in (1, -1),
        "at": lambda row, clue: row[clue.a] == clue.b,
        "not-at": lambda row, clue: row[clue.a] != clue.b,
    }

    def fitting(some: list[Clue]) -> list[tuple[int, ...]]:
        rows = itertools.permutations(range(n))
        return [row for row in rows if all(truth[clue.relation](row, clue) for clue in some)]

    assert len(clues) == clues_wanted
    assert fitting(clues) == [places]
    assert counts(n, clues)[-1] == 1
    assert all(len(fitting([other for other in clues if other is not clue])) > 1 for clue in clues)
    assert len(arrangements(n)) == (24 if n == 4 else 120)

"""Packed lists: short, and what comes out is what went in, in Python and in the page's own script."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.leaderboard.page.columns import ALPHABET, displayed, fixed, pack

ASSETS = resources.files("jaeval.leaderboard.page") / "assets"


def unpack(packed: Any) -> list[Any]:
    if isinstance(packed, list):
        return packed
    if "#" in packed:
        width, none = packed["w"], 64 ** packed["w"] - 1
        numbers = []
        for place in range(0, len(packed["#"]), width):
            number = 0
            for digit in packed["#"][place : place + width]:
                number = 64 * number + ALPHABET.index(digit)
            numbers.append(None if number == none else number + packed["from"])
        return numbers
    values = [packed["="]] * packed["n"]
    for place, value in zip(packed["!"][::2], packed["!"][1::2], strict=True):
        values[place] = value
    return values


WHOLE = st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=60)
MIXED = st.lists(st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3))
SAME = st.builds(lambda value, n, other: [value] * n + other, st.integers(0, 3), st.integers(0, 60), WHOLE)


@given(WHOLE | MIXED | SAME)
def test_packing_loses_nothing(values: list[Any]) -> None:
    packed = json.loads(json.dumps(pack(values)))
    assert [(type(value), value) for value in unpack(packed)] == [(type(value), value) for value in values]


def test_what_is_nearly_always_the_same_is_held_once() -> None:
    assert pack([250] * 1000) == {"=": 250, "n": 1000, "!": []}
    assert pack(["none"] * 50 + ["strict"]) == {"=": "none", "n": 51, "!": [50, "strict"]}
    assert pack([1, 2, 3]) == [1, 2, 3]


def test_scores_of_a_thousand_models_take_three_characters_each() -> None:
    scores = [(index * 7919) % 10_000 for index in range(1000)]
    assert len(json.dumps(pack(scores))) < 3_100


def test_the_page_unpacks_the_same(node: Callable[[str], str]) -> None:
    lists: list[list[Any]] = [
        [],
        [1, None, 3],
        [250] * 99 + [None],
        [None] * 30,
        [(index * 7919) % 10_000 - 50 for index in range(200)],
        [62, 63, 64, 4094, 4095, 4096, None] * 5,
        ["a", "b", "</script>"],
    ]
    source = (ASSETS / "20-data.js").read_text(encoding="utf-8").split("function unpackAll")[0]
    packed = json.dumps([pack(values) for values in lists])
    assert json.loads(node(f"{source}\nconsole.log(JSON.stringify({packed}.map(unpack)))")) == lists


@pytest.mark.parametrize(
    ("value", "scale", "digits", "units", "text"),
    [
        (0.612345, 100, 1, 6123, "61.2"),
        (0.6125, 100, 1, 6125, "61.3"),
        (0.0, 100, 1, 0, "0.0"),
        (1.0, 100, 1, 10_000, "100.0"),
        (-0.0312, 100, 1, -312, "−3.1"),
        (23.456, 1, 2, 23_456, "23.46"),
        (-0.00001, 100, 1, 0, "0.0"),
    ],
)
def test_numbers_in_units_of_what_is_displayed(value: float, scale: float, digits: int, units: int, text: str) -> None:
    assert fixed(value, scale, digits) == units
    assert displayed(value, scale, digits) == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), -float("inf"), 1e300])
def test_what_is_no_number_to_show_is_none(value: float | None) -> None:
    assert fixed(value, 100, 1) is None


@given(st.floats(-1, 1))
def test_the_stored_number_is_the_one_that_python_prints(value: float) -> None:
    units = fixed(value, 100, 1)
    assert units is not None
    assert f"{units / 100:.2f}".lstrip("-") == f"{100 * value:.2f}".lstrip("-")


def test_the_page_displays_the_same_digits(node: Callable[[str], str]) -> None:
    values = [index / 9973 for index in range(-100, 3000)]
    units = [fixed(value, 100, 1) for value in values]
    source = (ASSETS / "28-numbers.js").read_text(encoding="utf-8")
    script = f"{source}\nconsole.log(JSON.stringify({json.dumps(units)}.map((unit) => show(unit / 100, 1))))"
    assert json.loads(node(script)) == [displayed(value, 100, 1) for value in values]

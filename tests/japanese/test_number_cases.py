"""Hand-checked readings of numbers: the tables beside this file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from jaeval.japanese import (
    Quantity,
    Reason,
    UnreadableNumber,
    find_quantities,
    last_number,
    read_quantity,
    same_quantity,
    scan,
)


def _table(name: str) -> list[list[str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("# ")]


def _shown(quantity: Quantity) -> str:
    return f"{quantity.value} {quantity.unit or ''}".strip()


@pytest.mark.parametrize(("text", "expected", "unit_or_reason"), _table("number_cases.tsv"))
def test_a_whole_string_is_read_or_refused(text: str, expected: str, unit_or_reason: str) -> None:
    if expected == "REFUSED":
        with pytest.raises(UnreadableNumber) as refusal:
            read_quantity(text)
        assert refusal.value.reason == (None if unit_or_reason == "-" else Reason[unit_or_reason])
        return
    quantity = read_quantity(text)
    assert quantity.value == Fraction(expected)
    assert quantity.unit == (None if unit_or_reason == "-" else unit_or_reason)
    assert quantity.text == text.strip() == text[quantity.start : quantity.end]


@pytest.mark.parametrize(("text", "found", "last"), _table("running_text_cases.tsv"))
def test_running_text(text: str, found: str, last: str) -> None:
    text = text.replace("\\n", "\n")
    quantities = find_quantities(text)
    assert [_shown(quantity) for quantity in quantities] == [part for part in found.split("; ") if part]
    assert all(text[quantity.start : quantity.end] == quantity.text for quantity in quantities)
    number = last_number(text)
    assert ("NONE" if number is None else _shown(number)) == last


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("75億円", "7,500百万円", True),
        ("75億円", "7,500,000,000円", True),
        ("¥1,200", "千二百円", True),
        ("3割2分", "32%", True),
        ("５０パーセント", "50%", True),
        ("5名", "五人", True),
        ("1/2", "0.5", True),
        ("△3", "-3", True),
        ("50%", "0.5", False),
        ("50%", "50", False),
        ("75億円", "75億ドル", False),
        ("3", "-3", False),
        ("1,800", "800", False),
        ("1km", "1000m", False),
    ],
)
def test_same_quantity(a: str, b: str, same: bool) -> None:
    assert same_quantity(read_quantity(a), read_quantity(b)) is same
    assert same_quantity(read_quantity(b), read_quantity(a)) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("18", "18個", True), ("50", "50%", True), ("0.5", "50%", False), ("18人", "18個", False), ("18", "19個", False)],
)
def test_a_missing_unit_may_stand_for_any(a: str, b: str, same: bool) -> None:
    assert same_quantity(read_quantity(a), read_quantity(b), allow_missing_unit=True) is same


def test_the_refusal_says_what_and_why() -> None:
    with pytest.raises(UnreadableNumber, match=r"'3〜5' is not one number: 3 is a range") as refusal:
        read_quantity("3〜5")
    assert isinstance(refusal.value, ValueError)
    assert refusal.value.text == "3〜5"


def test_scan_shows_what_was_refused_in_its_place() -> None:
    found = scan("答えは約100円、つまり3個")
    assert [(type(one).__name__, one.text, one.start) for one in found] == [
        ("Refusal", "100円", 4),
        ("Quantity", "3個", 12),
    ]

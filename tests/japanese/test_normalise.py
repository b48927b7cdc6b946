"""Normalisation: one spelling, the same numbers."""

from __future__ import annotations

from unicodedata import category, decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jaeval.japanese import find_quantities, normalise

texts = st.text() | st.text(
    alphabet="012１２²³①⑩½㈱㎡㎏ｶﾞか\u3099\u200b\ufeff …‥.,．，－−‐〜～“”‘’\r\n\t　\u00a0〇一五万⒈⁻㏠Ⅳ"
)


def _digits(text: str) -> list[int]:
    return [decimal(character) for character in text if category(character) == "Nd"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("ﾄﾖﾀ ｶﾞｿﾘﾝ", "トヨタ ガソリン"),
        ("㈱トヨタ", "(株)トヨタ"),
        ("５㎏", "5kg"),
        ("１，２３４．５", "1,234.5"),
        ("−３ －３ ‐3 –3", "-3 -3 -3 -3"),
        ("3〜5 3～5", "3~5 3~5"),
        ("“あ” ‘い’", "\"あ\" 'い'"),
        ("a\u3000\u00a0 b", "a b"),
        ("一行\r\n二行\r三行\u2028四行", "一行\n二行\n三行\n四行"),
        ("  端  \n  端  ", "端\n端"),
        ("ゼロ\u200b幅", "ゼロ幅"),
        ("か\u3099", "が"),
    ],
)
def test_variants_become_one(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3²",
        "10①",
        "①②",
        "3½",
        "12㎡",
        "10⁻³",
        "x₁",
        "1…5",
        "⒈2",
        "Ⓐ①",
        "㏠",
        "三百円",
        "壱万円",
        "カレー",
        "「—」―",
        "A a",
    ],
)
def test_what_stays(text: str) -> None:
    assert [character for character in text if character != "Ⓐ"] == [
        character for character in normalise(text) if character != "A" or "Ⓐ" not in text
    ]


def test_zero_width_characters_do_not_join_numbers() -> None:
    assert normalise("1\u200b2") == "1 2"
    assert normalise("1,\ufeff234") == "1, 234"


@given(texts)
def test_digits_keep_their_values_and_order(text: str) -> None:
    assert _digits(normalise(text)) == _digits(text)


@given(texts)
@example("か\u200b\u3099")
@example("\u00a8\n\u00a8")
def test_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    st.sampled_from(["、", " と ", "①", "²、", "\u3000と\u200b"]),
)
def test_numbers_found_after_normalising_were_there_before(numbers: list[int], between: str) -> None:
    text = between.join(f"{number:,}" for number in numbers)
    before = [quantity.value for quantity in find_quantities(text)]
    assert [quantity.value for quantity in find_quantities(normalise(text))] == before

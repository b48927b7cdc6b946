"""Properties of the number reader: round trips, no guesses, no crashes, linear time."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.japanese import Quantity, UnreadableNumber, find_quantities, last_number, read_quantity, scan, to_kanji

naturals = st.integers(min_value=0, max_value=10**16 - 1)
texts = st.text() | st.text(alphabet="0123456789,.１２，．一二三十百千万億円個%割分厘の約〜-−△/・:$¥ 　か月年時²①")
_WIDE = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


def _mixed(n: int) -> str:
    """1億2345万6789."""
    written = ""
    for myriad, scale in (("兆", 10**12), ("億", 10**8), ("万", 10**4)):
        if n >= scale:
            written += f"{n // scale:,}{myriad}"
            n %= scale
    return written + (f"{n:,}" if n or not written else "")


@given(naturals)
def test_arabic_with_and_without_commas_and_full_width(n: int) -> None:
    for text in (str(n), f"{n:,}", f"{n:,}".translate(_WIDE)):
        assert read_quantity(text).value == n


@given(naturals)
def test_kanji_round_trip(n: int) -> None:
    assert read_quantity(to_kanji(n)).value == n


@given(naturals)
def test_mixed_myriads(n: int) -> None:
    assert read_quantity(_mixed(n)).value == n
    assert read_quantity(_mixed(n) + "円").value == n


@given(st.integers(1, 10**12), st.sampled_from(["-", "−", "－", "△", "▲", "マイナス"]))
def test_a_sign_is_never_lost(n: int, sign: str) -> None:
    assert read_quantity(f"{sign}{n:,}").value == -n
    assert [quantity.value for quantity in find_quantities(f"答えは{sign}{n:,}円です")] == [-n]


@given(st.decimals(-(10**9), 10**9, places=3, allow_nan=False))
def test_decimals_are_exact(number: Fraction) -> None:
    assert read_quantity(f"{number:f}%").value == Fraction(number)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_fractions(numerator: int, denominator: int) -> None:
    expected = Fraction(numerator, denominator)
    assert read_quantity(f"{numerator}/{denominator}").value == expected
    assert read_quantity(f"{denominator}分の{numerator}").value == expected
    assert read_quantity(f"{to_kanji(denominator)}分の{to_kanji(numerator)}").value == expected


@given(st.lists(naturals, min_size=1, max_size=6))
def test_numbers_are_never_joined_or_cut(numbers: list[int]) -> None:
    text = "と".join(f"{number:,}円" for number in numbers)
    assert [quantity.value for quantity in find_quantities(text)] == numbers


@given(naturals, st.sampled_from(["〜", "～", "~", "-", "から", "か"]), naturals)
def test_two_joined_numbers_are_refused(low: int, joint: str, high: int) -> None:
    text = f"{low}{joint}{high}個"
    assert find_quantities(text) == []
    with pytest.raises(UnreadableNumber):
        read_quantity(text)


@given(texts)
def test_any_text_is_scanned_without_overlap_and_with_true_offsets(text: str) -> None:
    end = 0
    for found in scan(text):
        assert end <= found.start < found.end
        assert text[found.start : found.end] == found.text
        end = found.end
    assert last_number(text) is None or last_number(text) in find_quantities(text)


@given(texts)
def test_read_quantity_returns_or_raises_its_own_error(text: str) -> None:
    try:
        quantity = read_quantity(text)
    except UnreadableNumber:
        return
    assert quantity.text == text.strip()


@given(st.text(alphabet="0123456789,.", min_size=1, max_size=12))
def test_a_run_of_digits_is_read_whole_or_not_at_all(run: str) -> None:
    for quantity in find_quantities(f"答えは{run}円です"):
        digits = "".join(character for character in run if character.isdigit())
        assert "".join(character for character in quantity.text if character.isdigit()) == digits


@pytest.mark.parametrize("n", [-1, 10**20])
def test_to_kanji_refuses_what_it_cannot_write(n: int) -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        to_kanji(n)


@pytest.mark.parametrize(
    ("n", "written"),
    [
        (0, "零"),
        (10, "十"),
        (111, "百十一"),
        (321, "三百二十一"),
        (1000, "千"),
        (1_200_000, "百二十万"),
        (10_000_000, "千万"),
        (110_000_000, "一億一千万"),
        (20_260_001, "二千二十六万一"),
    ],
)
def test_to_kanji(n: int, written: str) -> None:
    assert to_kanji(n) == written


@pytest.mark.parametrize(
    "unit", ["1", "1,", "1,234", "1/", "千", "1 ", "一・", "3割2分", "1億", "-", "$1", "\\frac{1}{", "〇", "約1", "1- "]
)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        best = float("inf")
        for _ in range(2):
            start = time.perf_counter()
            scan(text)
            best = min(best, time.perf_counter() - start)
        return best

    # Eight times the text may take eight times as long; quadratic reading would take 64 times.
    assert seconds(24_000) < 30 * seconds(3_000) + 0.02


def test_a_long_literal_is_refused_rather_than_converted() -> None:
    assert [type(found) is Quantity for found in scan("9" * 100_000)] == [False]


def test_ten_thousand_short_answers() -> None:
    answers = [f"{n % 9 + 1}億{n:,}万円" for n in range(1, 10_000)]
    start = time.process_time()
    for answer in answers:
        read_quantity(answer)
    assert time.process_time() - start < 4, "0.7 s measured on one core"


@given(st.text(alphabet="0123456789-−△,，.、・/〜約%円千億万二三十人個 ", max_size=40))
def test_text_made_of_pieces_of_numbers_is_scanned_to_its_end(text: str) -> None:
    """Once 「-8,千円」 was searched for a multiple of ten that could never be reached."""
    found = scan(text)
    assert all(entry.text == text[entry.start : entry.end] for entry in found)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics import mgsm_sakana
from jaeval.metrics.mgsm_sakana import last_number, process_results


@pytest.mark.parametrize(
    ("response", "number"),
    [
        ("16 - 3 - 4 = 9、9 * 2 = 18ドルです。", 18.0),
        ("答えは1,800円です。", 800.0),
        ("答えは-5です。", 5.0),
        ("答えは3.5です。", 3.5),
        ("答えは.5です。", 0.5),
        ("答えは18.", 18.0),
        ("答えは１８です。", 18.0),
        ("1.2.3", 0.3),
        ("答えは十八です。", None),
        ("", None),
    ],
)
def test_the_last_number_is_read_as_published_quirks_included(response: str, number: float | None) -> None:
    assert last_number(response) == number


@given(st.text())
def test_any_text_gives_a_number_that_is_not_negative_or_none(text: str) -> None:
    number = last_number(text)
    assert number is None or number >= 0


@given(st.text(), st.integers(min_value=0, max_value=10**12))
def test_what_comes_before_the_last_number_does_not_matter(before: str, number: int) -> None:
    assert last_number(f"{before}は{number}です。") == number


@pytest.mark.parametrize(
    ("response", "acc", "acc_ja", "by_script"),
    [
        ("一日に9個の卵が残り、\nそれを2ドルで売るので、答えは18です。", 1.0, 1.0, 1.0),
        ("She sells nine eggs for two dollars each, so she makes 18 dollars.", 1.0, 0.0, 0.0),
        ("彼女は毎日市場で17ドルを手に入れています。", 0.0, 0.0, 0.0),
        ("18", 1.0, 0.0, 0.0),
        ("答えは18です。", 1.0, 1.0, 1.0),
        ("我每天卖九个鸡蛋，一共18。", 1.0, 0.0, 0.0),
        ("", 0.0, 0.0, 0.0),
    ],
)
def test_acc_ja_needs_a_right_answer_in_japanese(response: str, acc: float, acc_ja: float, by_script: float) -> None:
    scores = process_results({"answer_number": 18}, [response])
    assert scores == {"acc": acc, "acc_ja": acc_ja, "acc_ja_script": by_script}


def test_another_identifier_gives_the_score_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Larger:
        name = "lid176_bin"

        def p_japanese(self, text: str) -> float:
            return 0.5 if text == "18" else 0.51

    monkeypatch.setattr(mgsm_sakana, "default_identifier", Larger)
    scores = process_results({"answer_number": 18}, ["18"])
    assert scores == {"acc": 1.0, "acc_ja_lid176_bin": 0.0, "acc_ja_script": 0.0}
    assert process_results({"answer_number": 18}, ["18 "])["acc_ja_lid176_bin"] == 1.0

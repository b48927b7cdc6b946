from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics.procedural import is_right, process_results, stated_answer
from jaeval.procedural import DOMAINS, generate

RIGHT = [
    # response, answer, unit
    ("代金は120×2=240円です。\n答えは240円です。", "240", "円"),
    ("答えは240です。", "240", "円"),
    ("答えは２４０円です。", "240", "円"),
    ("答えは二百四十円です。", "240", "円"),
    ("答えは12,066通です。", "12066", "通"),
    ("答えは１２，０６６通です。", "12066", "通"),
    ("答えは一万二千六十六通です。", "12066", "通"),
    ("答えは1万2,066通です。", "12066", "通"),
    ("答えは、3,830円です。", "3830", "円"),
    ("答えは「3,830円」です。", "3830", "円"),
    ("答えは**3,830円**です。", "3830", "円"),
    ("答えは$3830$です。", "3830", "円"),
    ("答えは：3,830円", "3830", "円"),
    ("答えは 3,830 円 です。", "3830", "円"),
    ("答えは3,830円となります。", "3830", "円"),
    ("答えは1個あたり50円です。", "50", "円"),
    ("まず答えは10円です。いや、答えは20円です。", "20", "円"),
    ("10+20=30なので、30円になります。", "30", "円"),
    ("30", "30", "円"),
    ("答えは△514百万円です。", "-514", "百万円"),
    ("答えは▲514百万円です。", "-514", "百万円"),
    ("答えは-514です。", "-514", "百万円"),
    ("答えは△5億1,400万円です。", "-514", "百万円"),
    ("答えは7,500百万円です。", "7500", "百万円"),
    ("答えは75億円です。", "7500", "百万円"),
    ("答えは-4.2%です。", "-4.2", "%"),
    ("答えは－４．２％です。", "-4.2", "%"),
    ("答えは12%です。", "12.0", "%"),
    ("答えは12.0パーセントです。", "12.0", "%"),
    ("答えは0.74回です。", "0.74", "回"),
    ("答えは12そうです。", "12", "そう"),
    ("答えは9部屋です。", "9", "部屋"),
    ("答えは7年後です。", "7", "年"),
    ("答えは15分後です。", "15", "分"),
    ("答えは58平方センチメートルです。", "58", "平方センチメートル"),
    ("答えは58cm²です。", "58", "平方センチメートル"),
    ("答えは前田さんです。", "前田さん", ""),
    ("答えは前田です。", "前田さん", ""),
    ("答えは「はい」です。", "はい", ""),
    ("答えははいです。", "はい", ""),
    ("答えはいいえです。", "いいえ", ""),
    ("答えは水曜日です。", "水曜日", ""),
    ("答えは水曜です。", "水曜日", ""),
    ("答えは北です。", "北", ""),
    ("よって、\n水曜日", "水曜日", ""),
    ("答えは祖母。", "祖母", ""),
]
WRONG = [
    ("", "240", "円"),
    ("", "前田さん", ""),
    ("わかりません。", "240", "円"),
    ("答えは240円です。やり直すと、答えは250円です。", "240", "円"),
    ("答えは2,400円です。", "240", "円"),
    ("答えは1,240円です。", "240", "円"),
    ("答えは-240円です。", "240", "円"),
    ("答えは240ドルです。", "240", "円"),
    ("答えは240個です。", "240", "円"),
    ("答えは約240円です。", "240", "円"),
    ("答えは240円以上です。", "240", "円"),
    ("答えは230〜240円です。", "240", "円"),
    ("答えは514百万円です。", "-514", "百万円"),
    ("答えは514円です。", "514", "百万円"),
    ("答えは0.042です。", "4.2", "%"),
    ("答えは4.2ポイントです。", "4.2", "%"),
    ("答えは12.04%です。", "12.0", "%"),
    ("答えは田中さんです。", "前田さん", ""),
    ("答えは前田さんか田中さんです。", "前田さん", ""),
    ("前田さんは3番目です。", "前田さん", ""),
    ("答えはいいえです。", "はい", ""),
    ("答えは土曜日です。", "日曜日", ""),
    ("答えは祖父です。", "祖母", ""),
]


@pytest.mark.parametrize(("response", "answer", "unit"), RIGHT)
def test_right(response: str, answer: str, unit: str) -> None:
    assert is_right(response, answer, unit)


@pytest.mark.parametrize(("response", "answer", "unit"), WRONG)
def test_wrong(response: str, answer: str, unit: str) -> None:
    assert not is_right(response, answer, unit)


def test_only_the_last_statement_counts() -> None:
    assert stated_answer("答えは1です。問題が続く。答えは2円です。") == "2円"
    assert stated_answer("答えは") == ""
    assert stated_answer("こたえは2円です。") is None


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_worked_solution_is_right_and_another_is_wrong(domain: str) -> None:
    items = generate(domain, "search", 500)  # type: ignore[arg-type]
    for item in items:
        doc = {"answer": item.answer, "unit": item.unit}
        assert process_results(doc, [item.solution]) == {"acc": 1.0}, item.solution
        if item.unit:
            for wrong in (f"1{item.answer.lstrip('-')}", f"{item.answer}1"):
                assert process_results(doc, [f"答えは{wrong}{item.unit}です。"]) == {
                    "acc": float(float(wrong) == float(item.answer))
                }
        else:
            assert process_results(doc, [f"答えは{item.answer}ではないです。"]) == {"acc": 0.0}


@given(st.text(), st.sampled_from([("240", "円"), ("-4.2", "%"), ("前田さん", ""), ("はい", "")]))
def test_any_text_can_be_scored(response: str, gold: tuple[str, str]) -> None:
    assert process_results({"answer": gold[0], "unit": gold[1]}, [response])["acc"] in (0.0, 1.0)


@given(st.text(), st.integers(0, 10**9))
def test_what_stands_before_the_statement_does_not_matter(before: str, n: int) -> None:
    assert is_right(f"{before}\n答えは{n:,}円です。", str(n), "円")


def test_a_long_response_is_scored_in_linear_time() -> None:
    start = time.perf_counter()
    for response in (
        "答えは" * 30_000,
        "(" * 100_000,
        "1," * 50_000,
        "答えは" + "「" * 100_000,
        "答えは1" + "」" * 100_000 + "x",
    ):
        is_right(response, "1", "円")
        is_right(response, "はい", "")
    assert time.perf_counter() - start < 20

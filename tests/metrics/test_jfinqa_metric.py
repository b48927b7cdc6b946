from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lm_eval.tasks.jfinqa import utils as upstream

from jaeval.data import store
from jaeval.metrics.jfinqa import extract_answer, normalise, numerical_match, process_results, read_number

# Pieces that the rule looks at, to be strung together in any order.
PIECES = [
    *[
        "Answer:",
        "answer：",
        "A:",
        "回答:",
        "ROA: ",
        "はい",
        "いいえ",
        "増収",
        "増加した",
        "改善しました",
        "\n",
        " ",
        "　",
    ],
    *["1", "23", "４５", "٣", ",", "，", ".", "-", "−", "△", "▲", "+", "%", "％", "²", "①", "½"],
    *["百万円", "千円", "億円", "兆円", "円", "ドル", "ポイント", "pt", "PT", "bps", "千", "百万", "億", "兆", "約"],
]
responses = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("計算します。\nAnswer: 10.5%", "10.5%"),
        ("Answer: 1\nAnswer: 2", "1"),
        ("回答：増収 ", "増収"),
        ("ROA: 3.2%\nAnswer: 5%", "3.2%"),
        ("A\n: 7", "7"),
        ("売上高は\n\n  増収  \n\n", "増収"),
        ("", ""),
        ("Answer:", "Answer:"),
    ],
)
def test_the_answer_is_the_first_marked_one_or_the_last_line(response: str, answer: str) -> None:
    assert extract_answer(response) == answer


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("12,345百万円", 12345.0),
        ("△１，２３４円", -1234.0),
        ("▲0.5ポイント", -0.5),
        ("100億", 1.0e10),
        ("75億円", 75.0),
        ("1億2千", 12_000.0),
        ("−3%", 3.0),
        ("約10% (前年9%)", 109.0),
        ("増収", None),
        ("1.2.3", None),
        ("-", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_published_quirks_included(answer: str, number: float | None) -> None:
    assert read_number(answer) == number


@pytest.mark.parametrize(
    ("predicted", "gold", "same"),
    [
        ("10.05%", "10.0%", True),
        ("10.2%", "10.0%", False),
        ("0", "0%", True),
        ("0.0001", "0", False),
        ("24956百万円", "24,956", True),
        ("75億円", "7,500百万円", False),
        ("改善しました", "改善", True),
        ("はい、一致します", "はい", False),
        ("増収", "減収", False),
        ("5%", "増収", False),
    ],
)
def test_numbers_match_within_one_per_cent_and_words_when_equal(predicted: str, gold: str, same: bool) -> None:
    assert numerical_match(predicted, gold) is same


def test_no_response_scores_nothing() -> None:
    assert process_results({"answer": "増収"}, []) == {"exact_match": 0.0, "numerical_match": 0.0}


@given(response=responses, gold=responses)
@example(response="Answer: 1億2千", gold="12千")
@example(response="した", gold="しました")
def test_the_rule_agrees_with_lm_evals_own(response: str, gold: str) -> None:
    assert extract_answer(response) == upstream._extract_answer(response)
    assert normalise(response) == upstream._normalize(response)
    assert read_number(response) == upstream._try_parse_number(response)
    doc = {"answer": gold}
    assert process_results(doc, [response]) == upstream.process_results(doc, [response])


@given(responses.filter(lambda text: read_number(text) is not None))
def test_a_number_matches_itself(answer: str) -> None:
    assert numerical_match(answer, answer)


@pytest.mark.parametrize(("model", "right"), [("gpt-4o-mini", 677), ("qwen2.5-3b-instruct", 396)])
def test_the_published_verdicts_of_two_baselines_come_out(
    model: str, right: int, needs_data: Callable[..., None]
) -> None:
    """1,000 responses each. The baselines had another prompt and took `Answer:` in any case up to the line's end; on
    these responses the task's rule gives the same verdict for every one of them."""
    needs_data("jfinqa_baselines")
    content = store.read("jfinqa_baselines", f"scripts/data/baselines/{model}_predictions.json")
    items = list(json.loads(content).values())
    assert len(items) == 1000
    assert sum(item["correct"] for item in items) == right
    scored = {
        item["id"]: process_results({"answer": item["gold"]}, [item["raw_response"]])["numerical_match"] == 1.0
        for item in items
    }
    assert [item["id"] for item in items if scored[item["id"]] != item["correct"]] == []

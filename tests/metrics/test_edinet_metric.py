from __future__ import annotations

import json
import math
import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from jaeval.metrics import edinet_bench
from jaeval.metrics.edinet_bench import extract_json, process_binary, process_industry, read_binary, read_industry

# Pieces that the rule looks at, to be strung together in any order.
PIECES = [
    *["```json", "```", "``", "{", "}", "[1]", "null", "NaN", "5", '"x"', "\n", "\t", "\x00", "\x1f", "\x7f", "\ud800"],
    *['{"prob": 0.7, "prediction": 1}', '{"prediction": "銀行"}', '{"a": {"prob": 1, "prediction": 0}}', "{}"],
    *['```json\n{"prob": 0.2, "prediction": 0}\n```', '"prob": 0.5,', '"prediction": 1', "１", "理由：", "<think>"],
]
responses = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def by_pattern(response: str) -> Any:
    """The published rule as regular expressions, which take quadratic time on a long row of braces."""
    blocks = re.findall(r"```json(.*?)```", response, re.DOTALL) or re.findall(r"\{.*?\}", response, re.DOTALL)
    for block in blocks:
        for text in (block.strip(), re.sub(r"[\x00-\x1F\x7F]", "", block.strip())):
            try:
                return json.loads(text)
            except json.JSONDecodeError:
                pass
    return None


@pytest.mark.parametrize(
    ("response", "value"),
    [
        ('考えた。\n```json\n{"prob": 0.7, "prediction": 1}\n```\n以上。', {"prob": 0.7, "prediction": 1}),
        ('```json{"a": 1}``````json{"a": 2}```', {"a": 1}),
        ('```json\n{"a": 1,}\n```\n```json\n{"a": 2}\n```', {"a": 2}),
        ('{"a": 1} ```json\n{broken}\n```', None),
        ('{"a": 1} and ```json without an end', {"a": 1}),
        ('{"a": "改\n行\x0b"}', {"a": "改行"}),
        ('```\n{"a": 1}\n```', {"a": 1}),
        ('{x} {"a": 1}', {"a": 1}),
        ('{"a": {"b": 1}}', None),
        ('```json\n{"a": {"b": 1}}\n```', {"a": {"b": 1}}),
        ("```json\n5\n```", 5),
        ('```JSON\n{"a": 1}\n```', {"a": 1}),
        ('{"a": "\ud800"}', {"a": "\ud800"}),
        ('{"a": １}', None),
        ("{" * 10 + "}", None),
        ("", None),
        ("いいえ。", None),
    ],
)
def test_the_first_block_that_is_json_is_the_answer(response: str, value: Any) -> None:
    assert extract_json(response) == value


@given(response=responses)
@example(response='```json``````json{"a": 1}```')
@example(response='{"a": "}"}')
def test_it_is_the_published_rule(response: str) -> None:
    # NaN is not equal to itself, its text is.
    assert json.dumps(extract_json(response)) == json.dumps(by_pattern(response))


@given(
    value=json_values, before=st.text(alphabet="あ。\n 1,", max_size=20), after=st.text(alphabet="い`\n", max_size=20)
)
def test_a_fenced_value_comes_back(value: Any, before: str, after: str) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if "```" not in text:
        assert extract_json(f"{before}```json\n{text}\n```{after}") == value


def test_a_long_answer_takes_no_long() -> None:
    started = time.perf_counter()
    for response in (
        "{" * 200_000,
        "```json" * 50_000,
        "{" * 100_000 + "}" * 100_000,
        '{"a":' * 100_000,
        "[" * 100_000,
    ):
        extract_json(response)
        extract_json(f"```json{response}```")
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ('{"reasoning": "x", "prob": 0.7, "prediction": 1}', (1, 0.7)),
        ('{"prob": 0, "prediction": 0}', (0, 0.0)),
        ('{"prob": 85, "prediction": "1"}', (1, 85.0)),
        ('{"prob": 0.5, "prediction": "１"}', (1, 0.5)),
        ('{"prob": 0.5, "prediction": 0.9}', (0, 0.5)),
        ('{"prob": 0.5, "prediction": true}', (1, 0.5)),
        # Upstream drops these.
        ('{"prob": null, "prediction": 1}', (None, None)),
        ('{"prob": 0.5, "prediction": null}', (None, None)),
        ('{"prediction": 1}', (None, None)),
        ('{"prob": 0.5}', (None, None)),
        ("1", (None, None)),
        ("", (None, None)),
        # These stop upstream's program.
        ('{"prob": "0.5", "prediction": 1}', (None, None)),
        ('{"prob": 0.5, "prediction": 2}', (None, None)),
        ('{"prob": 0.5, "prediction": -1}', (None, None)),
        ('{"prob": 0.5, "prediction": "はい"}', (None, None)),
        ('{"prob": 0.5, "prediction": [1]}', (None, None)),
        ('{"prob": NaN, "prediction": 1}', (None, None)),
        ('{"prob": 1e999, "prediction": 1}', (None, None)),
        (f'{{"prob": {10**400}, "prediction": 1}}', (None, None)),
        (f'{{"prob": 1{"0" * 5000}, "prediction": 1}}', (None, None)),
        ('{"prob": 0.5, "prediction": Infinity}', (None, None)),
        ("```json\n[0.5, 1]\n```", (None, None)),
        ("```json\n5\n```", (None, None)),
    ],
)
def test_prediction_and_probability(answer: str, read: tuple[Any, Any]) -> None:
    assert read_binary(answer) == read


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ('{"prediction": "銀行"}', "銀行"),
        ('{"prediction": " 銀行"}', " 銀行"),
        ('{"prediction": ""}', ""),
        ('{"prediction": 3}', "3"),
        ('{"prediction": null}', None),
        ('{"prediction": ["銀行"]}', None),
        ('{"reasoning": "銀行"}', None),
        ("銀行", None),
        ('```json\n"銀行"\n```', None),
    ],
)
def test_industry(answer: str, read: str | None) -> None:
    assert read_industry(answer) == read


@given(response=responses, label=st.sampled_from([0, 1]))
def test_any_response_has_a_verdict(response: str, label: int) -> None:
    binary = process_binary({"label": label}, [response])
    assert binary.keys() == {"acc", "precision", "recall", "f1", "roc_auc", "mcc", "coverage", "acc_all"}
    gold, prediction = binary["acc"]  # type: ignore[misc]
    assert gold == label
    assert prediction in (None, 0, 1)
    assert binary["coverage"] == float(prediction is not None)
    assert binary["acc_all"] == float(prediction == label)
    industry = process_industry({"industry": "銀行"}, [response])
    assert industry["acc_all"] == float(industry["acc"][1] == "銀行")  # type: ignore[index]
    json.dumps([binary, industry], allow_nan=False)  # a run stores them


def test_no_response_does_not_count() -> None:
    assert process_binary({"label": 1}, [])["coverage"] == 0.0
    assert process_industry({"industry": "銀行"}, [])["acc"] == ("銀行", None)


BINARY = {"acc": "accuracy", "precision": "precision", "recall": "recall", "f1": "f1", "mcc": "matthews"}


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.none() | st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.5, 0.9]))),
        max_size=40,
    )
)
def test_the_answers_that_do_not_count_are_dropped(items: list[tuple[int, tuple[int, float] | None]]) -> None:
    rows = [
        process_binary(
            {"label": label}, ["?" if answer is None else f'{{"prediction": {answer[0]}, "prob": {answer[1]}}}']
        )
        for label, answer in items
    ]
    kept = [(label, *answer) for label, answer in items if answer is not None]
    assert sum(row["coverage"] for row in rows) == len(kept)  # type: ignore[misc]
    if not kept:
        assert all(math.isnan(getattr(edinet_bench, name)([row["acc"] for row in rows])) for name in BINARY.values())
        return
    labels, predictions, probs = zip(*kept, strict=True)
    expected = {
        "acc": sklearn.accuracy_score(labels, predictions),
        "precision": sklearn.precision_score(labels, predictions, zero_division=0),
        "recall": sklearn.recall_score(labels, predictions, zero_division=0),
        "f1": sklearn.f1_score(labels, predictions, zero_division=0),
        "mcc": sklearn.matthews_corrcoef(labels, predictions),
    }
    for metric, name in BINARY.items():
        found = getattr(edinet_bench, name)([row[metric] for row in rows])
        assert found == pytest.approx(expected[metric], abs=1e-12)
    if len(set(labels)) == 2:
        found = edinet_bench.roc_auc([row["roc_auc"] for row in rows])
        assert found == pytest.approx(sklearn.roc_auc_score(labels, probs), abs=1e-12)

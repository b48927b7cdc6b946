"""From items to the scorecard: nothing missing becomes zero, and lm-eval's own aggregations give their own numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_run import failed, item, rows_of, task_record

from jaeval.errors import RunError, TaskError
from jaeval.results.aggregate import aggregate, aggregation_name, find_aggregation
from jaeval.results.schema import ItemRow, Score

PAIRS = [[1, 1], [1, 0], [0, 0], [0, 0], [1, 1], [0, 1], [1, 1], [0, 0]]
"""(gold, predicted): 3 true and 1 false positives, 3 true and 1 false negatives."""


def paired(metric: str) -> list[ItemRow]:
    return [item(doc_id=i, scores={"none": {metric: pair}}) for i, pair in enumerate(PAIRS)]


def one_score(rows: list[ItemRow], aggregation: str, metric: str = "acc") -> Score:
    (score,) = aggregate(rows, {"sums": task_record({metric: aggregation})})
    return score


def test_a_mean_with_its_counts() -> None:
    rows = [
        item(doc_id=0, scores={"none": {"acc": 1.0}}),
        item(doc_id=1, scores={"none": {"acc": 0.0}}, finish="length"),
        failed(doc_id=2),
        item(doc_id=3, scores={"none": {"acc": True}}),
    ]
    (score,) = aggregate(rows, {"sums": task_record()}, {"sums": 3.5})
    assert score.value == pytest.approx(2 / 3)
    assert (score.n, score.failed, score.truncated) == (3, 1, 1)
    assert (score.chance, score.seconds, score.tokens, score.primary) == (0.25, 3.5, 60, True)


def test_all_items_failed_is_missing_and_not_zero() -> None:
    score = one_score([failed(doc_id=0), failed(doc_id=1)], "mean")
    assert (score.metric, score.filter, score.n, score.failed) == ("acc", "none", 0, 2)
    assert (score.value, score.stderr, score.low, score.high) == (None, None, None, None)
    assert score.primary


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_a_mean_that_is_no_number_is_missing(odd: float) -> None:
    assert one_score([item(scores={"none": {"acc": odd}}), item(doc_id=1)], "mean").value is None


def test_f1_and_mcc_over_pairs() -> None:
    assert one_score(paired("f1"), "f1", "f1").value == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    found = one_score(paired("mcc"), "matthews_corrcoef", "mcc")
    assert found.value == pytest.approx((3 * 3 - 1 * 1) / math.sqrt(4 * 4 * 4 * 4))
    assert found.stderr is not None
    assert 0.1 < found.stderr < 0.6
    assert found.n == len(PAIRS)


def test_weighted_perplexity_over_pairs() -> None:
    rows = [item(doc_id=i, scores={"none": {"byte_perplexity": [-2.0 * (i + 1), i + 1]}}) for i in range(4)]
    assert one_score(rows, "weighted_perplexity", "byte_perplexity").value == pytest.approx(math.exp(2))


def test_the_order_is_filters_then_metrics_and_only_the_first_is_primary() -> None:
    values = {"exact": 1.0, "f": 0.5}
    rows = [item(scores={"strict": values, "loose": {"f": 0.25, "exact": 0.0}})]
    scores = aggregate(rows, {"sums": task_record({"exact": "mean", "f": "mean"})})
    assert [(score.filter, score.metric, score.primary) for score in scores] == [
        ("strict", "exact", True),
        ("strict", "f", False),
        ("loose", "exact", False),
        ("loose", "f", False),
    ]


def test_chance_is_told_on_the_scale_of_means_only() -> None:
    rows = [item(doc_id=i, scores={"none": {"acc": i % 2, "f1": pair}}) for i, pair in enumerate(PAIRS)]
    scores = aggregate(rows, {"sums": task_record({"acc": "mean", "f1": "f1"})})
    assert [(score.metric, score.chance) for score in scores] == [("acc", 0.25), ("f1", None)]


def test_tasks_keep_their_order_and_their_items() -> None:
    tasks = {"second": task_record(), "first": task_record()}
    rows = [item("first", scores={"none": {"acc": 0.0}}), item("second")]
    assert [(score.task, score.value) for score in aggregate(rows, tasks)] == [("second", 1.0), ("first", 0.0)]


@settings(deadline=None)
@given(rows_of({"a": ["acc"], "b": ["acc", "other"]}, st.sampled_from([0.0, 0.5, 1.0])))
def test_every_item_is_counted_once(rows: list[ItemRow]) -> None:
    tasks = {"a": task_record(), "b": task_record({"acc": "mean", "other": "mean"})}
    for score in aggregate(rows, tasks):
        of_task = [row for row in rows if row.task == score.task]
        assert score.n + score.failed == len(of_task)
        assert score.truncated == sum(row.finish == "length" for row in of_task)
        assert (score.value is None) == (score.n == 0)


def test_what_cannot_be_aggregated_says_which_task_and_metric() -> None:
    with pytest.raises(RunError, match="sums: f1"):
        one_score([item(scores={"none": {"f1": 1.0}}), item(doc_id=1, scores={"none": {"f1": "x"}})], "f1", "f1")
    with pytest.raises(RunError, match="no_such_aggregation"):
        one_score([item()], "no_such_aggregation")
    with pytest.raises(RunError, match="'other' is not in the manifest"):
        aggregate([item("other")], {"sums": task_record()})


@pytest.mark.parametrize(
    "name", ["os.system", "jaeval.cli.main.main", "jaeval.results.run.write_json", "builtins.eval"]
)
def test_a_strangers_manifest_runs_nothing(name: str) -> None:
    """Only lm-eval's registry and `jaeval.metrics` are looked in."""
    with pytest.raises(RunError, match="cannot be aggregated"):
        one_score([item(scores={"none": {"acc": "touch /tmp/x"}})], name)


@pytest.mark.parametrize("name", ["mean", "f1", "matthews_corrcoef", "perplexity", "bleu"])
def test_lm_evals_aggregations_are_found_again(name: str) -> None:
    assert aggregation_name(find_aggregation(name)) == name


@pytest.mark.parametrize("function", [lambda values: 0.0, math.fsum, print])
def test_an_aggregation_of_ones_own_is_refused_before_anything_is_asked(function: Callable[..., Any]) -> None:
    with pytest.raises(TaskError, match=r"neither lm-eval's nor of jaeval\.metrics"):
        aggregation_name(function)

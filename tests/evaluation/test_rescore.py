"""Responses that exist already are scored by a task's rules; a bad file is refused in one line that names the row."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaeval.catalogue import Catalogue, TaskCard
from jaeval.errors import ResponseError, RunError, TaskError
from jaeval.evaluation.rescore import read_responses, score_responses, target_field
from jaeval.results.run import Run

Score = Callable[..., Run]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def make(*rows: Any) -> Path:
        file = tmp_path / "responses.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return make


@pytest.fixture
def score(write: Callable[..., Path], catalogue: Catalogue, tmp_path: Path) -> Score:
    def run(*rows: Any, task: str = "sums", **changes: Any) -> Run:
        return score_responses(catalogue[task], write(*rows), **{"out": tmp_path / "run", **changes})

    return run


def value(run: Run, extractor: str) -> float | None:
    return next(score.value for score in run.scores if score.filter == extractor)


class TestScores:
    def test_a_golden_case(self, score: Score) -> None:
        run = score(
            {"id": "sum-0", "response": "答えは3です。"},  # right for both filters
            {"id": "sum-1", "response": "1+4は5。"},  # right for the last number, and for は([0-9]+)
            {"id": 2, "response": "答え 7"},  # the item's number; right for the last number only
            {"id": "sum-3", "response": "わかりません"},
        )
        assert (value(run, "strict"), value(run, "last")) == (0.5, 0.75)
        assert all(found.n == 4 and found.failed == 0 for found in run.scores)
        assert [row.id for row in run.items()] == ["sum-0", "sum-1", "sum-2", "sum-3"]
        assert [row.extracted["last"] for row in run.items()] == ["3", "5", "7", "[invalid]"]
        assert run.recompute() == run.scores

    def test_items_without_a_response_are_left_out_not_scored_zero(self, score: Score) -> None:
        run = score({"id": "sum-4", "response": "答えは11"})
        assert (value(run, "last"), run.scores[0].n, run.manifest.tasks["sums"].n) == (1.0, 1, 1)
        assert run.manifest.tasks["sums"].size == 12

    def test_a_target_of_its_own_replaces_the_data_sets(self, score: Score) -> None:
        run = score({"id": "sum-0", "response": "99", "target": "99"}, {"id": "sum-1", "response": "99"})
        assert value(run, "last") == 0.5
        assert [row.target for row in run.items()] == ["99", "5"]

    def test_reasoning_is_kept_apart(self, score: Score) -> None:
        run = score(
            {"id": "sum-0", "response": "<think>答えは3</think>答えは4です。"},
            {"id": "sum-1", "response": "<think>答えは5"},
        )
        assert [row.reasoning for row in run.items()] == [["答えは3"], ["答えは5"]]
        assert [row.responses for row in run.items()] == [[["答えは4です。"]], [[""]]]
        assert value(run, "strict") == 0.0

    def test_another_split_has_other_documents(self, score: Score) -> None:
        assert [row.id for row in score({"id": 0, "response": "25"}, split="search").items()] == ["sum-11"]

    def test_equal_files_have_equal_hashes(self, score: Score, tmp_path: Path) -> None:
        first = score({"id": 0, "response": "3"})
        second = score({"id": 0, "response": "3"}, out=tmp_path / "second")
        third = score({"id": 0, "response": "4"}, out=tmp_path / "third")
        hashes = [run.manifest.weight_hash for run in (first, second, third)]
        assert hashes[0] == hashes[1] != hashes[2]

    def test_a_folder_with_a_run_is_refused(self, score: Score) -> None:
        score({"id": 0, "response": "3"})
        with pytest.raises(RunError, match="holds a run already"):
            score({"id": 0, "response": "3"})


GOOD = {"id": "sum-0", "response": "3"}
BAD: dict[str, tuple[list[Any], str]] = {
    "no JSON": ([GOOD, "{id: 1}"], "line 2: is not JSON"),
    "cut short": ([GOOD, "", '{"id": "sum-1", "resp'], "line 3: is not JSON"),
    "nested without end": (["[" * 100_000], "line 1: is not JSON"),
    "a list": (['["sum-0", "3"]'], "line 1: "),
    "no response": ([{"id": "sum-0"}], "line 1, response: Field required"),
    "no id": ([{"response": "3"}], "line 1, id: Field required"),
    "a response of numbers": ([GOOD, {"id": "sum-1", "response": [3]}], "line 2, response: "),
    "an id twice": ([GOOD, {"id": "sum-1", "response": "5"}, GOOD], "line 3: id 'sum-0' stands twice"),
    "an item twice": ([GOOD, {"id": 0, "response": "4"}], "ids 'sum-0' and '0' are the same item"),
    "an unknown id": (
        [GOOD, {"id": "sum-99", "response": "3"}],
        "id 'sum-99' belongs to no item of sums (1 such rows)",
    ),
    "no rows": (["", "  "], "holds no responses"),
}


@pytest.mark.parametrize(("rows", "problem"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(rows: list[Any], problem: str, score: Score, tmp_path: Path) -> None:
    with pytest.raises(ResponseError) as caught:
        score(*rows)
    assert str(caught.value).startswith(f"{tmp_path / 'responses.jsonl'}: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "responses.jsonl").write_bytes(b'{"id": "a", "response": "\xff\xff"}\n')
    with pytest.raises(ResponseError, match="line 1: is not JSON"):
        read_responses(tmp_path / "responses.jsonl")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResponseError, match=r"nothing\.jsonl: cannot be read"):
        read_responses(tmp_path / "nothing.jsonl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=80) | st.text(st.sampled_from('{}[]":, idresponse1\n'), max_size=60).map(str.encode))
def test_no_file_raises_anything_but_a_response_error(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "responses.jsonl"
    file.write_bytes(content)
    try:
        rows = read_responses(file).rows
    except ResponseError:
        return
    assert rows


class TestTargets:
    def test_a_task_scored_by_log_likelihoods_is_refused(self, score: Score) -> None:
        with pytest.raises(TaskError, match="letters: is scored by log-likelihoods"):
            score(GOOD, task="letters")

    @pytest.mark.parametrize(
        ("config", "expected"),
        [
            ({"doc_to_target": "answer"}, "answer"),
            ({"doc_to_target": "{{ answer }}"}, "answer"),
            ({"doc_to_target": "{{- answer -}}"}, "answer"),
            ({"doc_to_target": "{{ a }}{{ b }}", "metadata": {"target_field": "b"}}, "b"),
        ],
    )
    def test_the_field_of_the_target_is_known(self, config: dict[str, Any], expected: str) -> None:
        assert target_field(TaskCard("task", Path("task.yaml"), config, (), True)) == expected

    @pytest.mark.parametrize("target", ["{{ answer[11:] }}", "{{ a }}{{ b }}", "答えは{{ answer }}です", None, 3])
    def test_an_unknown_field_is_told(self, target: Any) -> None:
        card = TaskCard("task", Path("task.yaml"), {"doc_to_target": target}, (), True)
        with pytest.raises(TaskError, match=r"task\.yaml: metadata\.target_field: does not say which field"):
            target_field(card)


def test_real_rows_of_jfinqa(data_mirror: Path, tmp_path: Path) -> None:
    card = Catalogue()["jfinqa_temporal"]
    rows = [{"id": number, "response": "増収"} for number in range(250)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run = score_responses(card, tmp_path / "rows.jsonl", out=tmp_path / "run")
    targets = [row.target for row in run.items()]
    primary = next(score for score in run.scores if score.primary)
    assert primary.n == 250
    assert primary.value is not None
    assert 0 < primary.value <= sum("増" in str(target) for target in targets) / 250

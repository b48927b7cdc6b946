"""Every Eval Ever's files as submissions, as others write them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from foreign_files import by_key, every_eval_ever, every_eval_ever_result, read_one, write_json, write_lines

from jaeval.results.imports import ResultFileError, read_submissions
from jaeval.results.schemas import EVERY_EVAL_EVER, EVERY_EVAL_EVER_ROW, check

NAME = "0f8fad5b-d9cb-469f-a165-70867728950e"


def row(number: int = 0, **changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "schema_version": "0.3.0",
        "evaluation_id": "board/ORG/NAME/1795521600",
        "model_id": "ORG/NAME",
        "evaluation_name": "gsm8k_ja",
        "evaluation_result_id": "gsm8k_ja#0",
        "sample_id": str(number),
        "sample_hash": f"{number:064x}",
        "interaction_type": "single_turn",
        "input": {"raw": "問", "reference": ["8"]},
        "output": {"raw": ["答えは8"], "reasoning_trace": ["考える"]},
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": "8",
                "extraction_method": "regex",
                "is_terminal": True,
            }
        ],
        "evaluation": {"score": 1.0, "is_correct": True},
    }
    return content | changes


def written(folder: Path, content: dict[str, Any], rows: list[dict[str, Any]] | None = None) -> Path:
    if rows is not None:
        write_lines(folder / f"{NAME}_samples.jsonl", rows)
    return write_json(folder / f"{NAME}.json", content)


def test_the_invented_files_fit_the_schema() -> None:
    check(every_eval_ever(), EVERY_EVAL_EVER)
    check(row(), EVERY_EVAL_EVER_ROW)


def test_scores_with_what_is_known_of_them(tmp_path: Path) -> None:
    found = read_one(written(tmp_path, every_eval_ever()))
    assert (found.model, found.format, found.harness, found.harness_version) == (
        "ORG/NAME",
        "every-eval-ever",
        "inspect_ai",
        "0.3.1",
    )
    assert found.settings == {"temperature": "0"}
    assert found.details == {"deployment_type": "unknown", "model_availability": "open_weights"}
    assert found.date is not None
    score = by_key(found)["gsm8k_ja", "accuracy", "none"]
    assert (score.value, score.stderr, score.low, score.high, score.n) == (0.5, 0.05, 0.25, 0.75, 250)
    assert (score.higher_is_better, score.primary) == (True, True)


def test_percentages_become_fractions(tmp_path: Path) -> None:
    score = by_key(read_one(written(tmp_path, every_eval_ever())))["niilc", "char_f1", "none"]
    assert (score.value, score.stderr) == (0.625, 0.0625)
    bounded = every_eval_ever_result("x", 50.0, score_type="continuous", min_score=0, max_score=100)
    found = read_one(written(tmp_path, every_eval_ever(evaluation_results=[bounded])))
    assert found.scores[0].value == 0.5


def test_a_time_in_words_is_no_time(tmp_path: Path) -> None:
    assert read_one(written(tmp_path, every_eval_ever(evaluation_timestamp="spring 2026"))).date is None


def test_items_join_by_id_and_by_name(tmp_path: Path) -> None:
    by_name = row(1, evaluation_result_id=None)
    first, second = read_one(written(tmp_path, every_eval_ever(), [row(0), by_name])).items()
    assert (first.task, first.metric, first.score, first.item, first.doc_id) == (
        "gsm8k_ja",
        "accuracy",
        1.0,
        "0" * 64,
        0,
    )
    texts = (first.prompt, first.response, first.reasoning, first.extracted, first.target)
    assert texts == ("問", "答えは8", "考える", "8", "8")
    assert (second.task, second.doc_id) == ("gsm8k_ja", 1)


def test_an_item_that_failed_has_no_score(tmp_path: Path) -> None:
    failed = row(evaluation={"score": 0.0, "is_correct": False}, error="timeout")
    (found,) = read_one(written(tmp_path, every_eval_ever(), [failed])).items()
    assert (found.score, found.finish) == (None, "failed")


def test_items_that_are_told_of_and_are_not_there(tmp_path: Path) -> None:
    content = every_eval_ever(detailed_evaluation_results={"format": "jsonl", "file_path": "data/x"})
    assert read_one(written(tmp_path, content)).notes == ("its items are missing",)


def test_the_rows_that_are_told_are_counted_and_their_checksum_compared(tmp_path: Path) -> None:
    told = {"format": "jsonl", "file_path": "data/x", "hash_algorithm": "sha256", "total_rows": 2}
    with pytest.raises(ResultFileError, match=r"total_rows: tells 2 rows, .* has 1"):
        read_submissions(written(tmp_path, every_eval_ever(detailed_evaluation_results=told), [row()]))
    told |= {"total_rows": 1, "checksum": "0" * 64}
    with pytest.raises(ResultFileError, match="checksum: is not that of"):
        read_submissions(written(tmp_path, every_eval_ever(detailed_evaluation_results=told), [row()]))
    told["checksum"] = hashlib.sha256((tmp_path / f"{NAME}_samples.jsonl").read_bytes()).hexdigest()
    assert len(list(read_one(written(tmp_path, every_eval_ever(detailed_evaluation_results=told))).items())) == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(), row()], "sample_id: stands twice"),
        ([row(evaluation_id="another")], "evaluation_id: is that of another evaluation"),
        ([row(evaluation_result_id="x", evaluation_name="y")], "belongs to none"),
        ([row(evaluation={"score": "1", "is_correct": True})], r"evaluation\.score: is no number"),
        ([row(input={"raw": "問"})], r"input\.reference"),
    ],
)
def test_a_bad_row_is_told(tmp_path: Path, rows: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(ResultFileError, match=words):
        read_submissions(written(tmp_path, every_eval_ever(), rows))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema_version": "0.2.1"}, "schema_version: is another version"),
        ({"schema_version": 3}, "schema_version: is another version"),
        ({"evaluation_results": {}}, "evaluation_results: "),
        ({"evaluation_results": [every_eval_ever_result("x", "high")]}, r"0\.score_details\.score: is no number"),
        ({"evaluation_results": [every_eval_ever_result("x", 0.5)] * 2}, "stands twice"),
        ({"model_info": {"name": "x"}}, r"model_info\.id"),
        ({"model_info": {"name": "x", "id": ""}}, r"model_info\.id: is empty"),
        ({"eval_library": {"name": "x"}}, r"eval_library\.version"),
    ],
)
def test_a_bad_field_is_told(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ResultFileError, match=words):
        read_submissions(written(tmp_path, every_eval_ever(**changes)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_score_that_is_no_number_is_missing(tmp_path: Path, value: float | None) -> None:
    content = every_eval_ever(evaluation_results=[every_eval_ever_result("x", value)])
    (score,) = read_one(written(tmp_path, content)).scores
    assert score.value is None
    assert score.note.endswith("in the source")


def test_negative_n(tmp_path: Path) -> None:
    result = every_eval_ever_result("x", 0.5)
    result["score_details"]["uncertainty"]["num_samples"] = -250
    with pytest.raises(ResultFileError, match=r"uncertainty\.num_samples: is negative"):
        read_submissions(written(tmp_path, every_eval_ever(evaluation_results=[result])))

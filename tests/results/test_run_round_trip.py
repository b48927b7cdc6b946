"""What is written to a run's folder comes back bit for bit, and a failing write leaves what was there."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_run import JSON, STARTED, TEXTS, failed, item, manifest, rows_of, task_record

from jaeval.errors import RunError
from jaeval.results.run import Run, write_atomically
from jaeval.results.schema import ItemRow

many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, rows: list[ItemRow], **changes: Any) -> Run:
    folder.mkdir(exist_ok=True)
    return Run.write(folder, manifest(**changes), rows)


@many
@given(rows_of({"a": ["acc"], "b": ["acc", "mcc"]}, st.sampled_from([0.0, 0.5, 1.0])))
def test_scores_follow_from_the_items_on_disk(tmp_path: Path, rows: list[ItemRow]) -> None:
    tasks = {"a": task_record(), "b": task_record({"acc": "mean", "mcc": "mean"})}
    written(tmp_path / "run", rows, tasks=tasks)
    opened = Run.open(tmp_path / "run")
    assert opened.recompute() == opened.scores
    assert list(opened.items()) == rows
    assert [*opened.items("a"), *opened.items("b")] == rows
    assert opened.failed == sum(row.finish == "failed" for row in rows)


def test_aggregations_that_are_no_mean_follow_from_the_items_too(tmp_path: Path) -> None:
    pairs = [[1, 1], [1, 0], [0, 0], [1, 1], [0, 1]]
    rows = [item(doc_id=i, scores={"none": {"mcc": pair}}) for i, pair in enumerate(pairs)]
    run = written(tmp_path / "run", rows, tasks={"sums": task_record({"mcc": "matthews_corrcoef"})})
    assert run.scores[0].stderr is not None
    assert Run.open(run.path).recompute() == run.scores


@many
@given(doc=st.dictionaries(TEXTS, JSON, max_size=3), response=TEXTS, target=JSON, reasoning=st.none() | TEXTS)
def test_any_text_survives(tmp_path: Path, doc: Any, response: str, target: Any, reasoning: str | None) -> None:
    row = item(doc=doc, prompts=[response], responses=[[response]], target=target, reasoning=[reasoning])
    written(tmp_path / "run", [row])
    assert list(Run.open(tmp_path / "run").items()) == [row]


@pytest.mark.parametrize(
    "text",
    ["日本語と絵文字👨‍👩‍👧‍👦🇯🇵", "\ud83d", "答え\udc00え", "\x00\x1b[31m\r\n\u2028", "が\u3099ﾊﾟ①㍿", "長" * 1_000_000],
)
def test_odd_texts_survive_in_every_text_field(tmp_path: Path, text: str) -> None:
    row = item(prompts=[text], responses=[[text]], reasoning=[text], target=text, extracted={"none": text})
    run = written(tmp_path / "run", [row], checkpoint="合成/モデル")
    assert list(Run.open(run.path).items()) == [row]
    assert Run.open(run.path).manifest.checkpoint == "合成/モデル"


def test_half_a_surrogate_pair_in_an_id_becomes_its_escape(tmp_path: Path) -> None:
    run = written(tmp_path / "run", [dataclasses.replace(failed(), id="\ud83d", error="cannot read \udc00")])
    (row,) = run.items()
    assert (row.id, row.error) == ("\\ud83d", "cannot read \\udc00")


def test_log_likelihoods_keep_every_bit(tmp_path: Path) -> None:
    values = [-math.inf, -0.1 - 0.2, -1e-320, math.nan, -0.0]
    responses = [[[value, False]] for value in values]
    run = written(tmp_path / "run", [item(finish="choice", responses=responses)])
    (row,) = Run.open(run.path).items()
    for expected, ((found, greedy),) in zip(values, row.responses, strict=True):
        assert found.hex() == expected.hex()
        assert greedy is False


def test_japanese_is_written_as_japanese(tmp_path: Path) -> None:
    run = written(tmp_path / "run", [item()])
    assert "問題：" in (run.path / "manifest.json").read_text(encoding="utf-8")
    assert "\\u" not in (run.path / "manifest.json").read_text(encoding="utf-8")


def test_the_manifest_comes_back(tmp_path: Path) -> None:
    run = written(tmp_path / "run", [item()], suite="procedural", truncated_prompts=3, engine_args={"dtype": "auto"})
    opened = Run.open(run.path)
    assert opened.manifest == run.manifest
    assert opened.manifest.started == STARTED


def test_results_are_strict_json_though_a_score_is_undefined(tmp_path: Path) -> None:
    run = written(tmp_path / "run", [item(scores={"none": {"acc": math.inf}})])

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = (run.path / "results.json").read_text()
    assert json.loads(text, parse_constant=refuse)["scores"][0]["value"] is None
    assert Run.open(run.path).scores == run.scores


def test_the_table_has_a_row_for_each_score(tmp_path: Path) -> None:
    rows = [item(scores={"strict": {"acc": 1.0}, "loose": {"acc": 0.0}})]
    table = written(tmp_path / "run", rows).table()
    assert list(table["filter"]) == ["strict", "loose"]
    assert list(table["value"]) == [1.0, 0.0]


def full_disk(temporary: Path) -> None:
    temporary.write_text("half of i")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text("old")
    with pytest.raises(
        RunError, match=r"results\.json: cannot be written \(No space left on device\)\. Free disk space"
    ):
        write_atomically(file, full_disk)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    file = tmp_path / "results.json"
    file.write_text("old")

    def interrupted(temporary: Path) -> None:
        temporary.write_text("half of i")
        raise error

    with pytest.raises(error):
        write_atomically(file, interrupted)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        write_atomically(tmp_path / "gone" / "results.json", lambda temporary: temporary.touch())


def test_a_run_that_could_not_be_written_whole_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results are written last: what opens is whole."""
    import jaeval.results.run as module

    def no_room(file: Path, write: Any) -> None:
        write_atomically(file, full_disk if file.name == "results.json" else write)

    monkeypatch.setattr(module, "write_atomically", no_room)
    with pytest.raises(RunError, match=r"results\.json"):
        written(tmp_path / "run", [item()])
    with pytest.raises(RunError, match="not finished"):
        Run.open(tmp_path / "run")

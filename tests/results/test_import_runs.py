"""jaeval's own runs as submissions."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from foreign_files import by_key, read_one
from invented_run import failed, item, manifest, task_record

from jaeval.errors import RunError
from jaeval.results.imports import ResultFileError, read_submissions
from jaeval.results.imports.runs import choice_texts
from jaeval.results.run import Run
from jaeval.results.schema import ItemRow


def written(folder: Path, rows: list[ItemRow], **changes: Any) -> Path:
    folder.mkdir(parents=True)
    Run.write(folder, manifest(**changes), rows)
    return folder


def test_a_run_keeps_everything_that_a_board_needs(tmp_path: Path) -> None:
    rows = [item(doc_id=0), item(doc_id=1, scores={"none": {"acc": 0.0}}, finish="length"), failed(doc_id=2)]
    folder = written(tmp_path / "run", rows, suite="ja-core", truncated_prompts=3)
    found, run = read_one(folder), Run.open(folder)
    (score,) = found.scores
    (ours,) = run.scores
    for name in ("task", "metric", "filter", "value", "stderr", "low", "high", "n", "chance", "primary"):
        assert getattr(score, name) == getattr(ours, name)
    assert (score.failed, score.truncated, score.version, score.num_fewshot) == (1, 1, "1.0", 0)
    assert (score.data_hash, score.higher_is_better) == ("d" * 64, True)
    assert (found.format, found.harness, found.harness_version) == ("jaeval", "jaeval", "0.1.0")
    assert (found.weight_hash, found.date) == ("w" * 64, run.manifest.started)
    wanted = {"engine": "scripted", "dtype": "float32", "limit": 2, "suite": "ja-core", "truncated_prompts": 3}
    assert found.settings.items() >= wanted.items()


@pytest.mark.parametrize(
    ("checkpoint", "model"),
    [
        ("モデル/merge-7", "モデル/merge-7"),
        ("/home/me/merges/merge-7", "merge-7"),
        ("./merge-7", "merge-7"),
        ("a/b/c", "c"),
        ("~/merge-7/", "merge-7"),
        ("C:\\models\\merge-7", "merge-7"),
    ],
)
def test_a_path_on_somebodys_machine_is_not_published(tmp_path: Path, checkpoint: str, model: str) -> None:
    assert read_one(written(tmp_path / "run", [item()], checkpoint=checkpoint)).model == model


def test_items_with_texts_and_cluster(tmp_path: Path) -> None:
    tasks = {"jfinqa_x": task_record()}
    rows = [
        item("jfinqa_x", doc={"company_name": "日本製鉄"}, reasoning=["考える"], responses=[["8個です。"]]),
        failed("jfinqa_x", doc_id=1),
    ]
    good, bad = read_one(written(tmp_path / "run", rows, tasks=tasks)).items()
    assert (good.item, good.score, good.cluster, good.finish) == ("h" * 64, 1.0, "日本製鉄", "stop")
    assert (good.response, good.reasoning, good.extracted, good.target) == ("8個です。", "考える", "8", "8")
    assert good.prompt.startswith("問題：りんご")
    assert (bad.score, bad.finish, bad.response, bad.metric) == (None, "failed", "", "acc")


def test_a_choice_is_told_in_words(tmp_path: Path) -> None:
    row = item(
        prompts=[["問：", " はい"], ["問：", " いいえ"], ["", " はい"], ["", " いいえ"]],
        responses=[[[-2.0, False]], [[-1.0, True]], [[-0.5, True]], [[-9.0, False]]],
        finish="choice",
    )
    (found,) = read_one(written(tmp_path / "run", [row])).items()
    assert (found.prompt, found.response) == ("問：", "いいえ")


def test_choices_without_answers() -> None:
    assert choice_texts([["q", "a"]], []) == ("q", "")
    assert choice_texts([], []) == ("", "")
    assert choice_texts([["q", "a"], ["q", "b"]], [[math.nan, True], ["x", True]]) == ("q", "")


def test_pairs_of_a_corpus_metric_are_no_score(tmp_path: Path) -> None:
    rows = [item(doc_id=i, scores={"none": {"f1": [1, i % 2]}}) for i in range(2)]
    found = read_one(written(tmp_path / "run", rows, tasks={"sums": task_record({"f1": "f1"})}))
    assert found.scores[0].value is not None
    assert [one.score for one in found.items()] == [None, None]


def test_a_task_that_failed_throughout_is_missing(tmp_path: Path) -> None:
    score = by_key(read_one(written(tmp_path / "run", [failed()])))["sums", "acc", "none"]
    assert (score.value, score.n, score.failed) == (None, 0, 1)


def test_exports_inside_a_run_are_not_counted_again(tmp_path: Path) -> None:
    from jaeval.results.exports.lm_eval import export_lm_eval

    folder = written(tmp_path / "runs" / "one", [item()])
    export_lm_eval(Run.open(folder), folder / "lm-eval")
    assert [one.format for one in read_submissions(tmp_path / "runs")] == ["jaeval"]


def test_an_unfinished_run_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", [item()])
    (folder / "results.json").unlink()
    with pytest.raises(RunError, match="not finished"):
        read_submissions(tmp_path)


def test_damaged_items_are_told_when_the_run_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", [item()])
    content = (folder / "items.parquet").read_bytes()
    (folder / "items.parquet").write_bytes(content[: len(content) // 2])
    problems: list[Any] = []
    assert read_submissions(tmp_path, bad=problems.append) == []
    assert [type(problem) for problem in problems] == [RunError]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("n", -3, "scores.0.n: is negative"),
        ("stderr", -0.5, "scores.0.stderr: is negative"),
        ("failed", -1, "scores.0.failed: is negative"),
    ],
)
def test_an_impossible_number_is_told(tmp_path: Path, field: str, value: float, words: str) -> None:
    folder = written(tmp_path / "run", [item()])
    content = json.loads((folder / "results.json").read_text())
    content["scores"][0][field] = value
    (folder / "results.json").write_text(json.dumps(content))
    with pytest.raises(ResultFileError, match=words):
        read_submissions(folder)


def test_no_number_is_missing(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", [item()])
    text = (folder / "results.json").read_text()
    assert '"value": 1.0' in text
    (folder / "results.json").write_text(text.replace('"value": 1.0', '"value": NaN'))
    (score,) = read_one(folder).scores
    assert (score.value, score.note) == (None, "nan in the source")

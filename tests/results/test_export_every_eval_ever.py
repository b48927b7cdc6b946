"""Exports as Every Eval Ever: they fit its own schema, whatever they hold, and say nothing that should stay here."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from foreign_files import read_one, submissions
from hypothesis import HealthCheck, given, settings
from invented_run import failed, item, manifest, task_record

from jaeval.errors import RunError
from jaeval.results.exports.every_eval_ever import export_every_eval_ever, record_of
from jaeval.results.run import Run
from jaeval.results.schemas import EVERY_EVAL_EVER, EVERY_EVAL_EVER_ROW, check
from jaeval.results.submission import Submission

PATH = re.compile(r"data/[^/]+/[^/]+/[^/]+/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def run_of(folder: Path, *rows: Any, **changes: Any) -> Submission:
    folder.mkdir(parents=True)
    Run.write(folder, manifest(**changes), rows or [item(doc_id=0), item(doc_id=1), failed(doc_id=2)])
    return read_one(folder)


def exported(submission: Submission, folder: Path, **settings: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was written, checked against the schema."""
    files = export_every_eval_ever(submission, folder, **settings)
    record = json.loads(files[0].read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in files[1].read_bytes().split(b"\n") if line] if len(files) > 1 else []
    check(record, EVERY_EVAL_EVER)
    for row in rows:
        check(row, EVERY_EVAL_EVER_ROW)
    for file in files:
        assert PATH.match(file.relative_to(folder).as_posix())
    return record, rows


def test_the_schema_is_that_of_the_package() -> None:
    folder = resources.files("jaeval.results.schemas").joinpath("every_eval_ever")
    sums = folder.joinpath("SHA256SUMS").read_text().split()
    assert sorted(sums[1::2]) == ["LICENSE", "eval.schema.json", "instance_level_eval.schema.json"]
    for digest, name in zip(sums[::2], sums[1::2], strict=True):
        assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest
    assert "MIT License" in folder.joinpath("LICENSE").read_text()
    assert json.loads(folder.joinpath("eval.schema.json").read_text())["version"] == "0.3.0"


def test_a_run(tmp_path: Path) -> None:
    submission = run_of(tmp_path / "run", checkpoint="ORG/merge-7")
    record, rows = exported(submission, tmp_path / "out", collection="ja-core", organization="We")
    assert list((tmp_path / "out" / "data").iterdir()) == [tmp_path / "out" / "data" / "ja-core"]
    assert (tmp_path / "out" / "data" / "ja-core" / "ORG" / "merge-7").is_dir()
    (result,) = record["evaluation_results"]
    assert result["score_details"]["score"] == 1.0
    assert result["score_details"]["uncertainty"]["num_samples"] == 2
    assert result["score_details"]["details"].items() >= {"failed": "1", "chance": "0.25"}.items()
    assert (result["evaluation_name"], result["metric_config"]["metric_name"]) == ("sums", "acc")
    assert record["source_metadata"]["source_organization_name"] == "We"
    assert record["eval_library"]["name"] == "jaeval"
    assert record["evaluation_timestamp"] == "1795521600"
    assert [row["evaluation"] for row in rows] == [{"score": 1.0, "is_correct": True}] * 2, "the failed one has none"
    told = record["detailed_evaluation_results"]
    file = tmp_path / "out" / told["file_path"]
    assert (told["total_rows"], told["checksum"]) == (2, hashlib.sha256(file.read_bytes()).hexdigest())
    assert {row["evaluation_id"] for row in rows} == {record["evaluation_id"]}


def test_missing_scores_are_listed_apart(tmp_path: Path) -> None:
    record, rows = exported(run_of(tmp_path / "run", failed()), tmp_path / "out")
    assert (record["evaluation_results"], rows) == ([], [])
    (missing,) = json.loads(record["source_metadata"]["additional_details"]["missing_scores"])
    assert missing == {
        "place": 0,
        "task": "sums",
        "metric": "acc",
        "n": 0,
        "chance": 0.25,
        "higher_is_better": True,
        "primary": True,
        "failed": 1,
        "version": "1.0",
        "num_fewshot": 0,
        "data_hash": "d" * 64,
    }


def test_equal_numbers_from_other_items_are_two_files(tmp_path: Path) -> None:
    right, wrong = {"none": {"acc": 1.0}}, {"none": {"acc": 0.0}}
    answers = {"a": (right, wrong), "b": (wrong, right)}
    for name, scores in answers.items():
        rows = [item(doc_id=place, scores=score) for place, score in enumerate(scores)]
        exported(run_of(tmp_path / name / "run", *rows), tmp_path / "out")
    written = sorted((tmp_path / "out").rglob("*.json"))
    assert len(written) == 2
    records = [json.loads(file.read_text(encoding="utf-8")) for file in written]
    assert records[0]["evaluation_results"] == records[1]["evaluation_results"]
    assert records[0]["evaluation_id"] != records[1]["evaluation_id"]
    assert len(list((tmp_path / "out").rglob("*_samples.jsonl"))) == 2


def test_the_same_results_twice_are_one_file(tmp_path: Path) -> None:
    """The datastore refuses a second record that differs in its name alone."""
    for name in ("a", "b"):
        exported(run_of(tmp_path / name / "run"), tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.json"))) == 1


def test_without_texts_it_is_another_file(tmp_path: Path) -> None:
    """The datastore never takes other content under a name that it has."""
    submission = run_of(tmp_path / "run")
    for texts in ("all", "none"):
        exported(submission, tmp_path / "out", texts=texts)
    assert len(list((tmp_path / "out").rglob("*.json"))) == 2


@pytest.mark.parametrize(("texts", "kept"), [("all", True), ("open", False), ("none", False)])
def test_texts_that_may_not_be_passed_on(tmp_path: Path, texts: str, kept: bool) -> None:
    row = item("fin_fp2", doc={"context": "ある資料" * 20}, responses=[["秘密の回答"]], target="秘密の正解")
    submission = run_of(tmp_path / "run", row, tasks={"fin_fp2": task_record()})
    _, (told,) = exported(submission, tmp_path / "out", texts=texts)
    assert ("秘密" in json.dumps(told, ensure_ascii=False)) == kept
    assert (told["sample_hash"], told["evaluation"]["score"]) == ("h" * 64, 1.0)
    assert len(told["metadata"]["cluster"]) == 16
    back = list(read_one(tmp_path / "out").items())
    assert [(found.item, found.score) for found in back] == [("h" * 64, 1.0)]


def test_open_texts_are_kept(tmp_path: Path) -> None:
    submission = run_of(tmp_path / "run", item("mgsm_ja"), tasks={"mgsm_ja": task_record()})
    _, (told,) = exported(submission, tmp_path / "out", texts="open")
    assert told["output"]["raw"] == ["8個です。"]
    _, (told,) = exported(submission, tmp_path / "none", texts="none")
    assert (told["output"]["raw"], told["input"]) == ([], {"raw": "", "reference": []})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submission=submissions())
def test_anything_fits_the_schema(tmp_path_factory: pytest.TempPathFactory, submission: Submission) -> None:
    record, rows = exported(submission, tmp_path_factory.mktemp("any"))
    assert len(record["evaluation_results"]) == sum(score.value is not None for score in submission.scores)
    assert len(rows) == len(list(submission.items()))


def test_what_does_not_fit_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jaeval.results.exports import every_eval_ever as module

    submission = run_of(tmp_path / "run")
    broken = {**record_of(submission), "model_info": {"name": "x"}}
    monkeypatch.setattr(module, "record_of", lambda *_, **__: broken)
    with pytest.raises(RunError, match=r"model_info: does not fit .*'id' is a required property"):
        export_every_eval_ever(submission, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be made"):
        export_every_eval_ever(run_of(tmp_path / "run"), tmp_path / "file")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the package every-eval-ever needs Python 3.12")
def test_every_eval_evers_own_validator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = pytest.importorskip("every_eval_ever.cli", reason="needs the package every-eval-ever")
    export_every_eval_ever(run_of(tmp_path / "run", checkpoint="ORG/merge-7"), tmp_path, organization="We")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["validate", "data/*/*/*/*.json*"]) == 0

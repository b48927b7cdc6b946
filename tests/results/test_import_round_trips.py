"""What is exported and read back is what went in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from foreign_files import bare, read_one, submissions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_run import NUMBERS, failed, item, manifest, rows_of, task_record

import jaeval
from jaeval.engines import ScriptedEngine
from jaeval.results.every_eval_ever_text import decoded, encoded, portable
from jaeval.results.exports.every_eval_ever import export_every_eval_ever
from jaeval.results.exports.lm_eval import export_lm_eval
from jaeval.results.imports import read_submissions
from jaeval.results.run import Run
from jaeval.results.schema import ItemRow
from jaeval.results.submission import ItemScore, Submission, TaskScore

LOST_IN_LM_EVAL = {"low": None, "high": None, "failed": 0, "truncated": 0, "note": "", "data_hash": ""}
"""What lm-eval's files have no field for. The hash is of the items scored there, of the items asked in a run."""


def as_lm_eval_keeps(score: TaskScore) -> TaskScore:
    return replace(score, **LOST_IN_LM_EVAL)


def item_as_lm_eval_keeps(found: ItemScore) -> ItemScore:
    return replace(found, reasoning="", finish="choice" if found.finish == "choice" else "")


def there_and_back(submission: Submission, folder: Path) -> Submission:
    export_every_eval_ever(submission, folder)
    return read_one(folder)


def scored(submission: Submission) -> list[ItemScore]:
    """Every Eval Ever has no place for an item without a score."""
    return [found for found in submission.items() if found.score is not None]


@pytest.fixture(scope="module")
def real_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    tasks = ["procedural_math_easy", "procedural_reasoning_mc_easy", "procedural_finance_easy"]
    jaeval.evaluate("ORG/invented", tasks, engine=ScriptedEngine(), limit=4, out=folder, cache=False)
    return folder


def test_a_run_through_lm_evals_files(real_run: Path, tmp_path: Path) -> None:
    run = read_one(real_run)
    export_lm_eval(Run.open(real_run), tmp_path)
    back = read_one(tmp_path)
    assert list(back.scores) == [replace(as_lm_eval_keeps(score), data_hash=score.data_hash) for score in run.scores]
    assert list(back.items()) == [item_as_lm_eval_keeps(found) for found in run.items()]
    for name in ("model", "harness", "harness_version", "weight_hash", "date"):
        assert getattr(back, name) == getattr(run, name), name
    assert back.format == "lm-eval"


def test_a_run_through_every_eval_ever(real_run: Path, tmp_path: Path) -> None:
    run = read_one(real_run)
    back = there_and_back(run, tmp_path)
    assert bare(back) == bare(run)
    assert list(back.items()) == list(run.items())
    assert len(list(back.items())) >= 12


def test_lm_evals_files_through_every_eval_ever(real_run: Path, tmp_path: Path) -> None:
    export_lm_eval(Run.open(real_run), tmp_path / "lm-eval")
    found = read_one(tmp_path / "lm-eval")
    back = there_and_back(found, tmp_path / "eee")
    assert bare(back) == bare(found)
    assert list(back.items()) == list(found.items())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of({"a": ["acc"], "b/b": ["acc", "other"]}, NUMBERS.filter(lambda n: abs(n) < 1e100)), data=st.data())
def test_any_run_through_both(
    tmp_path_factory: pytest.TempPathFactory, rows: list[ItemRow], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    records = {"a": task_record(), "b/b": task_record({"acc": "mean", "other": "mean"})}
    (folder / "run").mkdir()
    written = Run.write(folder / "run", manifest(records), rows)
    run = read_one(folder / "run")
    back = there_and_back(run, folder / "eee")
    assert bare(back) == bare(run)
    assert [found.score for found in back.items()] == [found.score for found in scored(run)]
    export_lm_eval(written, folder / "lm-eval")
    lm_eval = {(s.task, s.metric, s.filter): s for s in read_one(folder / "lm-eval").scores}
    kept = {
        (s.task, s.metric, s.filter): as_lm_eval_keeps(s)
        for s in run.scores
        if s.value is not None  # a number that is missing has no key there
    }
    assert {key: replace(score, data_hash="") for key, score in lm_eval.items()} == {
        key: replace(score, chance=lm_eval[key].chance, primary=lm_eval[key].primary, n=lm_eval[key].n)
        for key, score in kept.items()
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submission=submissions())
def test_any_submission_through_every_eval_ever(
    tmp_path_factory: pytest.TempPathFactory, submission: Submission
) -> None:
    back = there_and_back(submission, tmp_path_factory.mktemp("any"))
    assert bare(back) == bare(submission)
    assert list(back.items()) == list(submission.items())


def test_missing_scores_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    tasks = {"gone": task_record(), "sums": task_record()}
    Run.write(tmp_path / "run", manifest(tasks), [failed("gone"), item("sums")])
    run = read_one(tmp_path / "run")
    assert [score.value for score in run.scores] == [None, 1.0]
    back = there_and_back(run, tmp_path / "eee")
    assert back.scores == run.scores


def test_a_submission_without_any_score(tmp_path: Path) -> None:
    """Such as a script of japanese-lm-fin-harness whose result is missing."""
    missing = Submission("ORG/NAME", (), tmp_path / "harness.sh", "pfnet", "h", settings={"missing": True})
    assert bare(there_and_back(missing, tmp_path / "eee")) == bare(missing)


def test_the_same_twice_is_the_same_file(real_run: Path, tmp_path: Path) -> None:
    run = read_one(real_run)
    first, second = (export_every_eval_ever(run, tmp_path / name) for name in ("a", "b"))
    for one, other in zip(first, second, strict=True):
        assert one.relative_to(tmp_path / "a") == other.relative_to(tmp_path / "b")
        assert one.read_bytes() == other.read_bytes()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_any_value_survives_as_text(value: Any) -> None:
    assert decoded(encoded(value)) == value
    assert type(decoded(encoded(value))) is type(value)


@given(st.text(max_size=300))
def test_any_name_makes_one_folder(name: str) -> None:
    folder = portable(name)
    assert folder not in ("", ".", "..", "data")
    assert Path(folder).name == folder
    assert len(folder.encode()) <= 120


def test_two_long_names_make_two_folders() -> None:
    assert portable("あ" * 200 + "い") != portable("あ" * 200 + "う")


def test_a_whole_folder_reads_back_equal(real_run: Path, tmp_path: Path) -> None:
    from foreign_files import every_eval_ever, lm_eval_results, write_json, write_pfnet_result, write_pfnet_script

    source = tmp_path / "source"
    write_json(source / "lm" / "results.json", lm_eval_results())
    write_json(source / "eee.json", every_eval_ever())
    write_pfnet_result(source / "models" / "ORG" / "NAME", "1.0-0.1")
    write_pfnet_script(source / "models" / "ORG" / "NAME", "1.0-0.3")
    for submission in read_submissions(source):
        export_every_eval_ever(submission, tmp_path / "tidy")
    before = sorted((bare(one) for one in read_submissions(source)), key=repr)
    after = sorted((bare(one) for one in read_submissions(tmp_path / "tidy")), key=repr)
    assert len(before) == 4
    assert after == before

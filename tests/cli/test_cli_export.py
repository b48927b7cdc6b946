"""`jaeval export`: each format of a run, of others' results where that makes sense, and what is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import Command

sys.path.insert(0, str(Path(__file__).parents[1] / "results"))
from foreign_files import lm_eval_results, write_json
from invented_run import item, manifest, task_record

from jaeval.results.run import Run


@pytest.fixture
def run(elsewhere: Path) -> Path:
    folder = elsewhere / "run"
    folder.mkdir()
    rows = [item("gsm8k_ja", responses=[["開いた回答"]]), item("fin_fp2", responses=[["閉じた回答"]])]
    tasks = {"gsm8k_ja": task_record(), "fin_fp2": task_record()}
    Run.write(folder, manifest(tasks, checkpoint="ORG/merge-7"), rows)
    return folder


def written(command: Command, *arguments: object) -> list[Path]:
    found = command("export", *arguments, "--json")
    assert found.code == 0, found.err
    return [Path(file) for file in json.loads(found.out)]


@pytest.mark.parametrize(
    ("name", "endings"),
    [
        ("lm-eval", [".json", ".jsonl", ".jsonl"]),
        ("every-eval-ever", [".json", ".jsonl"]),
        ("hugging-face", [".yaml"]),
        ("long", [".parquet", ".parquet", ".csv", ".csv"]),
    ],
)
def test_each_format_into_the_run_and_elsewhere(command: Command, run: Path, name: str, endings: list[str]) -> None:
    inside = written(command, name, run)
    assert [file.suffix for file in inside] == endings
    assert all(file.is_relative_to(run / name) and file.is_file() for file in inside)
    outside = written(command, name, run, "--out", "there")
    assert [file.relative_to("there") for file in outside] == [file.relative_to(run / name) for file in inside]


@pytest.mark.parametrize("name", ["lm-eval", "every-eval-ever", "long"])
@pytest.mark.parametrize(("option", "kept"), [((), True), (("--texts", "open"), False), (("--no-texts",), False)])
def test_texts_that_may_not_be_passed_on(
    command: Command, run: Path, name: str, option: tuple[str, ...], kept: bool
) -> None:
    found = command("export", name, run, "--out", "there", *option)
    assert found.code == 0
    assert ("these texts may not be passed on: fin_fp2" in found.err) == kept
    texts = "".join(file.read_text() for file in Path("there").rglob("*") if file.suffix in (".jsonl", ".csv"))
    assert ("閉じた回答" in texts) == kept
    assert ("開いた回答" in texts) == (kept or "open" in option)


def test_a_benchmark_is_named_on_the_command_line(command: Command, run: Path) -> None:
    (known, named) = written(command, "hugging-face", run, "--dataset", "fin_fp2=ORG/fp2:default")
    assert (known.name, named.name) == ("SakanaAI_gsm8k-ja-test_250-1319.yaml", "ORG_fp2.yaml")
    found = command("export", "hugging-face", run, "--out", "x")
    assert "no benchmark on the hub, or no score: fin_fp2" in found.err


def test_others_results_need_a_place(command: Command, elsewhere: Path) -> None:
    file = write_json(elsewhere / "results.json", lm_eval_results())
    found = command("export", "every-eval-ever", file)
    assert (found.code, "--out: is needed where the results are no run" in found.err) == (2, True)
    assert [path.suffix for path in written(command, "every-eval-ever", file, "--out", "there")] == [".json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lm-eval", "nowhere"), "no such run folder"),
        (("long", "nowhere"), "no such file or folder"),
        (("hugging-face", "run", "--dataset", "fin_fp2"), "is not TASK=OWNER/NAME"),
        (("hugging-face", "run", "--dataset", "other=a/b"), "has no task 'other'"),
        (("every-eval-ever", "run", "--out", "run/manifest.json"), "cannot be made"),
        (("long", "run", "--out", "run/manifest.json"), "cannot be made"),
        (("hugging-face", "run", "--out", "run/manifest.json"), "cannot be made"),
    ],
)
def test_what_is_refused(command: Command, run: Path, arguments: tuple[Any, ...], words: str) -> None:
    found = command("export", *arguments)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert len(found.err.splitlines()) == 1 or "these texts" in found.err


def test_one_model_at_a_time_for_the_hub(command: Command, run: Path) -> None:
    write_json(run.parent / "results.json", lm_eval_results())
    found = command("export", "hugging-face", run.parent, "--out", "x")
    assert "holds 2 submissions" in found.err

"""`jaeval import`: what is recognised is told, bad files are named, and the folder it makes reads back equal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Command

sys.path.insert(0, str(Path(__file__).parents[1] / "results"))
from foreign_files import (
    DATE,
    bare,
    every_eval_ever,
    lm_eval_results,
    sample,
    write_json,
    write_lines,
    write_pfnet_result,
    write_pfnet_script,
)

from jaeval.results.imports import read_submissions


@pytest.fixture
def results(elsewhere: Path) -> Path:
    """A folder of three formats, with items of one."""
    folder = elsewhere / "results"
    write_json(folder / "lm-eval" / f"results_{DATE}.json", lm_eval_results())
    write_lines(folder / "lm-eval" / f"samples_sums_{DATE}.jsonl", [sample(number) for number in range(4)])
    write_json(folder / "eee.json", every_eval_ever())
    write_pfnet_result(folder / "models" / "ORG" / "NAME", "1.0-0.1")
    write_pfnet_script(folder / "models" / "ORG" / "NAME", "1.0-0.3")
    return folder


def document(text: str) -> Any:
    return json.loads(text)


def test_what_is_recognised_is_told(command: Command, results: Path) -> None:
    found = command("import", results)
    assert found.code == 0, found.err
    lines = [" ".join(line.split()) for line in found.out.splitlines()]
    assert "rinna/japanese-gpt-1b lm-eval 1 2 3 0 yes" in lines
    assert "ORG/NAME every-eval-ever 1 2 2 0" in lines
    assert "ORG/NAME pfnet 2 5 6 0" in lines
    assert any(line.endswith("groups of tasks left out: all_sums") for line in lines)
    assert any(line.endswith("result-1.0-0.3.json is missing") for line in lines)
    assert lines[-1] == "4 submissions of 2 models"


def test_as_json(command: Command, results: Path) -> None:
    found = document(command("import", results, "--json").out)
    assert [one["format"] for one in found["submissions"]] == ["every-eval-ever", "lm-eval", "pfnet", "pfnet"]
    assert found["submissions"][1] == {
        "model": "rinna/japanese-gpt-1b",
        "format": "lm-eval",
        "source": str(results / "lm-eval" / f"results_{DATE}.json"),
        "harness": "lm-eval",
        "harness_version": "0.4.13",
        "tasks": 2,
        "numbers": 3,
        "missing": 0,
        "items": True,
        "notes": ["groups of tasks left out: all_sums"],
    }
    assert (found["left_out"], found["written"]) == ([], [])


def test_the_folder_reads_back_equal(command: Command, results: Path) -> None:
    found = command("import", results, "--out", "tidy")
    assert found.code == 0, found.err
    assert {file.name for file in Path("tidy").iterdir()} == {"data", "scores.parquet", "items.parquet"}
    before, after = read_submissions(results), read_submissions(Path("tidy"))
    assert sorted(map(bare, after), key=repr) == sorted(map(bare, before), key=repr)

    def items(found: list[Any]) -> Iterator[Any]:
        return (item for submission in found for item in submission.items())

    assert list(items(after)) == list(items(before))
    assert len(list(items(after))) == 4


def test_a_bad_file_stops_everything_and_is_named(command: Command, results: Path) -> None:
    bad = write_json(results / "lm-eval" / "bad.json", lm_eval_results(results={"sums": {"acc,none": "?"}}))
    found = command("import", results, "--out", "tidy")
    assert found.code == 2
    assert f"{bad}: results.sums.acc,none: is no number but text" in found.err
    assert not Path("tidy").exists()


def test_with_skip_bad_the_rest_is_read_and_the_file_named(command: Command, results: Path) -> None:
    bad = write_json(results / "lm-eval" / "bad.json", lm_eval_results(results={"sums": {"acc,none": "?"}}))
    found = command("import", results, "--out", "tidy", "--skip-bad")
    assert found.code == 1
    assert f"left out: {bad}: results.sums.acc,none" in found.err
    assert "4 submissions of 2 models; 1 file left out; 7 files written" in found.out
    told = document(command("import", results, "--skip-bad", "--json").out)["left_out"]
    assert told == [{"file": str(bad), "field": "results.sums.acc,none", "problem": "is no number but text"}]


def test_a_folder_that_is_not_empty_is_left_alone(command: Command, results: Path) -> None:
    Path("tidy").mkdir()
    Path("tidy/mine.txt").write_text("mine")
    found = command("import", results, "--out", "tidy")
    assert (found.code, "is not an empty folder" in found.err) == (2, True)
    assert [file.name for file in Path("tidy").iterdir()] == ["mine.txt"]


def test_what_a_stranger_wrote_cannot_steer_the_terminal(command: Command, elsewhere: Path) -> None:
    file = elsewhere / "bad.json"
    file.write_text(json.dumps(lm_eval_results(results={"\x1b[2J\x1b]0;x\x07": {"acc,none": 0.5}})))
    found = command("import", file)
    assert found.code == 2
    assert "\x1b" not in found.err + found.out


def test_texts_that_may_not_be_passed_on(command: Command, elsewhere: Path) -> None:
    content = lm_eval_results(results={"fin_fp2": {"acc,none": 0.5}}, configs={})
    write_json(elsewhere / "in" / f"results_{DATE}.json", content)
    write_lines(elsewhere / "in" / f"samples_fin_fp2_{DATE}.jsonl", [sample(0, target="秘密")])
    loud = command("import", "in", "--out", "all")
    assert "these texts may not be passed on: fin_fp2" in loud.err
    assert any("秘密" in file.read_text() for file in Path("all").rglob("*.jsonl"))
    quiet = command("import", "in", "--out", "none", "--no-texts")
    assert quiet.err == ""
    assert not any("秘密" in file.read_text() for file in Path("none").rglob("*.jsonl"))
    assert b"\xe7\xa7\x98\xe5\xaf\x86" not in Path("none/items.parquet").read_bytes()


def test_nothing_there(command: Command) -> None:
    found = command("import", "nowhere")
    assert (found.code, "nowhere: no such file or folder" in found.err) == (2, True)

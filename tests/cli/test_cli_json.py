"""With `--json` there is one JSON document on standard output and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Command

TASKS = "procedural_math,procedural_reasoning_mc"


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def document(text: str) -> Any:
    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def run(command: Command) -> str:
    found = command("run", "x", "-t", TASKS, "-n", 3, "--engine", "scripted_engines:make", "--out", "合成", "--json")
    assert found.code == 0, found.err
    assert document(found.out)["path"] == "合成"
    return "合成"


def test_a_runs_document(command: Command, run: str) -> None:
    shown = command("show", run, "--json")
    content = document(shown.out)
    assert (shown.code, shown.err) == (0, "")
    assert {score["task"]: score["n"] for score in content["scores"] if score["primary"]} == {
        "procedural_math": 3,
        "procedural_reasoning_mc": 3,
    }
    assert content["failed"] == 0
    assert content["manifest"]["engine"] == "scripted_engines:make"
    assert "合成" in shown.out, "Japanese is not escaped"


def test_items_are_one_list(command: Command, run: str) -> None:
    items = document(command("show", run, "--task", "procedural_math", "--json").out)
    assert [item["doc_id"] for item in items] == [0, 1, 2]
    assert all({"prompts", "responses", "target", "scores", "right"} <= item.keys() for item in items)
    wrong = document(command("show", run, "--wrong", "--json").out)
    assert wrong == [item for item in document(command("show", run, "-n", 10, "--json").out) if not item["right"]]
    (one,) = document(command("show", run, "--item", items[1]["id"], "--json").out)
    assert one == items[1]


def test_infinite_log_likelihoods_become_null(command: Command, run: str) -> None:
    import dataclasses
    import math

    from jaeval.results.run import Run

    opened = Run.open(run)
    rows = [dataclasses.replace(row, responses=[[[-math.inf, False]]]) for row in opened.items()]
    Run.write(opened.path, opened.manifest, rows)
    assert document(command("show", run, "-n", 1, "--json").out)[0]["responses"] == [[[None, False]]]
    assert next(opened.items()).responses == [[[-math.inf, False]]]


def test_tasks(command: Command) -> None:
    listed = document(command("tasks", "--json").out)
    assert {"procedural_math", "mgsm_ja_sakana"} <= {row["task"] for row in listed}
    shown = document(command("tasks", "procedural_reasoning_mc", "--item", 2, "--json").out)
    assert len(shown["choices"]) == 4
    assert shown["prompt"]


def test_export(command: Command, run: str) -> None:
    files = document(command("export", "lm-eval", run, "--json").out)
    assert all(Path(file).is_file() for file in files)
    assert len(files) == 3


def test_score(command: Command, run: str) -> None:
    rows = document(command("show", run, "--task", "procedural_math", "--json").out)
    responses = [json.dumps({"id": row["id"], "response": row["target"]}) for row in rows]
    Path("answers.jsonl").write_text("\n".join(responses), encoding="utf-8")
    found = command("score", "procedural_math", "answers.jsonl", "--json")
    (score, *_) = document(found.out)["scores"]
    assert (found.code, found.err) == (0, "")
    assert (score["value"], score["n"]) == (1.0, 3)


def test_bad_input_prints_no_document(command: Command) -> None:
    found = command("run", "nowhere", "--json")
    assert (found.code, found.out) == (2, "")

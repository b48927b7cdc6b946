"""`jaeval score`: responses that exist already get the published figures, and a row's own target counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Command

from jaeval.data import store
from jaeval.results.run import Run

SUBTASKS = {
    "jfinqa_numerical": "numerical_reasoning",
    "jfinqa_consistency": "consistency_checking",
    "jfinqa_temporal": "temporal_reasoning",
}


def write_lines(file: str, rows: list[dict[str, Any]]) -> str:
    Path(file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.mark.parametrize("model", ["gpt-4o-mini", "qwen2.5-3b-instruct"])
@pytest.mark.parametrize("task", SUBTASKS)
def test_published_responses_get_their_published_accuracy(
    command: Command, data_mirror: Path, task: str, model: str
) -> None:
    """jfinqa's own baselines: their responses, and the golds that stood beside them at the time."""
    stem = f"scripts/data/baselines/{model}"
    published = json.loads(store.read("jfinqa_baselines", f"{stem}_predictions.json"))
    summary = json.loads(next(data_mirror.rglob(f"{Path(stem).name}_results.json")).read_text())
    rows = [
        {"id": row["id"], "response": row["raw_response"], "target": row["gold"]}
        for row in published.values()
        if row["subtask"] == SUBTASKS[task]
    ]
    found = command("score", task, write_lines("answers.jsonl", rows), "--out", "run", "--json")
    assert found.code == 0, found.err
    scores = {score["metric"]: score for score in json.loads(found.out)["scores"]}
    expected = summary["by_subtask"][SUBTASKS[task]]
    assert scores["numerical_match"]["value"] == pytest.approx(expected["accuracy"])
    assert scores["numerical_match"]["n"] == expected["total"]


def targets(command: Command, number: int) -> list[dict[str, Any]]:
    shown = [json.loads(command("tasks", "procedural_math", "--item", i, "--json").out) for i in range(number)]
    return [{"id": i, "response": item["target"]} for i, item in enumerate(shown)]


def test_items_without_a_response_are_left_out_and_not_wrong(command: Command) -> None:
    rows = targets(command, 3)
    found = command("score", "procedural_math", write_lines("two.jsonl", [rows[2], rows[0]]), "--out", "run")
    assert (found.code, found.err) == (0, "")
    run = Run.open("run")
    assert (run.scores[0].value, run.scores[0].n) == (1.0, 2)
    assert [row.doc_id for row in run.items()] == [0, 2]
    assert run.recompute() == run.scores
    assert "Run: run" in found.out
    assert "request" not in found.out


def test_an_empty_response_is_wrong(command: Command) -> None:
    rows = [row | {"response": ""} for row in targets(command, 2)]
    assert command("score", "procedural_math", write_lines("empty.jsonl", rows), "--out", "run").code == 0
    assert (Run.open("run").scores[0].value, Run.open("run").scores[0].n) == (0.0, 2)


def test_reasoning_is_kept_apart(command: Command) -> None:
    (row,) = targets(command, 1)
    thought = {"id": 0, "response": f"<think>答えは0です。</think>\n{row['response']}"}
    assert command("score", "procedural_math", write_lines("thought.jsonl", [thought]), "--out", "run").code == 0
    (item,) = Run.open("run").items()
    assert (item.reasoning, item.responses) == (["答えは0です。"], [[row["response"]]])
    assert Run.open("run").scores[0].value == 1.0


def test_odd_responses_are_scored_and_shown(command: Command) -> None:
    rows = [
        {"id": 0, "response": "\ud83d"},
        {"id": 1, "response": "👨‍👩‍👧" * 50_000},
        {"id": 2, "response": "\x00\x1b[2J"},
    ]
    Path("odd.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert command("score", "procedural_math", "odd.jsonl", "--out", "run").code == 0
    assert [row.responses[0][0] for row in Run.open("run").items()] == [row["response"] for row in rows]
    shown = json.loads(command("show", "run", "-n", 9, "--json").out)
    assert [row["responses"][0][0] for row in shown] == [row["response"] for row in rows]
    assert command("show", "run", "-n", 9).code == 0

"""Boards by somebody else's rules: jp-stable on its real files, japanese-lm-fin-harness on files like its own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from jaeval.errors import BoardError
from jaeval.leaderboard.board import Row
from jaeval.leaderboard.leaderboard import Leaderboard
from jaeval.leaderboard.published import read_table, same
from jaeval.leaderboard.spec import PublishedTable

STABLE = "Stability-AI/lm-evaluation-harness/effdbeaf742e74ea1787871e99272c12146ba346"
CONTRADICTED = "rinna-japanese-gpt-neox-small"


def test_jp_stable_reproduces_16_of_17_rows_and_reports_the_seventeenth(data_mirror: Path) -> None:
    folder = data_mirror / STABLE
    with (folder / "published_table.csv").open(encoding="utf-8", newline="") as handle:
        published = {row.pop("model"): row for row in csv.DictReader(handle)}
    board = Leaderboard.open("jp-stable").build([folder / "models"]).built
    rows = {row.model: row for row in board.rows}
    assert len(published) == 17
    exact = []
    for model, printed in published.items():
        row = rows[model]
        ours = {"average": row.overall.value} | {key: cell.value for key, cell in row.cells.items()}
        printed.pop("eval script")
        assert printed.keys() == ours.keys()
        if all(value is not None and round(value * 100, 2) == float(printed[key]) for key, value in ours.items()):
            exact.append(model)
    assert sorted(exact) == sorted(set(published) - {CONTRADICTED})
    flags = {flag.column: flag.text["en"] for flag in rows[CONTRADICTED].flags if flag.kind == "contradiction"}
    assert flags == {
        "": "published as 31.12; its file gives 27.42",
        "jaqket_v2": "published as 31.78; its file gives 3.18",
    }
    assert board.notes[0]["en"] == "16 rows agree with the published table to the printed digit."
    assert "jaqket_v2 31.78 → 3.18" in board.notes[1]["en"]
    assert not [row for row in board.rows if row.model != CONTRADICTED and "contradiction" in kinds(row)]


def test_jp_stable_leaves_out_what_its_rules_leave_out_and_names_it(data_mirror: Path) -> None:
    board = Leaderboard.open("jp-stable").build([data_mirror / STABLE / "models"]).built
    assert len(board.rows) == 21, "17 published rows, and four models that came after the table"
    told = {entry.what: entry.why["en"] for entry in board.left_out}
    assert told["llama-7b (llama/llama-7b/result.json)"] == "has 4 tasks, and 8 are asked"
    assert "lies in community" in told.values()
    assert "lies in experiments" in told.values()
    assert {cell.n for row in board.rows for key, cell in row.cells.items() if key == "mgsm"} == {250}
    assert {cell.n for row in board.rows for key, cell in row.cells.items() if key == "marc_ja"} == {5654, 5734}


def kinds(row: Row) -> set[str]:
    return {flag.kind for flag in row.flags}


BENCHMARKS = ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1")
STAND_INS = {"1.0-0.1.2": "1.0-0.1", "1.0-0.2.1": "1.0-0.2"}


def write_model(models: Path, name: str, results: dict[str, list[float] | None]) -> None:
    """A model's folder: by version of the prompt its five scores, or None for a script without a result."""
    folder = models / name
    folder.mkdir(parents=True)
    for prompt, values in results.items():
        tasks = []
        for benchmark in BENCHMARKS:
            version = STAND_INS.get(prompt, prompt) if benchmark == "chabsa" else prompt
            tasks.append(benchmark if version == "default" else f"{benchmark}-{version}")
        script = f'MODEL_ARGS="pretrained={name}"\nTASK="{",".join(tasks)}"\npython main.py --model hf --tasks $TASK\n'
        (folder / f"harness-{prompt}.sh").write_text(script, "utf-8")
        if values is None:
            continue
        entries: dict[str, dict[str, Any]] = {}
        for task, value in zip(tasks, values, strict=True):
            entries[task] = {"acc,none": value, "acc_stderr,none": 0.05, "alias": task}
            if task.startswith("chabsa"):
                entries[task] |= {"acc,none": value / 2, "f1,none": value, "f1_stderr,none": "N/A"}
        content = {
            "results": entries,
            "versions": dict.fromkeys(tasks, 1.0),
            "n-shot": dict.fromkeys(tasks, 0),
            "config": {"model": "hf", "model_args": f"pretrained={name}"},
        }
        (folder / f"result-{prompt}.json").write_text(json.dumps(content), "utf-8")


@pytest.fixture
def pfnet_models(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    write_model(
        models,
        "org/better",
        {
            "default": [0.9, 0.5, 0.2, 0.3, 0.6],
            "1.0-0.1": [0.8, 0.6, 0.3, 0.4, 0.5],
            "1.0-0.1.2": [0.7, 0.6, 0.3, 0.4, 0.5],
            "1.0-0.2": [0.6, 0.1, 0.1, 0.1, 0.1],
            "1.0-0.2.1": [0.6, 0.0, 0.1, 0.1, 0.1],
        },
    )
    write_model(models, "org/tied", {"default": [0.5] * 5, "1.0-0.3": [0.4, 0.6, 0.5, 0.3, 0.7], "1.0-0.4": [0.5] * 5})
    write_model(models, "org/zeros", {"default": [0.6, 0.0, 0.0, 0.3, 0.6], "1.0-0.1": [0.3, 0.3, 0.3, 0.3, 0.3]})
    write_model(models, "api/one-prompt", {"default": [0.9, 0.8, 0.6, 0.7, 0.7]})
    write_model(models, "org/unfinished", {"default": [0.9] * 5, "1.0-0.1": None})
    return models


def test_pfnets_rules_on_files_of_its_layout(pfnet_models: Path) -> None:
    board = Leaderboard.open("pfnet-fin").build([pfnet_models]).built
    rows = {row.model: row.overall for row in board.rows}
    assert list(rows) == ["api/one-prompt", "org/better", "org/tied", "org/zeros"]
    best = rows["org/better"]
    assert (best.value, best.prompt, best.tried) == (pytest.approx(0.52), "1.0-0.1", 5)
    # The honest number beside it: the mean over the five prompts; zero is left out of the last one's mean.
    assert best.prompt_mean == pytest.approx((0.5 + 0.52 + 0.5 + 0.2 + 0.225) / 5)
    assert (best.low, best.high) == (None, None)
    tied = rows["org/tied"]
    assert (tied.value, tied.prompt) == (pytest.approx(0.5), "1.0-0.3"), "the first of equals by name"
    zeros = rows["org/zeros"]
    assert (zeros.value, zeros.prompt, zeros.skipped) == (pytest.approx(0.5), "default", ("cma_basics", "cpa_audit"))
    assert (rows["api/one-prompt"].tried, rows["api/one-prompt"].prompt) == (1, "default")
    assert [(entry.what, entry.why["en"]) for entry in board.left_out] == [
        ("org/unfinished", "its results are incomplete: result-1.0-0.1.json")
    ]


def test_pfnets_cells_are_those_of_the_chosen_prompt(pfnet_models: Path) -> None:
    board = Leaderboard.open("pfnet-fin").build([pfnet_models]).built
    cells = next(row.cells for row in board.rows if row.model == "org/better")
    assert [cell.value for cell in cells.values()] == [0.8, 0.6, 0.3, 0.4, 0.5]
    assert {(cell.prompt, cell.tried) for cell in cells.values()} == {("1.0-0.1", 5)}
    assert cells["cma_basics"].prompt_mean == pytest.approx((0.5 + 0.6 + 0.6 + 0.1 + 0.0) / 5)
    assert (cells["chabsa"].metric, cells["chabsa"].stderr) == ("", None), "macro F1, without a standard error"
    assert {column.key: column.metric for column in board.columns}["chabsa"] == "f1"
    assert cells["cma_basics"].provenance is not None
    assert cells["cma_basics"].provenance.source == "org/better/result-1.0-0.1.json"
    assert next(column for column in board.columns if column.key == "fp2").prompts == tuple(
        sorted(
            ["default", *(f"1.0-{version}" for version in ("0.1", "0.1.2", "0.2", "0.2.1", "0.3", "0.4", "0.5", "0.6"))]
        )
    )


@pytest.mark.parametrize(
    ("printed", "value", "agree"),
    [
        ("2", 2.0049, True),
        ("2", 2.0051, False),
        ("5.80", 5.8082, False),
        ("", None, True),
        ("-", 1.0, False),
        ("1", None, False),
        ("nan", 1.0, False),
    ],
)
def test_a_printed_number_agrees_to_its_digits(printed: str, value: float | None, agree: bool) -> None:
    assert same(printed, value, 2) is agree


def test_a_published_table_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("model,mean\nm,1\n", "utf-8")
    with pytest.raises(BoardError, match=r"table\.csv: average: the column is missing"):
        read_table(PublishedTable(file="table.csv"), file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BoardError, match="cannot be read"):
        read_table(PublishedTable(file="table.csv"), file)

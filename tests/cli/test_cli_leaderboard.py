"""`jaeval leaderboard` and `jaeval compare` from the shell."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from command_line import Command, Finished

BOARD = """
title: {ja: 表, en: A board}
description: {ja: "", en: ""}
tasks: [{task: procedural_math}, {task: procedural_reasoning_mc, chance: 0.25}]
"""
TASKS = ["procedural_math", "procedural_reasoning_mc"]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of the same items."""
    import jaeval

    folder = tmp_path_factory.mktemp("results") / "runs"
    for name, seed in (("one", 1), ("two", 2)):
        out = folder / name
        jaeval.evaluate(name, TASKS, limit=6, engine="scripted_engines:make", seed=seed, out=out, cache=False)
    return folder


@pytest.fixture
def results(runs: Path, elsewhere: Path) -> Path:
    """A folder with a definition and the runs."""
    (elsewhere / "board.yaml").write_text(BOARD, "utf-8")
    shutil.copytree(runs, elsewhere / "runs")
    return elsewhere


def build(command: Command, *more: object) -> Finished:
    return command("leaderboard", "build", "board.yaml", "-r", "runs", "-o", "site", *more)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_site_is_built_and_built_again_byte_for_byte(command: Command, results: Path) -> None:
    found = build(command)
    assert (found.code, found.out) == (0, "site/board.html: 2 models, 2 tasks\n"), found.err
    before = files(results / "site")
    assert "board.html" in before
    assert build(command).code == 0
    assert files(results / "site") == before
    assert not list(results.glob(".site*"))


def test_other_boards_of_a_site_stay(command: Command, results: Path) -> None:
    build(command)
    (results / "other.yaml").write_text(BOARD, "utf-8")
    assert command("leaderboard", "build", "other.yaml", "-r", "runs", "-o", "site").code == 0
    assert {"board.html", "other.html", "index.html"} <= files(results / "site").keys()


def test_a_failed_build_leaves_the_old_site_as_it_was(command: Command, results: Path) -> None:
    build(command)
    before = files(results / "site")
    (results / "runs" / "bad.json").write_text('{"results": {"a": {"acc,none": "x"}}, "config": {}}', "utf-8")
    found = build(command)
    assert found.code == 2
    assert "runs/bad.json: results.a.acc,none" in found.err
    assert files(results / "site") == before
    found = build(command, "--skip-bad")
    assert (found.code, found.out) == (0, "site/board.html: 2 models, 2 tasks\n")
    assert "left out: runs/bad.json: results.a.acc,none" in found.err


def test_a_file_in_the_sites_place_is_not_replaced(command: Command, results: Path) -> None:
    (results / "site").write_text("mine", "utf-8")
    found = build(command)
    assert (found.code, (results / "site").read_text("utf-8")) == (2, "mine")
    assert "is no folder" in found.err


def test_a_table_in_every_format(command: Command, results: Path) -> None:
    def table(*more: object) -> Finished:
        return command("leaderboard", "table", "board.yaml", "-r", "runs", *more)

    assert table().out.startswith("# A board\n\n| rank | model | overall |")
    assert table("--language", "ja").out.startswith("# 表\n")
    assert table("-f", "latex").out.startswith("\\begin{tabular}")
    text = pd.read_csv(io.StringIO(table("-f", "csv").out))
    assert sorted(text["model"]) == ["one", "two"]
    assert table("-f", "parquet", "-o", "board.parquet").out == "board.parquet\n"
    assert sorted(pd.read_parquet("board.parquet")["model"]) == ["one", "two"]
    content = json.loads(table("--json").out)
    assert (content["models"], len(content["rows"])) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-f", "xlsx"), "no format 'xlsx'"),
        (("-f", "parquet"), "Give --out FILE"),
        (("--language", "fr"), "no language 'fr'"),
        (("-f", "csv", "-o", "no/such/folder.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused(command: Command, results: Path, arguments: tuple[str, ...], told: str) -> None:
    found = command("leaderboard", "table", "board.yaml", "-r", "runs", *arguments)
    assert (found.code, found.out) == (2, "")
    assert told in found.err


def test_the_boards_that_come_with_jaeval(command: Command) -> None:
    assert "jp-stable" in command("leaderboard", "list").out
    listed = json.loads(command("leaderboard", "list", "--json").out)
    assert [entry["leaderboard"] for entry in listed] == ["ja-core", "ja-finance", "ja-math", "jp-stable", "pfnet-fin"]


def test_two_runs_are_compared_on_their_shared_items(command: Command, results: Path) -> None:
    found = command("compare", "runs/one", "runs/two")
    assert found.code == 0, found.err
    assert found.out.startswith("A one   B two\n")
    assert "procedural_math" in found.out
    assert "Over 2 tasks, each with the same weight: A − B" in found.out
    content = json.loads(command("compare", "runs/one", "runs/two", "--json").out)
    assert [task["test"]["n"] for task in content["tasks"]] == [6, 6]
    assert content["items_differing"] == sum(
        task["test"]["first_better"] + task["test"]["second_better"] for task in content["tasks"]
    )
    one = json.loads(command("compare", "runs/one", "runs/two", "-t", "procedural_math", "--json").out)
    assert [task["task"] for task in one["tasks"]] == ["procedural_math"]


def test_what_cannot_be_compared_is_refused(command: Command, results: Path) -> None:
    found = command("compare", "runs", "runs/two")
    assert (found.code, found.out) == (2, "")
    assert "holds 2 results" in found.err
    found = command("compare", "runs/one", "runs/two", "-t", "nope")
    assert "has no items of 'nope' with a number" in found.err

"""`jaeval.Leaderboard`: a table of runs on disk, and the weights and the number that a fitness takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jaeval
from jaeval.errors import BoardError, JaevalError
from jaeval.leaderboard.definitions import shipped

BOARD = """
title: {ja: 表, en: board}
description: {ja: "", en: ""}
tasks: [{task: sums, weight: 3}, {task: quiz}]
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / "board.yaml").write_text(BOARD, "utf-8")
    for name, sums, quiz in (("one", 0.5, 0.25), ("two", 0.75, 0.5)):
        content = {
            "results": {"sums": {"acc,none": sums, "acc_stderr,none": 0.05}, "quiz": {"acc,none": quiz}},
            "config": {"model_args": f"pretrained=org/{name}"},
            "configs": {},
        }
        folder = tmp_path / "results" / name
        folder.mkdir(parents=True)
        (folder / "results_2026-11-24T00-00-00.json").write_text(json.dumps(content), "utf-8")
    return tmp_path


def test_a_table_of_result_files(results: Path) -> None:
    leaderboard = jaeval.Leaderboard.open(results / "board.yaml").build([results / "results"])
    table = leaderboard.table()
    assert table["model"].tolist() == ["org/two", "org/one"]
    assert table["overall"].tolist() == pytest.approx([68.75, 43.75])
    assert table["source"].tolist() == [f"{name}/results_2026-11-24T00-00-00.json" for name in ("two", "one")]
    assert leaderboard.weights == {"sums": 0.75, "quiz": 0.25}


def test_the_fitness_gets_the_boards_own_number(results: Path) -> None:
    leaderboard = jaeval.Leaderboard.open(results / "board.yaml")
    built = leaderboard.build([results / "results"])
    for row in built.built.rows:
        assert leaderboard.score({key: cell.value or 0.0 for key, cell in row.cells.items()}) == row.overall.value
    with pytest.raises(BoardError, match="no score of quiz"):
        leaderboard.score({"sums": 0.5})


@pytest.mark.parametrize("name", sorted(shipped()))
@given(data=st.data())
def test_a_score_is_the_weighted_mean_on_every_shipped_board(name: str, data: st.DataObject) -> None:
    leaderboard = BOARDS.setdefault(name, jaeval.Leaderboard.open(name))
    scores = {task: data.draw(st.floats(0.01, 1)) for task in leaderboard.weights}
    expected = sum(weight * scores[task] for task, weight in leaderboard.weights.items())
    assert leaderboard.score(scores) == pytest.approx(expected)


BOARDS: dict[str, jaeval.Leaderboard] = {}


def test_pfnets_rule_takes_the_best_prompt_and_skips_zeros() -> None:
    leaderboard = jaeval.Leaderboard.open("pfnet-fin")
    tasks = ("cma_basics", "cpa_audit", "fp2", "security_sales_1")
    worse = {f"fin_{task}": 0.3 for task in ("chabsa", *tasks)}
    better = {"fin_chabsa_0_1": 0.8} | {f"fin_{task}_0_1": 0.4 for task in tasks} | {"fin_fp2_0_1": 0.0}
    assert leaderboard.score(worse) == pytest.approx(0.3)
    assert leaderboard.score(worse | better) == pytest.approx((0.8 + 3 * 0.4) / 4)


def test_a_bad_file_stops_the_build_or_is_named(results: Path) -> None:
    (results / "results" / "bad.json").write_text('{"results": {"sums": {"acc,none": "x"}}, "config": {}}', "utf-8")
    leaderboard = jaeval.Leaderboard.open(results / "board.yaml")
    with pytest.raises(JaevalError, match=r"bad\.json: results\.sums\.acc,none"):
        leaderboard.build([results / "results"])
    told: list[JaevalError] = []
    board = leaderboard.build([results / "results"], bad=told.append).built
    assert len(told) == 1
    assert [entry.what for entry in board.left_out] == ["bad.json"]
    assert "results.sums.acc,none" in board.left_out[0].why["en"]
    assert str(results) not in board.left_out[0].why["en"]


def test_several_paths_are_told_apart_by_their_names(results: Path) -> None:
    paths = [results / "results" / "one", results / "results" / "two"]
    board = jaeval.Leaderboard.open(results / "board.yaml").build(paths).built
    assert [entry.path for entry in board.built_from] == [
        f"{name}/results_2026-11-24T00-00-00.json" for name in ("one", "two")
    ]


def test_nothing_is_there_before_it_is_built(results: Path) -> None:
    leaderboard = jaeval.Leaderboard.open(results / "board.yaml")
    with pytest.raises(BoardError, match=r"is not built yet\. Call build"):
        leaderboard.table()
    with pytest.raises(BoardError, match="no results given"):
        leaderboard.build([])

"""What the page's script gets to know of a board."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from test_page_columns import unpack

from jaeval.leaderboard.board import Board, Cell, Column, Flag, Provenance, Row, Total
from jaeval.leaderboard.page.embed import json_block, json_text, policy
from jaeval.leaderboard.page.payload import board_payload, column_ids
from jaeval.results.submission import Submission

TEXT = {"ja": "表", "en": "table"}
ORIGIN = Provenance("a.json", "lm-eval", "lm-eval", "0.4.9", "2026-11-01", settings={"dtype": "bfloat16"})


def column(key: str = "task", **more: Any) -> Column:
    return Column(key, key, "acc", "none", TEXT, TEXT, **more)


def board(*rows: Row, columns: tuple[Column, ...] = (column(),), **more: Any) -> Board:
    return Board("b", TEXT, TEXT, columns, rows, TEXT, **more)


def row(model: str = "m", cell: Cell | None = None, **more: Any) -> Row:
    return Row(model, Total(None), {"task": cell or Cell(0.5, provenance=ORIGIN)}, provenance=(ORIGIN,), **more)


def test_a_number_keeps_its_interval_to_the_digit() -> None:
    cell = Cell(0.61234, 0.01551, 0.58111, 0.64329, "wilson", 987, provenance=ORIGIN)
    told = board_payload(board(row(cell=cell)))["columns"][0]
    value, stderr, below, above = (unpack(told[name])[0] for name in ("value", "stderr", "below", "above"))
    assert (value, stderr, value - below, value + above) == (6123, 155, 5811, 6433)
    assert (told["n"], told["method"]) == ([987], ["wilson"])


def test_missing_is_missing_and_says_why() -> None:
    told = board_payload(board(row(cell=Cell(None, reason="no submission has it"))))["columns"][0]
    assert (told["value"], told["origin"], told["reason"]) == ([None], [None], ["no submission has it"])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_finite_number_is_missing(value: float) -> None:
    bad = Cell(value, value, value, value, n=3, normalised=value, constant_level=value, prompt_mean=value)
    told = board_payload(board(replace(row(cell=bad), overall=Total(value, value, value, value, value))))
    assert told["columns"][0]["value"] == told["overall"]["value"] == [None]
    assert "NaN" not in json_text(told)


def test_origins_are_told_once() -> None:
    task = replace(ORIGIN, task_version="2", num_fewshot=4, data_hash="abc")
    other = replace(ORIGIN, source="b.json")
    rows = [row("one", Cell(0.5, provenance=task)), row("two", Cell(0.5, provenance=other))]
    told = board_payload(board(*rows))
    assert [origin[0] for origin in told["origins"]] == ["a.json", "b.json"]
    assert told["models"]["origins"] == [[0], [0, 1]]
    assert told["columns"][0]["origin"] == [0, 1]
    assert told["columns"][0]["protocols"] == [["2", 4, "abc"], ["", None, ""]]
    assert told["origins"][0][6] == [["dtype", "bfloat16"]]


def test_flags_are_told_once_and_not_where_the_cell_says_it() -> None:
    cell = Cell(0.25, constant=True, constant_level=0.25, failed=2, provenance=ORIGIN)
    flags = (
        Flag("constant", TEXT, "task"),
        Flag("failed", TEXT, "task"),
        Flag("conflict", TEXT),
        Flag("mixed", TEXT, "task"),
    )
    told = board_payload(board(row("one", cell, flags=flags), row("two", flags=flags[2:])))
    assert told["models"]["flags"] == [["conflict", -1, TEXT, [0, 1]], ["mixed", 0, TEXT, [0, 1]]]


def test_names_of_the_pages_own_columns_are_not_taken() -> None:
    ids = column_ids([column(key) for key in ("overall", "d0", "place", "mgsm_ja", "Overall")])
    assert ids[3] == "mgsm_ja"
    assert not {"overall", "d0", "place", "model", "pick"} & set(ids)
    assert len(set(ids)) == 5


def test_items_are_announced(demo: tuple[Board, dict[str, Submission]]) -> None:
    shown, _ = demo
    first = shown.rows[0].model
    told = board_payload(shown, {(first, "invented_exam")})
    found = {entry["key"]: sum(unpack(entry["items"])) for entry in told["columns"]}
    assert found.pop("invented_exam") == 1
    assert set(found.values()) == {0}


def test_json_in_html_has_no_way_out() -> None:
    hostile = {"name": "</script><!--<script>alert(1)</script>", "line": "a\u2028b\u2029c", "amp": "&lt;"}
    text = str(json_block(hostile))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == hostile


def test_nan_cannot_be_embedded() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_block({"value": math.nan})


def test_only_the_pages_own_scripts_run() -> None:
    told = policy(["a()", "b()"])
    assert told.startswith("default-src 'none'; script-src 'sha256-")
    assert told.count("'sha256-") == 2
    assert "unsafe-inline" not in told.split("style-src")[0]
    assert told.endswith("img-src data:; base-uri 'none'; form-action 'none'")

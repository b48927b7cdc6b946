"""The board as a table: every number for programs, harmless text for readers."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_submissions import ROOT, score, spec, submission

from jaeval.leaderboard.board import Board, Rank
from jaeval.leaderboard.build import build_board
from jaeval.leaderboard.columns import slots_of
from jaeval.leaderboard.printed import latex_text, markdown_text, number, rank_text
from jaeval.leaderboard.table import wide_table, write_table

HOSTILE = '=HYPERLINK("http://example.com")|<script>\n[x](javascript:alert(1))\\end{tabular}'


def board(*models: str) -> Board:
    definition = spec({"task": "a", "chance": 0.25, "domain": "x"}, {"task": "b", "domain": "y"})
    given = [
        submission(model, score("a", 0.6 - place / 10, n=100), score("b", 0.5, n=100), file=f"{place}.json")
        for place, model in enumerate(models)
    ]
    incomplete = submission("part", score("a", 0.2, n=100), file="part.json")
    return build_board(definition, slots_of(definition), [(ROOT, [*given, incomplete])]).board


def test_the_wide_table_has_every_number_in_points() -> None:
    table = wide_table(board("m", "n"))
    assert table["model"].tolist() == ["m", "n", "part"]
    assert table["overall"].tolist()[:2] == pytest.approx([55.0, 50.0])
    assert table["domain_x"].tolist() == pytest.approx([60.0, 50.0, 20.0])
    assert table["a_n"].tolist() == [100, 100, 100]
    assert table["a_no_better_than_constant"].tolist() == [False, False, True]
    assert pd.isna(table["overall"][2])
    assert pd.isna(table["b"][2])
    assert table["flags"][2].startswith("no number for: b; a: not shown to be better")


def test_parquet_and_csv_hold_the_same_numbers() -> None:
    made = board("m", HOSTILE)
    parquet = pd.read_parquet(io.BytesIO(write_table(made, "parquet")))
    text = pd.read_csv(io.BytesIO(write_table(made, "csv")))
    assert parquet["model"].tolist() == ["m", HOSTILE, "part"]
    assert text["overall"].tolist() == pytest.approx(parquet["overall"].tolist(), nan_ok=True)
    assert list(text.columns) == list(parquet.columns)


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: name != "part"))
def test_no_cell_of_a_csv_is_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(write_table(board(name), "csv").decode(), newline="")))
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)
    assert rows[1][3].removeprefix("'") == name.removeprefix("'")


def test_a_lone_carriage_return_in_a_name_breaks_no_row_of_a_csv() -> None:
    text = write_table(board("a\rb,c", "d\ne"), "csv")
    for newline in ("", None):  # as csv asks for it, and as most programs open a file
        opened = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=newline)
        rows = list(csv.reader(opened))
        assert [row[3].replace("\r", "\n") for row in rows] == ["model", "a\nb,c", "d\ne", "part"]
        assert len({len(row) for row in rows}) == 1
    assert text.count(b"\r\n") == 4, "one for each row"
    assert text.endswith(b"\r\n")


def test_markdown_shows_ranks_errors_and_what_was_left_out() -> None:
    text = write_table(board("m", HOSTILE), "md").decode()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == "| rank | model | overall | x | y | a | b |"
    assert rows[2].startswith("| 1 (1–2) | m | 55.00 ± 3.52 | 60.00 ± 4.92 |")
    assert rows[4] == "| – | part | – | 20.00 ± 4.02 | – | 20.00 ± 4.02\\* | – |"
    assert len(rows) == 5
    assert all(row.replace(r"\|", "").count("|") == 8 for row in rows)
    assert r"\<script\> \[x\](javascript" in rows[3]
    assert "constant answer" in text


def test_latex_is_one_table_whatever_models_are_called() -> None:
    text = write_table(board("50%_a", HOSTILE), "latex", "ja").decode()
    assert text.count(r"\end{tabular}") == 1
    assert r"50\%\_a" in text
    assert "順位 & モデル & 総合" in text
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert all(row.replace(r"\&", "").count("&") == 6 for row in rows)


@given(st.text(max_size=20))
def test_texts_stay_in_their_line_and_cell(text: str) -> None:
    for made in (markdown_text(text), latex_text(text)):
        assert "\n" not in made
        assert "\x1b" not in made
    assert "|" not in markdown_text(text).replace(r"\|", "")
    assert "%" not in latex_text(text).replace(r"\%", "")


def test_places_and_scores_in_words() -> None:
    assert [rank_text(rank) for rank in (None, Rank(3), Rank(3, 1, 7))] == ["–", "3", "3 (1–7)"]
    assert [number(None, 0.1, 100), number(0.5, None, 100), number(0.5, 0.0123, 100)] == ["–", "50.00", "50.00 ± 1.23"]

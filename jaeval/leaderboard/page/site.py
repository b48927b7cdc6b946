"""A board's site: a plain folder for any static host."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from jaeval.leaderboard.board import Board, Cell, Column, Row
from jaeval.leaderboard.page.index import write_index
from jaeval.leaderboard.page.payload import column_ids
from jaeval.leaderboard.page.plain_text import file_stem, slugs
from jaeval.leaderboard.page.render import render_page
from jaeval.leaderboard.page.shards import encode_items, shard_name, shard_script
from jaeval.results.submission import ItemScore, Submission


def write_site(
    board: Board,
    submissions: Mapping[str, Submission],
    out: Path,
    *,
    inline_items: bool = False,
    withheld: Collection[str] = (),
) -> list[Path]:
    """Write a board's page and its items.

    Args:
        board: what the page shows.
        submissions: by the model's name in the board's rows; gives the items, their tasks called as the board's
            columns are. May be empty.
        out: the site's folder; other boards may already be in it.
        inline_items: put the items into the page instead of beside it.
        withheld: keys of columns whose data may not be passed on: of their items only hash and score are published.

    Returns:
        Every file written: the page, its item files, the index of all boards in the folder, and `.nojekyll`, without
        which GitHub Pages would take the site for the source of another one.
    """
    out.mkdir(parents=True, exist_ok=True)
    stem = file_stem(board.name)
    folder = out / f"{stem}.items"
    if folder.is_dir():  # items of models that are no longer on the board
        shutil.rmtree(folder)
    written: list[Path] = []
    with_items: set[tuple[str, str]] = set()
    inline: dict[str, str] = {}
    for model, column, name, encoded in encoded_items(board, submissions, withheld):
        with_items.add((model, column))
        if inline_items:
            inline[name] = encoded
        else:
            written.append(folder / f"{name}.js")
            written[-1].parent.mkdir(parents=True, exist_ok=True)
            written[-1].write_text(shard_script(name, encoded), encoding="ascii", newline="\n")
    page = out / f"{stem}.html"
    text = render_page(board, with_items=with_items, items=inline, withheld=withheld)
    page.write_text(text, encoding="utf-8", newline="\n")
    marker = out / ".nojekyll"
    marker.write_bytes(b"")
    return [page, *written, write_index(out), marker]


def encoded_items(
    board: Board, submissions: Mapping[str, Submission], withheld: Collection[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Model, column key, name and content of every item file, one model in memory at a time."""
    columns = list(zip(board.columns, column_ids(board.columns), strict=True))
    for row, model_id in zip(board.rows, slugs([row.model for row in board.rows]), strict=True):
        if row.model not in submissions:
            continue
        items = _by_score(submissions[row.model], _wanted(board, row))
        for column, column_id in columns:
            found = items.get(score_of(column, row.cells[column.key]))
            if found:
                encoded = encode_items(found, withheld=column.withheld or column.key in withheld)
                yield row.model, column.key, shard_name(model_id, column_id), encoded


def score_of(column: Column, cell: Cell) -> tuple[str, str, str]:
    """Under which task, metric and filter the board hands out a cell's items: the task is called as the column is."""
    return column.key, cell.metric or column.metric, cell.filter or column.filter


def _wanted(board: Board, row: Row) -> set[tuple[str, str, str]]:
    return {score_of(column, row.cells[column.key]) for column in board.columns}


def _by_score(
    submission: Submission, wanted: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[ItemScore]]:
    found: dict[tuple[str, str, str], list[ItemScore]] = defaultdict(list)
    for item in submission.items():
        key = (item.task, item.metric, item.filter)
        if key in wanted:
            found[key].append(item)
    return found

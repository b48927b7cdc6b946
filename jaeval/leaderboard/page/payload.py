"""What the page's script gets to know: a board as JSON, by column, in whole numbers.

Names of fields are spelt out in the page's `data.js`, which is the only reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from jaeval import __version__
from jaeval.leaderboard.board import Board, Cell, Column, Row, Total
from jaeval.leaderboard.page.columns import Packed, fixed, pack
from jaeval.leaderboard.page.flags import flag_groups
from jaeval.leaderboard.page.origins import Origins
from jaeval.leaderboard.page.plain_text import both, file_stem, label, link, slugs

Json = dict[str, Any]


_TAKEN = re.compile(r"overall|place|model|pick|d[0-9]+")
"""Names of the page's own columns."""


def column_ids(columns: Iterable[Column]) -> list[str]:
    """How addresses and item files call the columns."""
    return slugs([f"{column.key} column" if _TAKEN.fullmatch(column.key) else column.key for column in columns])


def digits_of(scale: float) -> int:
    """Decimals that are displayed: one for percentages, two for metrics without a scale."""
    return 1 if scale == 100 else 2


def board_payload(board: Board, with_items: Collection[tuple[str, str]] = ()) -> Json:
    """The whole board. `with_items` names the (model, column key) pairs that have an item file."""
    origins = Origins()
    place = {column.key: index for index, column in enumerate(board.columns)}
    digits = digits_of(board.scale)
    rows = board.rows
    return {
        "version": __version__,
        "name": label(board.name),
        "stem": file_stem(board.name),
        "title": both(board.title, 200),
        "description": both(board.description, 4000),
        "rule": both(board.rule, 4000),
        "rankMethod": both(board.rank_method, 4000),
        "normalisation": board.normalisation,
        "date": label(board.date),
        "scale": board.scale,
        "digits": digits,
        "domains": [label(domain) for domain in board.domains],
        "licences": [[label(of), label(licence)] for of, licence in sorted(board.licences.items())],
        "leftOut": [[label(entry.what), both(entry.why)] for entry in board.left_out],
        "notes": [both(note, 2000) for note in board.notes],
        "inputs": [[label(entry.path), label(entry.sha256, 64)] for entry in board.built_from],
        "models": _models(rows, place, origins),
        "overall": _totals([row.overall for row in rows], place, board.scale, digits),
        "byDomain": [
            _totals([row.domains.get(domain, Total(None)) for row in rows], place, board.scale, digits)
            for domain in board.domains
        ],
        "columns": [
            _column(column, column_id, rows, origins, with_items)
            for column, column_id in zip(board.columns, column_ids(board.columns), strict=True)
        ],
        "origins": origins.table,
    }


def _models(rows: Iterable[Row], place: dict[str, int], origins: Origins) -> Json:
    rows = list(rows)
    return {
        "name": [label(row.model) for row in rows],
        "id": slugs([row.model for row in rows]),
        "place": pack([row.rank.place if row.rank else None for row in rows]),
        "first": pack([row.rank.low if row.rank else None for row in rows]),
        "last": pack([row.rank.high if row.rank else None for row in rows]),
        "parameters": pack([row.details.parameters for row in rows]),
        "licence": pack([label(row.details.licence, 60) for row in rows]),
        "kind": pack([label(row.details.kind, 60) for row in rows]),
        "url": pack([link(row.details.url) for row in rows]),
        "origins": [origins.of_row(row) for row in rows],
        "flags": flag_groups(rows, place),
    }


def _totals(totals: list[Total], place: dict[str, int], scale: float, digits: int) -> Json:
    return {
        **_interval(totals, scale, digits),
        "normalised": pack([fixed(total.normalised, scale, digits) for total in totals]),
        "missing": [[place[key] for key in total.missing if key in place] for total in totals],
        "skipped": [[place[key] for key in total.skipped if key in place] for total in totals],
        "prompt": pack([label(total.prompt, 60) for total in totals]),
        "tried": pack([total.tried for total in totals]),
        "promptMean": pack([fixed(total.prompt_mean, scale, digits) for total in totals]),
    }


def _interval(numbers: Iterable[Cell | Total], scale: float, digits: int) -> dict[str, Packed]:
    """Value and standard error, and how far below and above the value the interval reaches."""
    numbers = list(numbers)
    values = [fixed(number.value, scale, digits) for number in numbers]

    def reach(bounds: list[float | None], sign: int) -> list[int | None]:
        ends = [fixed(bound, scale, digits) for bound in bounds]
        pairs = zip(values, ends, strict=True)
        return [None if value is None or end is None else sign * (end - value) for value, end in pairs]

    return {
        "value": pack(values),
        "stderr": pack([fixed(number.stderr, scale, digits) for number in numbers]),
        "below": pack(reach([number.low for number in numbers], -1)),
        "above": pack(reach([number.high for number in numbers], 1)),
    }


def _column(
    column: Column, column_id: str, rows: Iterable[Row], origins: Origins, with_items: Collection[tuple[str, str]]
) -> Json:
    rows = list(rows)
    cells = [row.cells[column.key] for row in rows]
    digits = digits_of(column.scale)

    def each(read: Callable[[Cell], Any]) -> Packed:
        return pack([read(cell) for cell in cells])

    protocols, protocol = origins.protocols(cells)
    return {
        "id": column_id,
        "key": label(column.key),
        "task": label(column.task),
        "metric": label(column.metric, 60),
        "filter": label(column.filter, 60),
        "title": both(column.title, 200),
        "description": both(column.description, 2000),
        "domain": label(column.domain),
        "weight": column.weight,
        "chance": None if column.chance is None else round(100 * column.chance, 4),  # in points, whatever the scale
        "up": column.higher_is_better,
        "scale": column.scale,
        "digits": digits,
        "prompts": [label(prompt, 60) for prompt in column.prompts[:100]],
        **_interval(cells, column.scale, digits),
        "n": each(lambda cell: cell.n),
        "method": each(lambda cell: label(cell.method, 40)),
        "failed": each(lambda cell: cell.failed),
        "truncated": each(lambda cell: cell.truncated),
        "prompt": each(lambda cell: label(cell.prompt, 60)),
        "tried": each(lambda cell: cell.tried),
        "promptMean": each(lambda cell: fixed(cell.prompt_mean, column.scale, digits)),
        "constant": each(lambda cell: int(cell.constant)),
        "level": each(lambda cell: fixed(cell.constant_level, column.scale, digits)),
        "ownMetric": each(lambda cell: label(cell.metric, 60)),
        "ownFilter": each(lambda cell: label(cell.filter, 60)),
        "reason": each(lambda cell: label(cell.reason)),
        "origin": pack([origins.of_cell(index, cell) for index, cell in enumerate(cells)]),
        "protocols": protocols,
        "protocol": pack(protocol),
        "items": pack([int((row.model, column.key) in with_items) for row in rows]),
    }

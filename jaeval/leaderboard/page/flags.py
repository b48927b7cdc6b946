"""What a reader must know of rows, each text once: many models share a caveat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jaeval.leaderboard.board import Cell, Flag, Row
from jaeval.leaderboard.page.plain_text import both


def flag_groups(rows: Iterable[Row], place: Mapping[str, int]) -> list[list[Any]]:
    """Flags as [kind, place of the column or −1, text in both languages, places of the rows that have it].

    What a cell's own numbers say (constant, failed, truncated) is left out: the page words it from them.
    """
    groups: dict[tuple[str, int, str], list[int]] = {}
    for index, row in enumerate(rows):
        for flag in row.flags:
            if not _is_told(flag, row.cells.get(flag.column)):
                text = json.dumps(both(flag.text), sort_keys=True)
                groups.setdefault((flag.kind, place.get(flag.column, -1), text), []).append(index)
    return [[kind, column, json.loads(text), found] for (kind, column, text), found in groups.items()]


def _is_told(flag: Flag, cell: Cell | None) -> bool:
    if cell is None:
        return False
    return (
        (flag.kind == "constant" and cell.constant)
        or (flag.kind == "failed" and cell.failed > 0)
        or (flag.kind == "truncated" and cell.truncated > 0)
    )

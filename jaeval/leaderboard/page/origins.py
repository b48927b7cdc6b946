"""Where numbers came from, each origin once: a thousand models of a hundred tasks share few."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jaeval.leaderboard.board import Cell, Provenance, Row
from jaeval.leaderboard.page.plain_text import flat, label


class Origins:
    """Collects origins. `table` is what the page gets: one list for each distinct origin.

    Rows must be told before their cells: `of_row` numbers a row's origins, `of_cell` says which of them a cell has.
    """

    def __init__(self) -> None:
        self.table: list[list[Any]] = []
        self._places: dict[tuple[Any, ...], int] = {}
        self._rows: list[list[int]] = []
        # `id` is safe here: the board keeps every dictionary alive while its page is made.
        self._settings: dict[int, str] = {}

    def of_row(self, row: Row) -> list[int]:
        """Places in `table` of a row's submissions. The list grows when a cell turns out to have another origin."""
        self._rows.append(list(dict.fromkeys(self._place(origin) for origin in row.provenance)))
        return self._rows[-1]

    def of_cell(self, row: int, cell: Cell) -> int | None:
        """Which of its row's origins a cell has; None where it has none."""
        if cell.provenance is None:
            return None
        own, place = self._rows[row], self._place(cell.provenance)
        if place not in own:
            own.append(place)
        return own.index(place)

    def protocols(self, cells: Iterable[Cell]) -> tuple[list[list[Any]], list[int | None]]:
        """A column's distinct (version, few-shots, data hash), and which of them each cell has."""
        table: dict[tuple[str, int | None, str], int] = {}
        places: list[int | None] = []
        for cell in cells:
            origin = cell.provenance
            if origin is None:
                places.append(None)
            else:
                key = (label(origin.task_version, 40), origin.num_fewshot, label(origin.data_hash, 64))
                places.append(table.setdefault(key, len(table)))
        return [list(key) for key in table], places

    def _place(self, origin: Provenance) -> int:
        settings = self._settings.get(id(origin.settings))
        if settings is None:
            settings = json.dumps(flat(origin.settings))
            self._settings[id(origin.settings)] = settings
        key = (origin.source, origin.format, origin.harness, origin.harness_version, origin.date, origin.weight_hash)
        place = self._places.setdefault((*key, settings), len(self.table))
        if place == len(self.table):
            self.table.append([*(label(part, 200) for part in key), json.loads(settings)])
        return place

"""A board against a table that was published elsewhere: which rows agree to the printed digit, and which do not."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jaeval.errors import BoardError
from jaeval.leaderboard.board import Column, Flag, Row, Text
from jaeval.leaderboard.spec import PublishedTable

LARGEST = 10_000_000
"""Bytes of a published table."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that a published table gives otherwise.

    Attributes:
        model: the row's.
        column: the column's key; empty for the overall number.
        published, found: in points, as printed and as it follows from the files.
        cut: it differs only because its last digit was cut off instead of rounded.
    """

    model: str
    column: str
    published: str
    found: str
    cut: bool = False


def find_table(table: PublishedTable, roots: Iterable[Path]) -> Path | None:
    """The table's file: in a results folder, or beside it."""
    for root in roots:
        for folder in (root, root.parent):
            if (folder / table.file).is_file():
                return folder / table.file
    return None


def read_table(table: PublishedTable, file: Path) -> dict[str, dict[str, str]]:
    """A published table's rows by model.

    Raises:
        BoardError: it is no CSV table, or lacks a column.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise BoardError("is too large for a published table", file=file)
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            header = reader.fieldnames or []
            for name in (table.model, table.overall, *table.columns.values()):
                if name not in header:
                    raise BoardError("the column is missing", file=file, field=name)
            return {row[table.model] or "": {key: value or "" for key, value in row.items() if key} for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BoardError(f"cannot be read ({error})", file=file) from error


def compare_with(
    table: PublishedTable, published: Mapping[str, Mapping[str, str]], rows: Sequence[Row], columns: Sequence[Column]
) -> tuple[list[Difference], list[str], int]:
    """Compare a board with a published table.

    Returns:
        What differs; the published models that the board lacks; and how many rows agree in every number.
    """
    ours = {name: row for row in rows for name in (row.model, row.model.rpartition("/")[2])}
    scales = {column.key: column.scale for column in columns}
    differences: list[Difference] = []
    absent, agreeing = [], 0
    for name, printed in published.items():
        if name not in ours:
            absent.append(name)
            continue
        row = ours[name]
        numbers = {"": (table.overall, row.overall.value, 100.0)}
        for key, column in table.columns.items():
            if key in row.cells:
                numbers[key] = (column, row.cells[key].value, scales[key])
        found = [
            _difference(row.model, key, printed[column], None if value is None else value * scale, table.digits)
            for key, (column, value, scale) in numbers.items()
            if not same(printed[column], None if value is None else value * scale, table.digits)
        ]
        differences += found
        agreeing += not found
    return differences, absent, agreeing


def same(printed: str, value: float | None, digits: int) -> bool:
    """Whether a number, rounded, is the printed one; half a digit may have been rounded either way.

    Example:
        >>> same("38.8", 38.7961, 2), same("38.80", 38.8051, 2), same("31.78", 3.1787, 2)
        (True, False, False)
    """
    try:
        number = float(printed)
    except ValueError:
        return value is None
    return value is not None and math.isfinite(number) and abs(number - value) <= 0.5 * 10**-digits + 1e-9


def _difference(model: str, column: str, printed: str, value: float | None, digits: int) -> Difference:
    if value is None:
        return Difference(model, column, printed, "")
    cut = same(printed, math.floor(value * 10**digits + 1e-6) / 10**digits, digits)
    return Difference(model, column, printed, f"{value:.{digits}f}", cut)


def notes_of(differences: Sequence[Difference], absent: Sequence[str], agreeing: int) -> list[Text]:
    """The comparison in words."""
    notes = [
        {
            "ja": f"公表された表と {agreeing} 行が印刷桁まで一致する。",
            "en": f"{agreeing} rows agree with the published table to the printed digit.",
        }
    ]
    for model in dict.fromkeys(difference.model for difference in differences):
        own = [difference for difference in differences if difference.model == model]
        told = ", ".join(_in_words(difference) for difference in own if not difference.cut)
        cut = ", ".join(_in_words(difference) for difference in own if difference.cut)
        ja = f"公表値が結果ファイルと食い違う（公表 → ファイル）: {told}" if told else ""
        en = f"the published row contradicts its file (published → file): {told}" if told else ""
        if cut:
            ja += f"{'。' if told else ''}末尾が四捨五入でなく切り捨て: {cut}"
            en += f"{'; ' if told else ''}the last digit is cut off, not rounded: {cut}"
        notes.append({"ja": f"{model}: {ja}", "en": f"{model}: {en}"})
    if absent:
        ja, en = f"結果ファイルのない公表行: {', '.join(absent)}", f"published rows without a file: {', '.join(absent)}"
        notes.append({"ja": ja, "en": en})
    return notes


def _in_words(difference: Difference) -> str:
    return f"{difference.column or 'overall'} {difference.published} → {difference.found or '?'}"


def flags_of(differences: Sequence[Difference]) -> dict[str, list[Flag]]:
    """The contradictions as flags, by model; a last digit that was cut off is none."""
    flags: dict[str, list[Flag]] = {}
    for difference in differences:
        if difference.cut:
            continue
        text = {
            "ja": f"公表値は {difference.published}、ファイルからは {difference.found or 'なし'}",
            "en": f"published as {difference.published}; its file gives {difference.found or 'nothing'}",
        }
        flags.setdefault(difference.model, []).append(Flag("contradiction", text, difference.column))
    return flags

"""What a reader must know of a row before trusting it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jaeval.leaderboard.board import Cell, Column, Flag, Row, Total

SHORT = 12
"""Characters of a hash that are shown."""


def cell_flags(column: Column, cell: Cell) -> Iterator[Flag]:
    """Flags that a cell needs by itself."""
    if cell.constant and cell.constant_level is not None:
        level = f"{cell.constant_level * column.scale:.1f}"
        ja = f"常に同じ答え、または当て推量（{level}）より良いとは言えない"
        en = f"not shown to be better than a constant answer or guessing, {level}"
        yield Flag("constant", {"ja": ja, "en": en}, column.key)
    if cell.failed:
        ja, en = f"{cell.failed:,} 問に答えがない", f"{cell.failed:,} items have no answer"
        yield Flag("failed", {"ja": ja, "en": en}, column.key)
    if cell.truncated:
        ja = f"{cell.truncated:,} 問の答えがトークン数の上限で切れた"
        yield Flag("truncated", {"ja": ja, "en": f"{cell.truncated:,} answers were cut at the limit"}, column.key)
    if cell.value is not None and column.items and cell.n is not None and cell.n + cell.failed != column.items:
        ja, en = f"{column.items:,} 問のうち {cell.n:,} 問", f"{cell.n:,} of {column.items:,} items"
        yield Flag("mixed", {"ja": ja, "en": en}, column.key)


def row_flags(overall: Total) -> Iterator[Flag]:
    """Flags of an overall number."""
    if overall.missing:
        named = ", ".join(overall.missing)
        yield Flag("missing", {"ja": f"結果がない: {named}", "en": f"no number for: {named}"})
    if zeros := [key for key in overall.skipped if key not in overall.missing]:
        named = ", ".join(zeros)
        ja, en = f"0 のため平均から除いた: {named}", f"left out of the mean because it scores 0: {named}"
        yield Flag("missing", {"ja": ja, "en": en})


def unlike_others(column: Column, rows: Sequence[Row]) -> Iterator[tuple[str, Flag]]:
    """Flags of rows whose number in a column was measured otherwise than most.

    Returns:
        Pairs of a model and its flag.
    """
    ways = _WAYS if column.items is None else [way for way in _WAYS if way is not _ITEMS]  # told by the cell itself
    filled = [(row.model, row.cells[column.key]) for row in rows if row.cells[column.key].value is not None]
    for ja, en, read in ways:
        counts = Counter(way for _, cell in filled if (way := read(column, cell)) not in (None, ""))
        if len(counts) < 2:
            continue
        usual = max(counts, key=lambda way: (counts[way], str(way)))
        for model, cell in filled:
            way = read(column, cell)
            if way not in (None, "", usual):
                texts = {"ja": ja.format(_shown(way), _shown(usual)), "en": en.format(_shown(way), _shown(usual))}
                yield model, Flag("mixed", texts, column.key)


_ITEMS: tuple[str, str, Callable[[Column, Cell], Any]] = (
    "設問が {} 件（多くは {} 件）",
    "{} items, where most have {}",
    lambda _, cell: None if cell.n is None else cell.n + cell.failed,
)
_WAYS: tuple[tuple[str, str, Callable[[Column, Cell], Any]], ...] = (
    ("指標が {}（多くは {}）", "its metric is {}, of most {}", lambda column, cell: cell.metric or column.metric),
    (
        "課題の版が {}（多くは {}）",
        "version {} of the task, where most have {}",
        lambda _, cell: cell.provenance and cell.provenance.task_version,
    ),
    _ITEMS,
    (
        "例示が {} 件（多くは {} 件）",
        "{} few-shot examples, where most have {}",
        lambda _, cell: cell.provenance and cell.provenance.num_fewshot,
    ),
    (
        "設問が他と異なる（{}、多くは {}）",
        "other items ({}) than most ({})",
        lambda _, cell: cell.provenance and cell.provenance.data_hash,
    ),
)


def _shown(way: Any) -> str:
    return str(way)[:SHORT]

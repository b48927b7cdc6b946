"""A board as a table: with every number for pandas, Parquet and CSV; as Markdown or LaTeX for readers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

from jaeval.leaderboard.board import Board, Cell, Column, Rank, Row, Total
from jaeval.results.csv_cells import LINE_END, neutral

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["md", "csv", "parquet", "latex"]
POINTS = 100.0


def wide_table(board: Board) -> pd.DataFrame:
    """One row for each model, numbers in points; what is missing is missing.

    Columns: rank, rank_low, rank_high, model, overall with its standard error, interval and chance-normalised value,
    the same for domains (domain_NAME), then for each task its value, standard error, interval, n, and whether it is no
    better than a constant answer; for the best of several prompts which one, of how many, and the mean over them. Last
    what is known of the model, and where the numbers came from.
    """
    import pandas as pd

    return pd.DataFrame([_record(board, row) for row in board.rows])


def _record(board: Board, row: Row) -> dict[str, Any]:
    rank = row.rank or Rank(0)
    record: dict[str, Any] = {
        "rank": rank.place or None,
        "rank_low": rank.low,
        "rank_high": rank.high,
        "model": row.model,
        **_total("overall", row.overall, board.scale),
    }
    for domain in board.domains:
        record |= _total(f"domain_{domain}", row.domains.get(domain, Total(None)), board.scale)
    for column in board.columns:
        record |= _cell(column, row.cells[column.key])
    details = row.details
    record |= {
        "parameters": details.parameters,
        "licence": details.licence,
        "kind": details.kind,
        "url": details.url,
        "harness": ", ".join(dict.fromkeys(f"{p.harness} {p.harness_version}".strip() for p in row.provenance)),
        "date": max((origin.date for origin in row.provenance), default=""),
        "source": ", ".join(dict.fromkeys(origin.source for origin in row.provenance)),
        "flags": "; ".join(f"{flag.column}: {flag.text['en']}".removeprefix(": ") for flag in row.flags),
    }
    return record


def _points(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _total(name: str, total: Total, scale: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: _points(total.value, scale),
        f"{name}_stderr": _points(total.stderr, scale),
        f"{name}_low": _points(total.low, scale),
        f"{name}_high": _points(total.high, scale),
        f"{name}_above_chance": _points(total.normalised, POINTS),
    }
    if total.prompt:
        found |= {
            f"{name}_prompt": total.prompt,
            f"{name}_prompts_tried": total.tried,
            f"{name}_prompt_mean": _points(total.prompt_mean, scale),
        }
    return found


def _cell(column: Column, cell: Cell) -> dict[str, Any]:
    key, scale = column.key, column.scale
    return {
        key: _points(cell.value, scale),
        f"{key}_stderr": _points(cell.stderr, scale),
        f"{key}_low": _points(cell.low, scale),
        f"{key}_high": _points(cell.high, scale),
        f"{key}_n": cell.n,
        f"{key}_no_better_than_constant": cell.constant if cell.value is not None else None,
    }


def write_table(board: Board, format: Format, language: Literal["ja", "en"] = "en") -> bytes:
    """A board in a file format, UTF-8 where it is text.

    Args:
        board: the board.
        format: "csv" and "parquet" hold `wide_table`; "md" and "latex" a table to be read, and what was left out.
        language: of titles and notes.
    """
    if format == "parquet":
        buffer = io.BytesIO()
        wide_table(board).to_parquet(buffer, index=False)
        return buffer.getvalue()
    if format == "csv":
        table = wide_table(board)
        table.columns = [neutral(name) for name in table.columns]
        for name in table.columns:
            table[name] = [neutral(value) if isinstance(value, str) else value for value in table[name]]
        return str(table.to_csv(index=False, lineterminator=LINE_END)).encode("utf-8", "backslashreplace")
    from jaeval.leaderboard.printed import latex, markdown

    text = markdown(board, language) if format == "md" else latex(board, language)
    return text.encode("utf-8", "backslashreplace")

"""Submissions as long tables: `scores` has one row for each number, `items` one for each item of each number.

Both as Parquet and as CSV. In CSV no text can pass for a formula: see `jaeval.results.csv_cells`.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from jaeval.errors import RunError
from jaeval.results.csv_cells import LINE_END, neutral
from jaeval.results.redistribution import Texts, keeps_texts, without_texts
from jaeval.results.run import write_atomically
from jaeval.results.schema import to_json, utf8
from jaeval.results.submission import ItemScore, Submission, TaskScore

Kind = Literal["parquet", "csv"]
SCORE_FIELDS = tuple(entry.name for entry in fields(TaskScore))
ITEM_FIELDS = ("task", "metric", "filter", "item", "doc_id", "score", "cluster", "finish")
ITEM_TEXTS = ("prompt", "response", "reasoning", "extracted", "target")
RUN_FIELDS = ("run", "source", "format", "harness", "harness_version", "date", "weight_hash")
SCORES = ("model", *SCORE_FIELDS, *RUN_FIELDS)
ITEMS = ("model", *ITEM_FIELDS, "run", *ITEM_TEXTS)
NUMBERS = {"value", "stderr", "low", "high", "chance", "score"}
COUNTS = {"n", "failed", "truncated", "num_fewshot", "doc_id"}
TRUTHS = {"primary", "higher_is_better"}
BATCH = 2_000
"""Rows in memory at a time."""


def export_long_table(
    submissions: Sequence[Submission],
    folder: Path,
    *,
    kinds: Sequence[Kind] = ("parquet", "csv"),
    texts: Texts = "all",
) -> list[Path]:
    """Write `scores` and, where there are any, `items`.

    Args:
        submissions: the submissions.
        folder: made where it is missing.
        kinds: the files wanted of each.
        texts: whose texts leave: all tasks', those that may be passed on, or none.

    Returns:
        The files written.

    Raises:
        RunError: the folder cannot be written, or items cannot be read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot be made ({error.strerror})", file=folder, field="--out") from error
    files = []
    has_items = next(item_rows(submissions, texts), None) is not None
    for kind in kinds:
        files.append(_write(folder / f"scores.{kind}", SCORES, score_rows(submissions), kind))
        if has_items:
            files.append(_write(folder / f"items.{kind}", ITEMS, item_rows(submissions, texts), kind))
    return files


def run_id(submission: Submission) -> str:
    """A short name of a submission that follows from its content, so that rows of two runs of one model stay apart."""
    content = [submission.model, submission.harness, submission.weight_hash, submission.settings, str(submission.date)]
    numbers = [[getattr(score, name) for name in SCORE_FIELDS] for score in submission.scores]
    return hashlib.sha256(to_json([content, numbers]).encode()).hexdigest()[:16]


def score_rows(submissions: Iterable[Submission]) -> Iterator[dict[str, Any]]:
    """One row for each number of each submission."""
    for submission in submissions:
        shared = {
            "model": submission.model,
            "run": run_id(submission),
            "source": submission.source.name,
            "format": submission.format,
            "harness": submission.harness,
            "harness_version": submission.harness_version,
            "date": submission.date.isoformat() if submission.date else "",
            "weight_hash": submission.weight_hash,
        }
        for score in submission.scores:
            yield {**shared, **{name: getattr(score, name) for name in SCORE_FIELDS}}


def item_rows(submissions: Iterable[Submission], texts: Texts = "all") -> Iterator[dict[str, Any]]:
    """One row for each item of each number; an item without a score has none."""
    for submission in submissions:
        run = run_id(submission)
        for found in submission.items():
            item: ItemScore = found if keeps_texts(found.task, texts) else without_texts(found)
            values = {name: getattr(item, name) for name in (*ITEM_FIELDS, *ITEM_TEXTS)}
            yield {"model": submission.model, "run": run, **values}


def _write(file: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]], kind: Kind) -> Path:
    write = _write_parquet if kind == "parquet" else _write_csv
    write_atomically(file, lambda temporary: write(temporary, columns, rows))
    return file


def _write_parquet(file: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {**dict.fromkeys(NUMBERS, pa.float64()), **dict.fromkeys(COUNTS, pa.int64())}
    types |= dict.fromkeys(TRUTHS, pa.bool_())
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(itertools.islice(rows, BATCH)):
            plain = [{name: _plain(row[name]) for name in columns} for row in batch]
            writer.write_table(pa.Table.from_pylist(plain, schema=schema))


def _write_csv(file: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator=LINE_END)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row[name]) for name in columns])


def _plain(value: Any) -> Any:
    return utf8(value) if isinstance(value, str) else value


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return neutral(utf8(value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else repr(value)

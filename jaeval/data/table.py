"""Rows of a local table (JSON Lines, CSV, TSV, Parquet), for tasks of your own: no lock entry, no code.

A task names it with its files:

    custom_dataset: !function jaeval.data.table.load
    dataset_kwargs:
      files: {report: exam.jsonl, search: more.csv}
      sha256: {report: 5994471a…}
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaeval.data.rows import Row, Splits, text
from jaeval.errors import DataError

SEPARATORS = {".csv": ",", ".tsv": "\t"}


def load(
    files: Mapping[str, str], sha256: Mapping[str, str] | None = None, folder: str | None = None, **_: Any
) -> Splits:
    """Splits of rows from one file each.

    Args:
        files: the file of each split; a relative path is meant from `folder`.
        sha256: what a split's file must hash to, in hexadecimal; without it any content is taken.
        folder: the task's folder, which jaeval passes; else (under lm-eval itself) the current directory.

    Raises:
        DataError: when a split is first asked for: a file is missing, changed, malformed or of an unknown kind.
    """
    from datasets import Dataset

    def loader(split: str) -> Any:
        file = Path(folder or ".", Path(files[split]).expanduser())
        return lambda: Dataset.from_list(parse_rows(_read(file, (sha256 or {}).get(split)), str(file)))

    return Splits(**{split: loader(split) for split in files})


def parse_rows(content: bytes, file: str) -> list[Row]:
    """The rows of a file, by its ending: `.jsonl`, `.csv`, `.tsv` (values are text) or `.parquet`.

    A row without an `id` gets its number, from 0; one without a `source_id` gets its `id`.

    Raises:
        DataError: the ending is unknown, or a row is malformed; the error names the line, from 1.
    """
    ending = Path(file).suffix.lower()
    if ending == ".jsonl":
        rows = _json_lines(content, file)
    elif ending in SEPARATORS:
        rows = _separated(content, file, SEPARATORS[ending])
    elif ending == ".parquet":
        rows = _parquet(content, file)
    else:
        raise DataError(f"unknown kind of table {ending!r}", file=file, remedy="Use .jsonl, .csv, .tsv or .parquet")
    if not rows:
        raise DataError("holds no rows", file=file)
    named = [{**row, "id": str(row.get("id", n))} for n, row in enumerate(rows)]
    return [{**row, "source_id": str(row.get("source_id", row["id"]))} for row in named]


def _read(file: Path, expected: str | None) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"cannot be read ({reason})", file=file, field="dataset_kwargs.files") from error
    found = hashlib.sha256(content).hexdigest()
    if expected and found != expected.lower():
        remedy = "Restore the file, or change sha256 in the task"
        raise DataError(f"the file was changed: expected {expected}, found {found}", file=file, remedy=remedy)
    return content


def _json_lines(content: bytes, file: str) -> list[Row]:
    rows = []
    for n, line in enumerate(text(content, file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"is not JSON ({error})", file=file, field=f"line {n}") from error
        if not isinstance(row, dict):
            raise DataError("is not a JSON object", file=file, field=f"line {n}")
        rows.append(row)
    return rows


def _separated(content: bytes, file: str, separator: str) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text(content, file), newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise DataError(
                    "has another number of cells than the heading", file=file, field=f"line {reader.line_num}"
                )
            rows.append(dict(row))
    except csv.Error as error:
        raise DataError(f"is malformed ({error})", file=file, field=f"line {reader.line_num + 1}") from error
    return rows


def _parquet(content: bytes, file: str) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[Row] = pq.read_table(pa.BufferReader(content)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"is not Parquet ({' '.join(str(error).split())[:200]})", file=file) from error
    return rows

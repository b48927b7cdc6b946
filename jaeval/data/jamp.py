"""Jamp: inference about time in Japanese, made from templates (Sugimoto, Onoe and Yanaka, ACL SRW 2023)."""

from __future__ import annotations

from typing import Any

from jaeval.data import store
from jaeval.data.llm_jp_eval import INFERENCE_COLUMNS, splits
from jaeval.data.rows import Row, Splits, text
from jaeval.errors import DataError

ANSWERS = ("entailment", "contradiction", "neutral")
_FILES = {"train": "dataset/train_all.tsv", "test": "dataset/test_2.tsv"}
_FIELDS = 8


def load(**_: Any) -> Splits:
    """Jamp as llm-jp-eval splits it: `train` (8,955 pairs) and `validation` (995) of its training file, `test` (348).

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(part: str) -> list[Row]:
        return parse_pairs(store.read("jamp", _FILES[part]), _FILES[part], part)

    return splits(read, INFERENCE_COLUMNS)


def parse_pairs(content: bytes, file: str, part: str) -> list[Row]:
    """Rows from Jamp's TSV, whose first line names the fields. `part` names the file in the rows' ids.

    Raises:
        DataError: a line has another shape; the error names its number, from 1.
    """
    rows: list[Row] = []
    for n, line in enumerate(text(content, file).removesuffix("\n").split("\n")[1:], start=2):
        fields = line.split("\t")
        if len(fields) != _FIELDS or not all(fields) or fields[3] not in ANSWERS:
            raise DataError(f"expected {_FIELDS} fields with {' or '.join(ANSWERS)}", file=file, field=f"line {n}")
        name = f"jamp/{part}/{fields[0]}"
        rows.append({"id": name, "source_id": name, "premise": fields[1], "hypothesis": fields[2], "answer": fields[3]})
    return rows

"""JaNLI: adversarial inference in Japanese, made from templates (Yanaka and Mineshima, BlackboxNLP 2021)."""

from __future__ import annotations

from typing import Any

from jaeval.data import store
from jaeval.data.llm_jp_eval import INFERENCE_COLUMNS, splits
from jaeval.data.rows import Row, Splits, text
from jaeval.errors import DataError

ANSWERS = ("entailment", "non-entailment")
_PATH = "janli.tsv"
_FIELDS = 8


def load(**_: Any) -> Splits:
    """JaNLI as llm-jp-eval splits it: `train` (12,312 pairs) and `validation` (1,368) of its train part, `test` (720).

    Raises:
        DataError: the file cannot be had, was changed, or is malformed.
    """

    def read(part: str) -> list[Row]:
        return [row for row in parse_pairs(store.read("janli", _PATH), _PATH) if row["part"] == part]

    return splits(read, INFERENCE_COLUMNS)


def parse_pairs(content: bytes, file: str) -> list[Row]:
    """Rows from JaNLI's TSV, whose first line names the fields; `part` is upstream's split, train or test.

    Raises:
        DataError: a line has another shape; the error names its number, from 1.
    """
    rows: list[Row] = []
    for n, line in enumerate(text(content, file).removesuffix("\n").split("\n")[1:], start=2):
        fields = line.split("\t")
        if len(fields) != _FIELDS or not all(fields) or fields[3] not in ANSWERS or fields[-1] not in ("train", "test"):
            expected = f"expected {_FIELDS} fields with {' or '.join(ANSWERS)} and train or test"
            raise DataError(expected, file=file, field=f"line {n}")
        name = f"janli/{fields[0]}"
        rows.append(
            {
                "id": name,
                "source_id": name,
                "premise": fields[1],
                "hypothesis": fields[2],
                "answer": fields[3],
                "part": fields[-1],
            }
        )
    return rows

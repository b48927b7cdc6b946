"""JNLI v1.3 of JGLUE: inference between captions of one picture (Kurihara et al., LREC 2022)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.jglue import Order, in_order
from jaeval.data.rows import Row, Splits, parsed_lines, split

COLUMNS = {
    "id": "string",
    "source_id": "string",
    "sentence1": "string",
    "sentence2": "string",
    "label": "int32",
}
LABELS = ("entailment", "contradiction", "neutral")
"""In the order of the hub's class labels, which task definitions count from 0."""
_FOLDER = "datasets/jnli-v1.3"


class _Pair(BaseModel):
    sentence_pair_id: str = Field(min_length=1)
    sentence1: str = Field(min_length=1)
    sentence2: str = Field(min_length=1)
    label: Literal["entailment", "contradiction", "neutral"]


def load(*, order: Order = "published", **_: Any) -> Splits:
    """JNLI: `train` (20,073 pairs) and `validation` (2,434). `label` is the place in `LABELS`.

    Each split is a data set of the lock by itself, `jnli_train` and `jnli`.

    Args:
        order: the order of `validation`.

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(name: str, file: str, part: str) -> list[Row]:
        return parse_pairs(store.read(name, file), file, part)

    return Splits(
        train=lambda: split(read("jnli_train", f"{_FOLDER}/train-v1.3.json", "train"), COLUMNS),
        validation=lambda: split(in_order(read("jnli", f"{_FOLDER}/valid-v1.3.json", "validation"), order), COLUMNS),
    )


def parse_pairs(content: bytes, file: str, part: str) -> list[Row]:
    """Rows from JSON Lines. `part` names the split in the ids: upstream's numbers begin anew in each file.

    Raises:
        DataError: a line is malformed; the error names its number, from 1, and the field.
    """
    return [
        {
            "id": f"jnli/{part}/{pair.sentence_pair_id}",
            "source_id": f"jnli/{part}/{pair.sentence_pair_id}",
            "sentence1": pair.sentence1,
            "sentence2": pair.sentence2,
            "label": LABELS.index(pair.label),
        }
        for pair in parsed_lines(_Pair, content, file)
    ]

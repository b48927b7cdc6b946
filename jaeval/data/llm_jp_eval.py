"""How llm-jp-eval 1.3.0 makes splits of a benchmark's files, so that its few-shot examples and items are these.

Source: `src/llm_jp_eval/datasets/*.py` of llm-jp-eval 1.3.0, as swallow-llm/swallow-evaluation carries it. It seeds
Python's generator with 42 before each benchmark, shuffles, and takes the first nine tenths of the training file as
`train`, the rest as `dev`. Its few-shot examples are the first ones of `train`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from jaeval.data.rows import Row, Splits, split

if TYPE_CHECKING:
    import datasets

T = TypeVar("T")
SEED = 42

COLUMNS = {"id": "string", "source_id": "string", "question": "string", "answer": "string"}
"""A question and its answer."""
INFERENCE_COLUMNS = {
    "id": "string",
    "source_id": "string",
    "premise": "string",
    "hypothesis": "string",
    "answer": "string",
}
"""A premise, a hypothesis and the word for what holds between them."""


def shuffled(items: Sequence[T], generator: random.Random | None = None) -> list[T]:
    """The items in the order that llm-jp-eval gives them.

    Args:
        items: the items in the order of the file.
        generator: where the draw continues an earlier one; a fresh one by default.
    """
    order = list(items)
    (generator or random.Random(SEED)).shuffle(order)
    return order


def splits(read: Callable[[str], list[Row]], columns: Mapping[str, Any]) -> Splits:
    """The splits `train` and `validation` of a benchmark's training file, and its `test`.

    Args:
        read: gives the rows of "train" or "test" as the benchmark ships them, in the order of the file.
        columns: each column's Arrow type; what else a row holds is left out.
    """

    def shown(rows: Sequence[Row]) -> datasets.Dataset:
        return split([{name: row[name] for name in columns} for row in rows], columns)

    return Splits(
        train=lambda: shown(train_part(read("train"))),
        validation=lambda: shown(validation_part(read("train"))),
        test=lambda: shown(read("test")),
    )


def train_part(items: Sequence[T]) -> list[T]:
    """The training split: nine tenths of the shuffled items."""
    return shuffled(items)[: int(len(items) * 0.9)]


def validation_part(items: Sequence[T]) -> list[T]:
    """The development split: what `train_part` leaves."""
    return shuffled(items)[int(len(items) * 0.9) :]

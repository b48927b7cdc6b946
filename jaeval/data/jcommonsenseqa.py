"""JCommonsenseQA v1.3 of JGLUE: commonsense questions with five choices (Kurihara et al., LREC 2022)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.jglue import Order, in_order
from jaeval.data.rows import Row, Splits, parsed_lines, split

COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "question": "string",
    "choices": ["string"],
    "label": "int32",
}
_FOLDER = "datasets/jcommonsenseqa-v1.3"


class _Question(BaseModel):
    q_id: int
    question: str
    choice0: str
    choice1: str
    choice2: str
    choice3: str
    choice4: str
    label: Annotated[int, Field(ge=0, le=4)]


def load(*, order: Order = "published", **_: Any) -> Splits:
    """JCommonsenseQA: `train` (8,939 questions) and `validation` (1,119). `label` is the index of the right choice.

    Args:
        order: the order of `validation`.

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(file: str) -> list[Row]:
        return parse_questions(store.read("jcommonsenseqa", file), file)

    return Splits(
        train=lambda: split(read(f"{_FOLDER}/train-v1.3.json"), COLUMNS),
        validation=lambda: split(in_order(read(f"{_FOLDER}/valid-v1.3.json"), order), COLUMNS),
    )


def parse_questions(content: bytes, file: str) -> list[Row]:
    """Rows from JSON Lines.

    Raises:
        DataError: a line is malformed; the error names its number, from 1, and the field.
    """
    return [
        {
            "id": f"jcommonsenseqa/{question.q_id}",
            "source_id": f"jcommonsenseqa/{question.q_id}",
            "question": question.question,
            "choices": [
                question.choice0,
                question.choice1,
                question.choice2,
                question.choice3,
                question.choice4,
            ],
            "label": question.label,
        }
        for question in parsed_lines(_Question, content, file)
    ]

"""JCommonsenseQA v1.3 of JGLUE: commonsense questions with five choices (Kurihara et al., LREC 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.rows import Row, parsed_lines, split

if TYPE_CHECKING:
    import datasets

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


def load(**_: Any) -> dict[str, datasets.Dataset]:
    """JCommonsenseQA: `train` (8,939 questions) and `validation` (1,119). `label` is the index of the right choice.

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """
    files = {"train": f"{_FOLDER}/train-v1.3.json", "validation": f"{_FOLDER}/valid-v1.3.json"}
    return {
        name: split(parse_questions(store.read("jcommonsenseqa", path), path), COLUMNS) for name, path in files.items()
    }


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

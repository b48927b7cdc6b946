"""JSQuAD v1.3 of JGLUE: answers that stand in a paragraph of Wikipedia (Kurihara et al., LREC 2022)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.jglue import Order, in_order
from jaeval.data.rows import Row, Splits, parsed, split

COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "title": "string",
    "context": "string",
    "question": "string",
    "answers": ["string"],
}
_FOLDER = "datasets/jsquad-v1.3"


class _Answer(BaseModel):
    text: str = Field(min_length=1)


class _Question(BaseModel):
    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[_Answer] = Field(min_length=1)


class _Paragraph(BaseModel):
    context: str = Field(min_length=1)
    qas: list[_Question]


class _Article(BaseModel):
    title: str
    paragraphs: list[_Paragraph]


class _Articles(BaseModel):
    data: list[_Article]


def load(*, order: Order = "published", **_: Any) -> Splits:
    """JSQuAD: `train` (62,697 questions) and `validation` (4,442).

    `context` is `TITLE [SEP] PARAGRAPH`; `answers` has two or three spans of the paragraph, often equal. Each split is
    a data set of the lock by itself, `jsquad_train` and `jsquad`.

    Args:
        order: the order of `validation`.

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(name: str, file: str) -> list[Row]:
        return parse_articles(store.read(name, file), file)

    return Splits(
        train=lambda: split(read("jsquad_train", f"{_FOLDER}/train-v1.3.json"), COLUMNS),
        validation=lambda: split(in_order(read("jsquad", f"{_FOLDER}/valid-v1.3.json"), order), COLUMNS),
    )


def parse_articles(content: bytes, file: str) -> list[Row]:
    """Rows from SQuAD's JSON, one for each question. `id` is JSQuAD's own (`a10336p0q0`).

    Raises:
        DataError: a field is missing or of another type; the error names its path.
    """
    return [
        {
            "id": question.id,
            "source_id": f"jsquad/{question.id}",
            "title": article.title,
            "context": paragraph.context,
            "question": question.question,
            "answers": [answer.text for answer in question.answers],
        }
        for article in parsed(_Articles, content, file).data
        for paragraph in article.paragraphs
        for question in paragraph.qas
    ]

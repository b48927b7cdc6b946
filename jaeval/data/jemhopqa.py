"""JEMHopQA: Japanese questions whose answer takes two facts (Ishii et al., LREC-COLING 2024).

The corpus is the first one, of August 2023 (folder `corpus`), which llm-jp-eval and the boards that use it read.
Upstream has mended questions and answers since, in versions 1.1 and 1.2.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.llm_jp_eval import COLUMNS, splits
from jaeval.data.rows import Row, Splits, parsed

_FILES = {"train": "corpus/train.json", "test": "corpus/dev.json"}


class _Question(BaseModel):
    qid: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)


def load(**_: Any) -> Splits:
    """JEMHopQA as llm-jp-eval splits it: `train` (953 questions), `validation` (106), and `test` (120, upstream's dev).

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(part: str) -> list[Row]:
        return parse_questions(store.read("jemhopqa", _FILES[part]), _FILES[part])

    return splits(read, COLUMNS)


def parse_questions(content: bytes, file: str) -> list[Row]:
    """Rows from JEMHopQA's JSON. A yes-no question has the answer `YES` or `NO`.

    Raises:
        DataError: a question is malformed; the error names its position, from 0, and the field.
    """
    return [
        {
            "id": f"jemhopqa/{question.qid}",
            "source_id": f"jemhopqa/{question.qid}",
            "question": question.question,
            "answer": question.answer,
        }
        for question in parsed(list[_Question], content, file)
    ]

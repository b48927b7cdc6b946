"""Four Japanese financial examinations as pfnet-research/japanese-lm-fin-harness has them (Hirano, arXiv 2403.15062).

Three state no licence: they are fetched for the user's own evaluation and never shipped. The fourth, `cpa_audit`, is
CC BY 4.0 and an Excel workbook: `jaeval.data.cpa_audit` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from jaeval.data import cpa_audit, store
from jaeval.data.rows import Row, Splits, parsed, split
from jaeval.errors import DataError

if TYPE_CHECKING:
    import datasets

COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "question": "string",
    "context": "string",
    "choices": ["string"],
    "answer": "int32",
}


class _Choice(BaseModel):
    id: int
    text: str


class _Question(BaseModel):
    question: str
    context: str
    choices: list[_Choice] = Field(min_length=2, max_length=26)
    answer: int


class _Exam(BaseModel):
    data: list[_Question] = Field(min_length=1)


def load(exam: str, **_: Any) -> Mapping[str, datasets.Dataset]:
    """One examination as split `test`: `cma_basics` (38), `security_sales_1` (57), `fp2` (475) or `cpa_audit` (398).

    `answer` is the index of the right choice; `context` may be empty.

    Raises:
        DataError: the file cannot be had, was changed, or is malformed.
    """
    return Splits(test=lambda: split(_rows(exam), COLUMNS))


def _rows(exam: str) -> list[Row]:
    if exam == cpa_audit.NAME:
        return cpa_audit.parse_workbook(store.read(exam, cpa_audit.PATH), cpa_audit.PATH)
    path = f"jlm_fin_eval/datasets/{exam}/data.json"
    return parse_exam(store.read(exam, path), path, exam)


def parse_exam(content: bytes, file: str, exam: str) -> list[Row]:
    """Rows from an examination's JSON, numbered by position (upstream's own ids repeat in fp2).

    Raises:
        DataError: a field is missing, choices are not numbered from 0, or the answer is no choice; the error names the
            question by its position, from 0.
    """
    rows: list[Row] = []
    for i, question in enumerate(parsed(_Exam, content, file).data):
        if [choice.id for choice in question.choices] != list(range(len(question.choices))):
            raise DataError("choices must be numbered 0, 1, …", file=file, field=f"data.{i}.choices")
        if not 0 <= question.answer < len(question.choices):
            raise DataError(f"{question.answer} is no choice", file=file, field=f"data.{i}.answer")
        rows.append(
            {
                "id": f"{exam}/{i}",
                "source_id": f"{exam}/{i}",
                "question": question.question,
                "context": question.context,
                "choices": [choice.text for choice in question.choices],
                "answer": question.answer,
            }
        )
    return rows

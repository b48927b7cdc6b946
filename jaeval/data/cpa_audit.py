"""Auditing questions of the Japanese examination for accountants, from pfnet-research/japanese-lm-fin-harness.

Collected by Masuda, Nakagawa and Hoshino (JSAI SIG-FIN 031, 2023) from the pages of the Certified Public Accountants
and Auditing Oversight Board, CC BY 4.0. Each question has statements ア, イ, … and combinations of them to choose from.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from jaeval.data.rows import Row
from jaeval.errors import DataError

NAME = "cpa_audit"
PATH = "jlm_fin_eval/datasets/cpa/CPA_AUDIT.xlsx"

_STATEMENTS = "アイウエオカ"
_CHOICES = (1, 2, 3, 4, 5, 6)
_COLUMNS = ("question", *_STATEMENTS, *_CHOICES, "a_no", "abnormal_flg")


class _Question(BaseModel):
    question: str
    statements: dict[str, str | None]
    choices: list[str | None]
    a_no: Annotated[int, Field(ge=1, le=6)]


def parse_workbook(content: bytes, file: str) -> list[Row]:
    """Rows from the first sheet, numbered by position; columns as in `jaeval.data.exams`.

    As upstream has it: questions that the Board withdrew (`abnormal_flg` 1) and lines without a question do not count,
    and an empty sixth choice (38 of 398 questions have only five) is the text "nan", which pandas makes of it.

    Raises:
        DataError: no Excel workbook, a column is missing, or a cell is malformed; the error names the sheet's row.
    """
    lines = _sheet(content, file)
    header = {cell: place for place, cell in enumerate(lines[0])} if lines else {}
    if missing := [str(name) for name in _COLUMNS if name not in header]:
        raise DataError(f"no column {missing[0]}", file=file)
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = {name: line[place] if place < len(line) else None for name, place in header.items()}
        if not cells["question"] or cells["abnormal_flg"] == 1:
            continue
        question = _question(cells, file, number)
        statements = [f"{name}: {text}" for name, text in question.statements.items() if text]
        rows.append(
            {
                "id": f"{NAME}/{len(rows)}",
                "source_id": f"{NAME}/{len(rows)}",
                "question": question.question,
                "context": "\n".join(statements),
                "choices": ["nan" if choice is None else choice for choice in question.choices],
                "answer": question.a_no - 1,
            }
        )
    if not rows:
        raise DataError("no questions", file=file)
    return rows


def _sheet(content: bytes, file: str) -> list[Sequence[Any]]:
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return list(workbook.worksheets[0].iter_rows(values_only=True))
    except Exception as error:  # openpyxl, zipfile and the XML parser each raise what they like
        raise DataError(f"not an Excel workbook ({type(error).__name__})", file=file) from error


def _question(cells: dict[Any, Any], file: str, number: int) -> _Question:
    try:
        return _Question(
            question=cells["question"],
            statements={name: cells[name] for name in _STATEMENTS},
            choices=[cells[name] for name in _CHOICES],
            a_no=cells["a_no"],
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(first["msg"], file=file, field=f"row {number}.{where}") from error

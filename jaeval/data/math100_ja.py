"""A hundred problems of MATH-500 in Japanese: MT-MATH100 of MCLM (Son et al., ACL 2025, arXiv 2502.17407).

The hub's file has one column for each of 55 languages and the `answer`, in LaTeX. The problems were translated by
GPT-4o and checked for the numbers in them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, ValidationError

from jaeval.data import store
from jaeval.data.rows import Row, Splits, split
from jaeval.errors import DataError

COLUMNS = {"id": "string", "source_id": "string", "question": "string", "answer": "string"}
_FILE = "mt-math100.parquet"


class _Problem(BaseModel):
    ja: str | None
    answer: str | int = Field(union_mode="left_to_right")


def load(**_: Any) -> Splits:
    """MT-MATH100 in Japanese, split `test`: `question`, and `answer` in LaTeX.

    Raises:
        DataError: the file cannot be had, was changed, or is malformed.
    """
    return Splits(test=lambda: split(parse_problems(store.read("math100_ja", _FILE), _FILE), COLUMNS))


def parse_problems(content: bytes, file: str) -> list[Row]:
    """Rows from a Parquet file with the columns `ja` and `answer`; problems without a Japanese text are left out.

    Raises:
        DataError: no Parquet, a column is missing, or a cell is malformed; the error names the row, from 0.
    """
    problems = [_problem(cells, i, file) for i, cells in enumerate(_cells(content, file))]
    return [
        {
            "id": f"math100_ja/{i}",
            "source_id": f"mclm/math100/{i}",
            "question": problem.ja,
            "answer": str(problem.answer),
        }
        for i, problem in enumerate(problems)
        if problem.ja and problem.ja.strip()
    ]


def _cells(content: bytes, file: str) -> list[Row]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(pa.BufferReader(content))
        if missing := [name for name in _Problem.model_fields if name not in table.schema_arrow.names]:
            raise DataError(f"no column {missing[0]!r}", file=file)
        cells: list[Row] = table.read(columns=list(_Problem.model_fields)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"not a Parquet file ({type(error).__name__})", file=file) from error
    return cells


def _problem(cells: Row, row: int, file: str) -> _Problem:
    try:
        return _Problem.model_validate(cells, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(first["msg"], file=file, field=f"row {row}.{'.'.join(map(str, first['loc']))}") from error

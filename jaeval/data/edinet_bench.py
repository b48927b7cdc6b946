"""EDINET-Bench: accounting fraud, earnings and industry from Japanese securities reports (Sugiura et al., 2025).

The hub's SakanaAI/EDINET-Bench, built from EDINET, Public Data License 1.0. Of each report four sheets are read, each a
JSON text: `summary`, `bs` (balance sheet), `pl` (profit and loss) and `cf` (cash flow).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jaeval.data import store
from jaeval.data.rows import Row, Splits, split
from jaeval.errors import DataError

if TYPE_CHECKING:
    import datasets

SHEETS = ("summary", "bs", "pl", "cf")


class _Report(BaseModel):
    model_config = ConfigDict(strict=True)

    doc_id: Annotated[str, Field(min_length=1)]
    edinet_code: str
    summary: str | None
    bs: str | None
    pl: str | None
    cf: str | None


class _Labelled(_Report):
    label: Literal[0, 1]


class _Classified(_Report):
    industry: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class _Subset:
    data: str
    split: str
    answer: str
    kind: type[_Report]

    def path(self, name: str) -> str:
        return f"{name}/{self.split}-00000-of-00001.parquet"

    @property
    def columns(self) -> dict[str, Any]:
        answer = {self.answer: "int32" if self.answer == "label" else "string"}
        return dict.fromkeys(("id", "source_id", "edinet_code", *SHEETS), "string") | answer


SUBSETS = {
    "fraud_detection": _Subset("edinet_fraud", "test", "label", _Labelled),
    "earnings_forecast": _Subset("edinet_earnings", "test", "label", _Labelled),
    "industry_prediction": _Subset("edinet_industry", "train", "industry", _Classified),
}


def load(subset: str, **_: Any) -> Mapping[str, datasets.Dataset]:
    """One subset in the split that upstream evaluates.

    `fraud_detection` (split `test`, 224 reports) and `earnings_forecast` (`test`, 451) have a `label`, 1 for fraud
    or a rise of the profit; `industry_prediction` (`train`, its only split, 496) has an `industry`.

    Raises:
        DataError: no such subset, or the file cannot be had, was changed, or is malformed.
    """
    if subset not in SUBSETS:
        raise DataError(f"no subset {subset!r}", field="subset", remedy=f"Choose one of: {', '.join(SUBSETS)}")
    part = SUBSETS[subset]
    path = part.path(subset)
    return Splits(**{part.split: lambda: split(parse_reports(store.read(part.data, path), path, subset), part.columns)})


def parse_reports(content: bytes, file: str, subset: str) -> list[Row]:
    """Rows from a Parquet file, numbered by position; `source_id` names the report, which subsets may share.

    Raises:
        DataError: no Parquet file, a column is missing, or a cell is malformed; the error names the row, from 0.
    """
    import pyarrow as pa
    from pyarrow import parquet

    part = SUBSETS[subset]
    columns = list(part.kind.model_fields)
    try:
        table = parquet.ParquetFile(io.BytesIO(content))
        if missing := [name for name in columns if name not in table.schema_arrow.names]:
            raise DataError(f"no column {missing[0]}", file=file)
        reports = table.read(columns=columns).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"not a Parquet file ({type(error).__name__})", file=file) from error
    return [_row(report, i, part, file) for i, report in enumerate(reports)]


def _row(report: dict[str, Any], number: int, part: _Subset, file: str) -> Row:
    try:
        values = part.kind(**report).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(first["msg"], file=file, field=f"row {number}.{where}") from error
    return {"id": f"{part.data}/{number}", "source_id": f"edinet/{values.pop('doc_id')}", **values}

"""jfinqa: 1,000 questions on Japanese companies' filings, in three subtasks (github.com/ajtgjmdjp/jfinqa)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from jaeval.data import store
from jaeval.data.rows import Row, parsed, split
from jaeval.errors import DataError

if TYPE_CHECKING:
    import datasets

# The columns of the hub's `ajtgjmdjp/jfinqa` that its prompt and its scoring read, after the ids.
COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "company_name": "string",
    "accounting_standard": "string",
    "scale": "string",
    "pre_text": ["string"],
    "post_text": ["string"],
    "table_headers": ["string"],
    "table_rows": [["string"]],
    "question": "string",
    "answer": "string",
}
SUBTASKS = ("numerical_reasoning", "consistency_checking", "temporal_reasoning")


class _Table(BaseModel):
    headers: list[str]
    rows: list[list[str]]


class _Pair(BaseModel):
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)


class _Item(BaseModel):
    id: str
    subtask: Literal["numerical_reasoning", "consistency_checking", "temporal_reasoning"]
    company_name: str
    accounting_standard: str
    scale: str
    pre_text: list[str]
    post_text: list[str]
    table: _Table
    qa: _Pair


def load(subtask: str, **_: Any) -> dict[str, datasets.Dataset]:
    """One subtask as split `test`: numerical_reasoning (550), consistency_checking (200), temporal_reasoning (250).

    Raises:
        DataError: no such subtask, or the file cannot be had, was changed, or is malformed.
    """
    if subtask not in SUBTASKS:
        raise DataError(f"no subtask {subtask!r}", field="subtask", remedy=f"Choose one of: {', '.join(SUBTASKS)}")
    path = "scripts/data/final/jfinqa_v1.json"
    return {"test": split(parse_items(store.read("jfinqa", path), path, subtask), COLUMNS)}


def parse_items(content: bytes, file: str, subtask: str) -> list[Row]:
    """The rows of one subtask from jfinqa's JSON. `id` is jfinqa's own (`nr_001`).

    Raises:
        DataError: an item is malformed; the error names its position, from 0, and the field.
    """
    return [
        {
            "id": item.id,
            "source_id": f"jfinqa/{item.id}",
            "company_name": item.company_name,
            "accounting_standard": item.accounting_standard,
            "scale": item.scale,
            "pre_text": item.pre_text,
            "post_text": item.post_text,
            "table_headers": item.table.headers,
            "table_rows": item.table.rows,
            "question": item.qa.question,
            "answer": item.qa.answer,
        }
        for item in parsed(list[_Item], content, file)
        if item.subtask == subtask
    ]

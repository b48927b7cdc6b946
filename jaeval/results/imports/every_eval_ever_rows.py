"""The items of Every Eval Ever 0.3: `UUID_samples.jsonl`, one row for each item of each number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from jaeval.results.imports.border import MAX_NAME, Place, parse_model, read_rows, score_in, text_in
from jaeval.results.imports.every_eval_ever_file import Lenient
from jaeval.results.submission import ItemScore, TaskScore

PLACE = re.compile(r"[0-9]{1,12}$")
"""An id that tells the document's place in its split."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of items, and the numbers they may belong to: by id, and by name where a name has one number only."""

    path: Path
    evaluation_id: str
    by_id: dict[str, TaskScore]
    by_name: dict[str, TaskScore]


class _Input(Lenient):
    raw: str
    formatted: str | None = None
    reference: list[str]


class _Output(Lenient):
    raw: list[str]
    reasoning_trace: list[str] | None = None


class _Attribution(Lenient):
    extracted_value: str
    is_terminal: bool = True


class _Evaluation(Lenient):
    score: Any


class ItemRow(Lenient):
    """What is read of a row."""

    evaluation_id: str
    evaluation_name: str
    evaluation_result_id: str | None = None
    sample_id: str
    sample_hash: str | None = None
    input: _Input
    output: _Output | None = None
    messages: list[Any] | None = None
    answer_attribution: list[_Attribution]
    evaluation: _Evaluation
    error: str | None = None
    metadata: dict[str, Any] | None = Field(default_factory=dict)


def check_rows(rows: Rows) -> int:
    """Read a file of items to its end. Returns the number of rows; raises `ResultFileError` as `read_item_rows`."""
    return sum(1 for _ in read_item_rows(rows))


def read_item_rows(rows: Rows) -> Iterator[ItemScore]:
    """The items of a file.

    Raises:
        ResultFileError: a row is malformed, of another evaluation, or belongs to none of its numbers.
    """
    seen: set[tuple[str, str, str, str]] = set()
    for place, content in read_rows(rows.path):
        row = parse_model(content, ItemRow, place)
        if row.evaluation_id != rows.evaluation_id:
            raise place.at("evaluation_id").problem("is that of another evaluation")
        score = rows.by_id.get(row.evaluation_result_id or "") or rows.by_name.get(row.evaluation_name)
        if score is None:
            raise place.at("evaluation_result_id").problem("belongs to none of the evaluation's numbers")
        key = (score.task, score.metric, score.filter, row.sample_id)
        if key in seen:
            raise place.at("sample_id").problem("stands twice")
        seen.add(key)
        yield _item(row, score, place)


def _item(row: ItemRow, score: TaskScore, place: Place) -> ItemScore:
    metadata = row.metadata or {}
    value, _ = score_in(row.evaluation.score, place.at("evaluation", "score"))
    output = row.output or _Output(raw=[])
    terminal = [found.extracted_value for found in row.answer_attribution if found.is_terminal]
    return ItemScore(
        task=score.task,
        metric=score.metric,
        filter=score.filter,
        item=text_in(row.sample_hash or row.sample_id, place.at("sample_hash"), MAX_NAME),
        score=None if row.error else value,
        cluster=text_in(metadata.get("cluster") or "", place.at("metadata", "cluster"), MAX_NAME),
        doc_id=int(row.sample_id)
        if row.sample_id.isascii() and row.sample_id.isdigit() and len(row.sample_id) < 13
        else 0,
        prompt=text_in(row.input.formatted or row.input.raw, place.at("input")),
        response=text_in("\n\n".join(output.raw), place.at("output", "raw")),
        reasoning=text_in("\n\n".join(output.reasoning_trace or []), place.at("output", "reasoning_trace")),
        extracted=text_in(terminal[-1] if terminal else "", place.at("answer_attribution")),
        target=text_in("\n".join(row.input.reference), place.at("input", "reference")),
        finish="failed" if row.error else text_in(metadata.get("finish") or "", place.at("metadata", "finish"), 20),
    )

"""Score responses that exist already, without a model: the same rules, rows and scorecard as a run."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from jaeval.catalogue import TaskCard, open_task
from jaeval.engines.protocol import GenerationResponse
from jaeval.engines.reasoning import ThinkTags, part
from jaeval.errors import ResponseError, TaskError
from jaeval.evaluation.answer import Answers
from jaeval.evaluation.folder import RunFolder, default_folder
from jaeval.evaluation.plan import Part, Plan, PlannedItem, PlannedTask
from jaeval.evaluation.provenance import hardware, task_records, versions
from jaeval.evaluation.score import score_task
from jaeval.results.run import Run
from jaeval.results.schema import Manifest

SIMPLE_TARGET = re.compile(r"\s*(?:\{\{-?)?\s*(\w+)\s*(?:-?\}\})?\s*")


class ResponseRow(BaseModel):
    """One line of a file of responses. Further keys are ignored.

    Attributes:
        id: the document's own id, or its number in the split.
        response: what a model answered; a `<think>` part is kept apart.
        target: replaces the data set's right answer.
    """

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    response: str
    target: Any = None


@dataclass(frozen=True, slots=True)
class _Read:
    rows: dict[str, ResponseRow]
    sha256: str


def score_responses(
    card: TaskCard, responses: str | Path, *, out: str | Path | None = None, split: str | None = None
) -> Run:
    """Score a JSONL file of responses by a task's rules. Items without a response are left out, not scored 0.

    Args:
        card: the task; it must be scored on generated text.
        responses: the file. Stop texts are not applied: a response is taken as it stands.
        out: the run's folder; None makes one below `runs/`.
        split: the split that the responses answer.

    Raises:
        TaskError: the task is scored by log-likelihoods, or its target cannot be replaced.
        ResponseError: a row is malformed, stands twice, or belongs to no item.
    """
    started = datetime.now().astimezone()
    if card.output_type != "generate_until":
        raise TaskError("is scored by log-likelihoods, which responses lack", file=card.name)
    file = Path(responses).expanduser()
    read = read_responses(file)
    task = open_task(card, split=split)
    docs = _documents(task, read.rows, file)
    items, found = [], []
    for place, (doc_id, doc, row) in enumerate(docs):
        if row.target is not None:
            doc = doc | {target_field(card): row.target}
        made = task.construct_requests(doc=doc, ctx=task.doc_to_text(doc), metadata=(card.name, doc_id, 1))
        items.append(PlannedItem(card.name, doc_id, doc, [made], [[Part(place)]]))
        parted = part(row.response, ThinkTags())
        answer = row.response if parted.answer is None and parted.reasoning is None else parted.answer or ""
        found.append(GenerationResponse(answer, "stop", parted.reasoning))
    plan = Plan({card.name: PlannedTask(card, task, split or card.split, len(task.eval_docs))}, items)
    rows = list(score_task(task, items, Answers(list(found))))
    folder = RunFolder(Path(out) if out else default_folder(f"{file.stem}-{card.name}", started), resume=False)
    manifest = Manifest(
        checkpoint=file.name,
        weight_hash=read.sha256,
        engine="responses",
        fingerprint={"engine": "responses"},
        settings={"split": split},
        plan_hash=plan.digest(),
        tasks=task_records(plan),
        versions=versions(),
        hardware=hardware(),
        started=started,
        finished=datetime.now().astimezone(),
        requests=len(found),
    )
    return Run.write(folder.path, manifest, rows)


def read_responses(file: Path) -> _Read:
    """Read and check a file of responses.

    Raises:
        ResponseError: it cannot be read, a line is malformed, or an id stands twice.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ResponseError(f"cannot be read ({error.strerror})", file=file) from error
    rows: dict[str, ResponseRow] = {}
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = ResponseRow.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise ResponseError(
                first["msg"], file=file, field=f"line {number}{f', {field}' if field else ''}"
            ) from error
        except (ValueError, RecursionError) as error:
            raise ResponseError(f"is not JSON ({error})", file=file, field=f"line {number}") from error
        if row.id in rows:
            raise ResponseError(f"id {row.id!r} stands twice", file=file, field=f"line {number}")
        rows[row.id] = row
    if not rows:
        raise ResponseError("holds no responses", file=file, remedy='A row is {"id": …, "response": …}')
    return _Read(rows, hashlib.sha256(content).hexdigest())


def _documents(task: Any, rows: dict[str, ResponseRow], file: Path) -> list[tuple[int, dict[str, Any], ResponseRow]]:
    by_id: dict[str, tuple[int, dict[str, Any]]] = {}
    for doc_id, doc in task.doc_iterator():
        by_id.setdefault(str(doc_id), (doc_id, doc))
        if "id" in doc:
            by_id[str(doc["id"])] = (doc_id, doc)
    if unknown := [name for name in rows if name not in by_id]:
        raise ResponseError(
            f"id {unknown[0]!r} belongs to no item of {task.task_name} ({len(unknown)} such rows)",
            file=file,
            remedy="An id is the document's own, or its number in the split",
        )
    named: dict[int, str] = {}
    for name in rows:
        doc_id = by_id[name][0]
        if doc_id in named:
            raise ResponseError(f"ids {named[doc_id]!r} and {name!r} are the same item", file=file)
        named[doc_id] = name
    return [(*by_id[name], rows[name]) for _, name in sorted(named.items())]


def target_field(card: TaskCard) -> str:
    """The document's field that holds the right answer: the header's `target_field`, else what `doc_to_target` names.

    Raises:
        TaskError: neither names a single field.
    """
    if name := card.header.get("target_field"):
        return str(name)
    target = card.config.get("doc_to_target")
    match = SIMPLE_TARGET.fullmatch(target) if isinstance(target, str) else None
    if match is None:
        raise TaskError(
            "does not say which field holds its target",
            file=card.file,
            field="metadata.target_field",
            remedy="Name the field there, or leave the targets out of the responses",
        )
    return match.group(1)

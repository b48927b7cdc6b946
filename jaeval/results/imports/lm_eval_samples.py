"""lm-eval's `samples_TASK_DATE.jsonl`: one row for each document and filter, beside the results of the same date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from jaeval.results.clusters import cluster_of
from jaeval.results.imports.border import Place, count_in, name_in, parse_model, read_rows, text_in
from jaeval.results.imports.runs import choice_texts, item_value
from jaeval.results.submission import ItemScore, TaskScore

DATE = re.compile(r"_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.jsonl?$")
PREFIX = "samples_"


@dataclass(frozen=True, slots=True)
class Samples:
    """A samples file and what its task's results say.

    Attributes:
        path: the file.
        task: the task's name.
        metrics: the metrics that have a score, by filter, in the order of the results.
        metadata: the task's header.
    """

    path: Path
    task: str
    metrics: dict[str, tuple[str, ...]]
    metadata: Any = None


class Sample(BaseModel):
    """One row. Each metric stands under its own name, among the further keys."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    doc_id: Any
    doc: Any = None
    target: Any = ""
    arguments: Any = None
    resps: Any = None
    filtered_resps: Any = None
    filter: str | None = None
    doc_hash: str | None = None


def date_of(path: Path) -> str | None:
    """The date in a file's name, which results and samples of one evaluation share."""
    found = DATE.search(path.name)
    return found[1] if found else None


def samples_beside(path: Path, tasks: Sequence[str]) -> dict[str, Path]:
    """The samples files of a results file, by task.

    Raises:
        ResultFileError: a samples file of the same date belongs to no task of the results, or is a symbolic link.
    """
    date = date_of(path)
    if date is None:
        return {}
    written = {variant: task for task in tasks for variant in (re.sub(r"\W", "_", task), task.replace("/", "_"), task)}
    found = {}
    for file in sorted(path.parent.glob(f"{PREFIX}*_{date}.jsonl")):
        task = written.get(file.name.removeprefix(PREFIX).removesuffix(f"_{date}.jsonl"))
        if task is None:
            raise Place(file).problem(f"belongs to no task of {path.name}")
        if file.is_symlink():
            raise Place(file).problem("is a symbolic link, which is not followed")
        found[task] = file
    return {task: found[task] for task in tasks if task in found}


def metrics_of(scores: Sequence[TaskScore], task: str) -> dict[str, tuple[str, ...]]:
    """A task's metrics by filter."""
    found: dict[str, tuple[str, ...]] = {}
    for score in scores:
        if score.task == task:
            found[score.filter] = (*found.get(score.filter, ()), score.metric)
    return found


def check_samples(samples: Samples) -> str:
    """Read a samples file to its end.

    Returns:
        The sha256 over its documents' hashes in order, as a run's manifest has it.

    Raises:
        ResultFileError: a row is malformed, or stands twice.
    """
    hashes: dict[int, str] = {}
    for item in read_samples(samples):
        hashes[item.doc_id] = item.item
    return hashlib.sha256("".join(hashes[doc_id] for doc_id in sorted(hashes)).encode()).hexdigest()


def read_samples(samples: Samples) -> Iterator[ItemScore]:
    """The items of a samples file: for each row and each metric that has a score, one.

    Raises:
        ResultFileError: a row is malformed, or stands twice.
    """
    seen: dict[int, list[str]] = {}
    for place, content in read_rows(samples.path):
        row = parse_model(content, Sample, place)
        doc_id = count_in(row.doc_id, place.at("doc_id"))
        before = seen.setdefault(doc_id, [])
        extractor = _filter(row, before, samples, place)
        if extractor in before:
            raise place.problem(f"document {doc_id} with filter {extractor!r} stands twice")
        before.append(extractor)
        values = row.model_extra or {}
        shared = _texts(row, place) | {
            "doc_id": doc_id,
            "item": _hash(row, place),
            "cluster": cluster_of(samples.task, row.doc, samples.metadata),
        }
        for metric in samples.metrics.get(extractor, ()):
            if metric in values:
                yield ItemScore(
                    task=samples.task,
                    metric=metric,
                    filter=extractor,
                    score=_value(values[metric], place.at(metric)),
                    **shared,
                )


def _filter(row: Sample, before: Sequence[str], samples: Samples, place: Place) -> str:
    """Files before 0.4.4 do not name the filter: their rows come filter after filter, in the order of the results."""
    if row.filter is not None:
        return name_in(row.filter, place.at("filter"))
    names = list(samples.metrics) or ["none"]
    return names[min(len(before), len(names) - 1)]


def _value(value: Any, place: Place) -> float | None:
    if isinstance(value, str):
        raise place.problem("is no number but text")
    return item_value(value)


def _hash(row: Sample, place: Place) -> str:
    """The document's hash; where an old file has none, made as lm-eval makes it."""
    if row.doc_hash:
        return text_in(row.doc_hash, place.at("doc_hash"), 200)
    if row.doc is None:
        return ""
    try:
        text = json.dumps(row.doc, indent=2, ensure_ascii=False)
    except RecursionError:
        raise place.at("doc").problem("is nested too deeply") from None
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _texts(row: Sample, place: Place) -> dict[str, Any]:
    asked = _arguments(row.arguments)
    found = row.filtered_resps if isinstance(row.filtered_resps, list) else []
    if pairs := _pairs(found):
        prompt, response = choice_texts(asked, pairs)
        extracted: Any = ""
    else:
        prompt = asked[0][0] if asked and asked[0] else ""
        response = "\n\n".join(_leaves(row.resps))
        extracted = found[0] if len(found) == 1 else found or ""
    return {
        "prompt": text_in(prompt, place.at("arguments")),
        "response": text_in(response, place.at("resps")),
        "extracted": text_in(extracted, place.at("filtered_resps")),
        "target": text_in(str(row.target), place.at("target")),
        "finish": "choice" if pairs else "",
    }


def _arguments(value: Any) -> list[list[Any]]:
    """`[[context, continuation], …]`, or the same as `{"gen_args_0": {"arg_0": …}}`."""
    entries = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [list(entry.values()) if isinstance(entry, dict) else entry for entry in entries if entry]


def _pairs(found: list[Any]) -> list[list[Any]]:
    """Answers to choices, `["-1.5", "False"]`, as numbers; empty where these are no such answers."""
    pairs = []
    for entry in found:
        if not isinstance(entry, list) or len(entry) != 2 or str(entry[1]) not in ("True", "False"):
            return []
        try:
            pairs.append([float(entry[0]), str(entry[1]) == "True"])
        except (TypeError, ValueError, OverflowError):
            return []
    return pairs


def _leaves(value: Any, depth: int = 4) -> Iterator[str]:
    if isinstance(value, list) and depth:
        for entry in value:
            yield from _leaves(entry, depth - 1)
    elif value is not None:
        yield str(value)

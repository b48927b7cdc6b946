"""Scores as the Hugging Face hub's `.eval_results/*.yaml`, made by huggingface_hub's own classes.

The hub files a score under a data set that is registered as a benchmark, and a task of it. Which those are, jaeval
knows only where a task's data come from the hub; for all else the user says so: `TASK=OWNER/NAME` or
`TASK=OWNER/NAME:TASK_ID`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from jaeval.errors import RunError
from jaeval.results.every_eval_ever_text import portable
from jaeval.results.run import write_atomically
from jaeval.results.submission import Submission, TaskScore

if TYPE_CHECKING:
    from huggingface_hub import EvalResultEntry

FOLDER = ".eval_results"
BENCHMARK = re.compile(r"(?P<dataset>[\w.-]+/[\w.-]+)(?::(?P<task>[^\s:]+))?$")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Where the hub files a task's score.

    Attributes:
        dataset: the data set's id, `OWNER/NAME`.
        task_id: its task's id, as the data set's `eval.yaml` has it.
        revision: of the data set; None where unknown.
    """

    dataset: str
    task_id: str
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, and the tasks that have no benchmark on the hub, or no score."""

    files: list[Path]
    left_out: list[str]


def export_hugging_face(
    submission: Submission,
    folder: Path,
    *,
    benchmarks: Mapping[str, Benchmark] | None = None,
    percent: bool = False,
) -> Exported:
    """Write one YAML file for each benchmark, below `.eval_results`.

    Args:
        submission: the submission; of each task the primary score is written.
        folder: a copy of the model's repository; made where it is missing.
        benchmarks: by task; added to those that jaeval knows.
        percent: write fractions times 100. What a benchmark's board expects is not written anywhere: look at it first.

    Raises:
        RunError: the folder cannot be written, no task has a benchmark, or huggingface_hub is too old.
    """
    known = {**known_benchmarks(score.task for score in submission.scores), **(benchmarks or {})}
    unknown = sorted(set(benchmarks or ()) - {score.task for score in submission.scores})
    if unknown:
        raise RunError(f"has no task {unknown[0]!r}", file=submission.source, field="--dataset")
    entries: dict[str, list[EvalResultEntry]] = {}
    left_out = []
    for score in submission.scores:
        if not score.primary:
            continue
        if score.task not in known or score.value is None:
            left_out.append(score.task)
            continue
        found = known[score.task]
        entries.setdefault(found.dataset, []).append(_entry(submission, score, found, percent))
    if not entries:
        raise RunError(
            "no task of it has a benchmark on the hub",
            file=submission.source,
            field="--dataset",
            remedy="Name one: --dataset TASK=OWNER/NAME:TASK_ID",
        )
    return Exported([_write(folder, dataset, found) for dataset, found in entries.items()], left_out)


def known_benchmarks(tasks: Iterable[str]) -> dict[str, Benchmark]:
    """The benchmarks of tasks whose data are a data set of the hub, at the revision that the data lock pins."""
    from jaeval.catalogue import Catalogue
    from jaeval.data.lock import packaged_lock

    on_hub = {dataset.name: dataset for dataset in packaged_lock().datasets if dataset.kind == "hub"}
    cards = Catalogue().cards
    found = {}
    for task in tasks:
        data = cards[task].header.get("data") if task in cards else None
        if isinstance(data, str) and data in on_hub:
            found[task] = Benchmark(on_hub[data].repository, task, on_hub[data].commit)
    return found


def parse_benchmark(text: str) -> tuple[str, Benchmark]:
    """`TASK=OWNER/NAME`, or with `:TASK_ID` at the end. Raises `RunError` where it is neither."""
    task, sign, where = text.partition("=")
    found = BENCHMARK.match(where.strip())
    if not sign or not task.strip() or found is None:
        raise RunError("is not TASK=OWNER/NAME or TASK=OWNER/NAME:TASK_ID", field=f"--dataset {text}")
    return task.strip(), Benchmark(found["dataset"], found["task"] or task.strip())


def _entry(submission: Submission, score: TaskScore, where: Benchmark, percent: bool) -> EvalResultEntry:
    try:
        from huggingface_hub import EvalResultEntry
    except ImportError as error:
        raise RunError("huggingface_hub is too old", remedy="pip install -U huggingface_hub") from error
    notes = [submission.harness, submission.harness_version, score.metric]
    notes += [f"filter {score.filter}"] if score.filter != "none" else []
    notes += [f"{score.num_fewshot}-shot"] if score.num_fewshot is not None else []
    notes += [f"n={score.n}"] if score.n is not None else []
    scale = 100 if percent else 1
    notes += [f"stderr={score.stderr * scale:.4g}"] if score.stderr is not None else []
    return EvalResultEntry(
        dataset_id=where.dataset,
        task_id=where.task_id,
        value=(score.value or 0.0) * scale,
        dataset_revision=where.revision,
        date=submission.date.isoformat() if submission.date else None,
        notes=", ".join(filter(None, notes)),
    )


def _write(folder: Path, dataset: str, entries: list[EvalResultEntry]) -> Path:
    from huggingface_hub import eval_result_entries_to_yaml

    file = folder / FOLDER / f"{portable(dataset)}.yaml"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot be made ({error.strerror})", file=file.parent, field="--out") from error
    text = yaml.safe_dump(eval_result_entries_to_yaml(entries), allow_unicode=True, sort_keys=False)
    write_atomically(file, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return file

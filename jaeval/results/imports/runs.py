"""jaeval's own runs as submissions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaeval.results.clusters import cluster_of
from jaeval.results.imports.border import (
    MAX_JSON_BYTES,
    MAX_ROWS_BYTES,
    Place,
    check_size,
    count_in,
    flat_in,
    name_in,
    published_name,
    text_in,
)
from jaeval.results.run import ITEMS, JOURNAL, MANIFEST, RESULTS, Run
from jaeval.results.schema import ItemRow, Score, TaskRecord
from jaeval.results.submission import ItemScore, Submission, TaskScore


def is_run(folder: Path) -> bool:
    """Whether a folder is a run, finished or not: a manifest, and any other of a run's files."""
    return (folder / MANIFEST).is_file() and any((folder / name).exists() for name in (RESULTS, ITEMS, JOURNAL))


def read_run(folder: Path) -> Submission:
    """Read a run folder; its items are read once, to be sure of them.

    Raises:
        RunError: it is unfinished or damaged.
        ResultFileError: a number in it is impossible, or a file is too large or a symbolic link.
    """
    for name, most in ((MANIFEST, MAX_JSON_BYTES), (RESULTS, MAX_JSON_BYTES), (ITEMS, MAX_ROWS_BYTES)):
        if (folder / name).is_symlink():
            raise Place(folder / name).problem("is a symbolic link, which is not followed")
        if (folder / name).exists():
            check_size(folder / name, most)
    submission = submission_of(Run.open(folder))
    for _ in submission.items():
        pass
    return submission


def submission_of(run: Run) -> Submission:
    """A run as a submission, its items unread.

    Raises:
        ResultFileError: a number in it is impossible.
    """
    manifest = run.manifest
    place = Place(run.path / MANIFEST)
    settings = {
        **flat_in(manifest.fingerprint, place.at("fingerprint")),
        **flat_in(manifest.settings, place.at("settings")),
        **{f"engine.{key}": value for key, value in flat_in(manifest.engine_args, place.at("engine_args")).items()},
        "engine": manifest.engine,
    }
    if manifest.suite is not None:
        settings["suite"] = manifest.suite
    if manifest.truncated_prompts:
        settings["truncated_prompts"] = manifest.truncated_prompts
    results = Place(run.path / RESULTS, ("scores",))
    return Submission(
        model=name_in(published_name(manifest.checkpoint), place.at("checkpoint")),
        scores=tuple(
            _task_score(score, manifest.tasks[score.task], results.at(number))
            for number, score in enumerate(run.scores)
        ),
        source=run.path,
        format="jaeval",
        harness="jaeval",
        harness_version=manifest.versions.get("jaeval", ""),
        date=manifest.started,
        weight_hash=manifest.weight_hash,
        settings=settings,
        items=lambda: run_items(run),
    )


def _task_score(score: Score, task: TaskRecord, place: Place) -> TaskScore:
    numbers = {name: getattr(score, name) for name in ("value", "stderr", "low", "high", "chance")}
    odd = [name for name, value in numbers.items() if value is not None and not math.isfinite(value)]
    if score.stderr is not None and score.stderr < 0:
        raise place.at("stderr").problem("is negative")
    return TaskScore(
        task=name_in(score.task, place.at("task")),
        metric=name_in(score.metric, place.at("metric")),
        filter=name_in(score.filter, place.at("filter")),
        **numbers | dict.fromkeys(odd),
        n=count_in(score.n, place.at("n")),
        higher_is_better=task.higher_is_better.get(score.metric),
        primary=score.primary,
        failed=count_in(score.failed, place.at("failed")),
        truncated=count_in(score.truncated, place.at("truncated")),
        version="" if task.version is None else str(task.version),
        num_fewshot=count_in(task.num_fewshot, Place(place.file.with_name(MANIFEST)).at(f"tasks.{score.task}")),
        data_hash=task.data_hash,
        note=f"{score.value} in the source" if "value" in odd else "",
    )


def run_items(run: Run) -> Iterator[ItemScore]:
    """The items of a run: for each filter and metric of its task, one.

    Raises:
        RunError: the items cannot be read.
        ResultFileError: a text is longer than any answer.
    """
    asked: dict[str, list[tuple[str, str]]] = {}
    for score in run.scores:
        asked.setdefault(score.task, []).append((score.filter, score.metric))
    file = run.path / ITEMS
    for number, row in enumerate(run.items()):
        place = Place(file, (f"row {number:,}",))
        task = run.manifest.tasks.get(row.task)
        if task is None:
            raise place.at("task").problem("is not in the manifest")
        shared = _texts(row, place) | {"cluster": cluster_of(row.task, row.doc, task.config.get("metadata"))}
        extracted = row.extracted if isinstance(row.extracted, dict) else {}
        for extractor, metric in asked.get(row.task, []):
            found = extracted.get(extractor)
            yield ItemScore(
                task=row.task,
                metric=metric,
                filter=extractor,
                score=item_value(_nested(row.scores, extractor, metric)),
                extracted="" if found is None or row.finish == "choice" else text_in(found, place.at("extracted")),
                **shared,
            )


def item_value(value: Any) -> float | None:
    """An item's value of a metric as a number; None for what is none, such as the parts of a corpus metric."""
    if not isinstance(value, bool | int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _nested(values: Any, *keys: str) -> Any:
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _texts(row: ItemRow, place: Place) -> dict[str, Any]:
    prompt, response = "", ""
    if row.finish == "choice":
        prompt, response = choice_texts(row.prompts, [found[0] if found else None for found in row.responses])
    else:
        prompt = row.prompts[0] if row.prompts else ""
        answers = [answer for found in row.responses if isinstance(found, list) for answer in found]
        response = "\n\n".join(str(answer) for answer in answers)
    return {
        "item": text_in(row.doc_hash, place.at("doc_hash"), 200),
        "doc_id": count_in(row.doc_id, place.at("doc_id")),
        "prompt": text_in(prompt, place.at("prompts")),
        "response": text_in(response, place.at("responses")),
        "reasoning": text_in("\n\n".join(str(part) for part in row.reasoning if part), place.at("reasoning")),
        "target": text_in(str(row.target), place.at("target")),
        "finish": row.finish,
    }


def choice_texts(pairs: Any, found: list[Any]) -> tuple[str, str]:
    """The context of a multiple choice, and in words the choice with the highest log-likelihood.

    Args:
        pairs: (context, continuation) of each choice. Only those with the first context count: metrics that compare
            with an empty context ask a second time.
        found: [log-likelihood, greedy] of each.
    """
    if not isinstance(pairs, list) or not pairs or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        return str(pairs[0] if isinstance(pairs, list) and pairs else ""), ""
    best, chosen = -math.inf, ""
    for (context, continuation), answer in zip(pairs, found, strict=False):
        value = item_value(answer[0]) if isinstance(answer, list) and answer else None
        if context == pairs[0][0] and value is not None and value > best:
            best, chosen = value, str(continuation).strip()
    return str(pairs[0][0]), chosen

"""Submissions as Every Eval Ever 0.3: one JSON file for each, and its items as JSON lines beside it.

The layout is the datastore's, `data/COLLECTION/DEVELOPER/MODEL/UUID.json` and `UUID_samples.jsonl`. What the schema has
no field for (filter, chance, failed answers, settings …) goes into its `details`, so that jaeval reads everything back.
Scores that are missing, and items without a score of their own, have no place in the schema's rows: the first are
listed in `source_metadata`, the second left out. Missing is never zero.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from jaeval.errors import RunError
from jaeval.results.every_eval_ever_text import VERSION, WRITTEN_BY, encoded, portable
from jaeval.results.exports.every_eval_ever_rows import result_id, rows_of
from jaeval.results.redistribution import Texts
from jaeval.results.run import write_atomically
from jaeval.results.schema import to_json
from jaeval.results.schemas import EVERY_EVAL_EVER, check
from jaeval.results.submission import Submission, TaskScore

FRACTIONS = re.compile(r"acc|exact|f1$|f1_|macro_f1|precision|recall|rouge|.*_match$|.*_accuracy$|char_f1")
"""Metrics whose scale is known to run from 0 to 1."""
IN_SCHEMA = ("task", "metric", "value", "stderr", "n")
"""Fields of a score for which the schema has a place."""
DEFAULTS = {entry.name: entry.default for entry in fields(TaskScore)}


def export_every_eval_ever(
    submission: Submission,
    folder: Path,
    *,
    collection: str = "jaeval",
    organization: str = "unknown",
    texts: Texts = "all",
) -> list[Path]:
    """Write a submission's file, and that of its items where it has any.

    Args:
        submission: the submission.
        folder: made where it is missing; the files go below its `data`.
        collection: the folder of the datastore that they belong to, such as a board's name.
        organization: who evaluated.
        texts: whose texts leave: all tasks', those that may be passed on, or none.

    Returns:
        The files written, the aggregates first.

    Raises:
        RunError: the record does not fit the schema, the folder cannot be written, or the items cannot be read.
    """
    record = record_of(submission, collection=collection, organization=organization)
    check(record, EVERY_EVAL_EVER)
    name = identity(record, rows_of(submission, "", texts))
    record["evaluation_id"] += f"-{name[:8]}"
    developer, model = _address(submission.model, organization)
    inside = Path("data", portable(collection), developer, model)
    place = folder / inside
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot be made ({error.strerror})", file=place, field="--out") from error
    files = [place / f"{name}.json"]
    if next(rows_of(submission, "", texts), None) is not None:
        files.append(place / f"{name}_samples.jsonl")
        record["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": (inside / files[1].name).as_posix(),
            "hash_algorithm": "sha256",
            **_write_rows(files[1], rows_of(submission, record["evaluation_id"], texts)),
        }
    text = to_json(record, indent=2) + "\n"
    write_atomically(files[0], lambda temporary: temporary.write_text(text, encoding="utf-8", newline="\n"))
    return files


def _write_rows(file: Path, rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Write rows, and give their checksum and number."""
    digest, count = hashlib.sha256(), 0

    def write(temporary: Path) -> None:
        nonlocal count
        with temporary.open("w", encoding="utf-8", newline="\n") as handle:
            for row in rows:
                line = to_json(row) + "\n"
                digest.update(line.encode("utf-8"))
                handle.write(line)
                count += 1

    write_atomically(file, write)
    return {"checksum": digest.hexdigest(), "total_rows": count}


def record_of(submission: Submission, *, collection: str = "jaeval", organization: str = "unknown") -> dict[str, Any]:
    """The content of a submission's file, without its items."""
    stamp = str(int(submission.date.timestamp() if submission.date else _had(submission.source)))
    missing = [_exact(score, place) for place, score in enumerate(submission.scores) if score.value is None]
    source: dict[str, Any] = {"written_by": WRITTEN_BY, "format": submission.format, "source": submission.source.name}
    if submission.date is not None:
        source["date"] = submission.date.isoformat()
    source |= {"missing_scores": missing} if missing else {}
    source |= {"notes": list(submission.notes)} if submission.notes else {}
    from_weights = submission.format in ("jaeval", "jp-stable") or "pretrained" in submission.settings
    engine = submission.settings.get("engine")
    return {
        "schema_version": VERSION,
        "evaluation_id": f"{collection}/{submission.model}/{stamp}",
        **({"evaluation_timestamp": stamp} if submission.date is not None else {}),
        "retrieved_timestamp": stamp,
        "source_metadata": {
            "source_name": submission.harness,
            "source_type": "evaluation_run" if submission.format in ("jaeval", "lm-eval") else "documentation",
            "source_organization_name": organization,
            "evaluator_relationship": "other",
            "additional_details": _details(source),
        },
        "eval_library": {
            "name": submission.harness,
            "version": submission.harness_version or "unknown",
            "additional_details": _details(submission.settings),
        },
        "model_info": {
            "name": submission.model,
            "id": submission.model,
            "developer": _address(submission.model, organization)[0],
            **({"inference_engine": {"name": engine}} if isinstance(engine, str) and engine else {}),
            "additional_details": {
                "deployment_type": "self_deployed" if from_weights else "unknown",
                "model_availability": "unknown",
                **({"weight_hash": submission.weight_hash} if submission.weight_hash else {}),
                **_details({f"details.{key}": value for key, value in submission.details.items()}),
            },
        },
        "evaluation_results": [
            _result(score, place) for place, score in enumerate(submission.scores) if score.value is not None
        ],
    }


def _had(source: Path) -> float:
    """When a source without a date was had: the time of its file."""
    try:
        return source.stat().st_mtime
    except OSError:
        return 0.0


def _result(score: TaskScore, place: int) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {}
    if score.stderr is not None:
        uncertainty["standard_error"] = {"value": score.stderr}
    if score.low is not None and score.high is not None:
        uncertainty["confidence_interval"] = {"lower": score.low, "upper": score.high, "confidence_level": 0.95}
    if score.n is not None:
        uncertainty["num_samples"] = score.n
    assert score.value is not None
    bounded = FRACTIONS.match(score.metric) and 0 <= score.value <= 1
    return {
        "evaluation_result_id": result_id(score),
        "evaluation_name": score.task,
        "source_data": {"dataset_name": score.benchmark or score.task, "source_type": "other"},
        "metric_config": {
            "metric_id": score.metric,
            "metric_name": score.metric,
            **({"metric_unit": "proportion"} if bounded else {}),
            "lower_is_better": score.higher_is_better is False,
            **({"score_type": "continuous", "min_score": 0, "max_score": 1} if bounded else {}),
        },
        "score_details": {
            "score": score.value,
            **({"uncertainty": uncertainty} if uncertainty else {}),
            "details": _details(_exact(score, place, without=IN_SCHEMA)),
        },
    }


def _exact(score: TaskScore, place: int, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a score that are not their defaults, and its place among the submission's scores."""
    values = {entry.name: getattr(score, entry.name) for entry in fields(TaskScore) if entry.name not in without}
    return {"place": place, **{name: value for name, value in values.items() if value != DEFAULTS[name]}}


def _details(values: dict[str, Any]) -> dict[str, str]:
    return {key: encoded(value) for key, value in values.items()}


def identity(record: dict[str, Any], rows: Iterable[dict[str, Any]] = ()) -> str:
    """A version-4 UUID that follows from what is written, numbers and items.

    The datastore refuses other content under a name that it has, and the same content under a second one; it takes
    records for the same that differ in `evaluation_id` and `retrieved_timestamp` alone.
    """
    kept = {key: value for key, value in record.items() if key not in ("evaluation_id", "retrieved_timestamp")}
    digest = hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode())
    for row in rows:
        digest.update(to_json(row).encode("utf-8"))
    return str(uuid.UUID(bytes=digest.digest()[:16], version=4))


def _address(model: str, organization: str) -> tuple[str, str]:
    """The folders of the datastore that a model's name leads to."""
    developer, slash, name = model.strip("/").partition("/")
    return (portable(developer), portable(name)) if slash else (portable(organization), portable(developer))

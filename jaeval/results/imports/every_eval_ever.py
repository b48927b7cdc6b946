"""Every Eval Ever 0.3: one JSON file for each model, and its items as JSON lines beside it.

Files that jaeval exported give back what went in. In others a number's task is its `evaluation_name`, percentages
become fractions, and items join by `evaluation_result_id` or, where a name has one number only, by name.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from jaeval.results.every_eval_ever_text import WRITTEN_BY, decoded
from jaeval.results.imports.border import (
    MAX_NAME,
    MAX_SETTING,
    Place,
    ResultFileError,
    count_in,
    flat_in,
    moment_in,
    name_in,
    parse_model,
    published_name,
    text_in,
)
from jaeval.results.imports.every_eval_ever_file import Detailed, Details, EveryEvalEver
from jaeval.results.imports.every_eval_ever_rows import Rows, check_rows, read_item_rows
from jaeval.results.imports.every_eval_ever_scores import each_once, missing_of, number_of
from jaeval.results.submission import Format, Submission, TaskScore

VERSIONS = ("0.3",)


def is_every_eval_ever(content: Any) -> bool:
    """Whether parsed JSON looks like Every Eval Ever's, whichever version."""
    return isinstance(content, dict) and {"schema_version", "evaluation_results", "model_info"} <= content.keys()


def read_every_eval_ever(content: Any, path: Path) -> Submission:
    """A submission from one file and the `UUID_samples.jsonl` beside it.

    Raises:
        ResultFileError: another version, a field that is missing or impossible, a number that stands twice, or items
            that belong to no number.
    """
    place = Place(path)
    version = content.get("schema_version")
    if not isinstance(version, str) or not version.startswith(tuple(f"{known}." for known in VERSIONS)):
        raise place.at("schema_version").problem("is another version", f"Versions {', '.join(VERSIONS)}.* are read")
    file = parse_model(content, EveryEvalEver, place)
    ours = file.source_metadata.additional_details.get("written_by") == WRITTEN_BY
    results = place.at("evaluation_results")
    numbers = [number_of(result, results.at(i), ours) for i, result in enumerate(file.evaluation_results)]
    if ours:
        numbers = sorted([*numbers, *missing_of(file, place)], key=lambda number: number.place)
    scores = each_once([number.score for number in numbers], results, ours)
    rows, notes = _rows(file, path, {number.id: number.score for number in numbers if number.id}, scores)
    model, library = file.model_info, file.eval_library
    submission = Submission(
        model=name_in(model.id if ours else published_name(model.id), place.at("model_info", "id")),
        scores=tuple(scores),
        source=path,
        format="every-eval-ever",
        harness=name_in(library.name, place.at("eval_library", "name")),
        harness_version=text_in(library.version, place.at("eval_library", "version"), MAX_NAME),
        items=(lambda: read_item_rows(rows)) if rows else lambda: iter(()),
        notes=notes,
    )
    return replace(submission, **(_restored(file, notes, place) if ours else _told(file, place)))


def _told(file: EveryEvalEver, place: Place) -> dict[str, Any]:
    """What others' files say of how it was measured, and of the model."""
    try:
        date = moment_in(file.evaluation_timestamp, place.at("evaluation_timestamp"))
    except ResultFileError:  # a year, or words: the schema asks for any text
        date = None
    return {
        "date": date,
        "settings": flat_in(file.eval_library.additional_details, place.at("eval_library", "additional_details")),
        "details": flat_in(file.model_info.additional_details, place.at("model_info", "additional_details")),
    }


def _restored(file: EveryEvalEver, notes: tuple[str, ...], place: Place) -> dict[str, Any]:
    """What jaeval wrote into a file's details when it exported it."""
    source, here = file.source_metadata.additional_details, place.at("source_metadata", "additional_details")
    model, of_model = file.model_info.additional_details, place.at("model_info", "additional_details")
    details = {name.removeprefix("details."): value for name, value in model.items() if name.startswith("details.")}
    formats: tuple[Format, ...] = get_args(Format)
    written = decoded(text_in(source.get("notes", "[]"), here.at("notes")))
    return {
        "format": next((name for name in formats if name == source.get("format")), "every-eval-ever"),
        "harness_version": "" if file.eval_library.version == "unknown" else file.eval_library.version,
        "date": moment_in(source.get("date"), here.at("date")),
        "weight_hash": text_in(model.get("weight_hash", ""), of_model.at("weight_hash"), MAX_NAME),
        "settings": _decoded(file.eval_library.additional_details, place.at("eval_library", "additional_details")),
        "details": _decoded(details, of_model),
        "notes": (*(str(note) for note in (written if isinstance(written, list) else ())), *notes),
    }


def _decoded(details: Details, place: Place) -> dict[str, Any]:
    values = {name: decoded(text_in(value, place.at(name), 2 * MAX_SETTING)) for name, value in details.items()}
    return flat_in(values, place)


def _rows(
    file: EveryEvalEver, path: Path, known: dict[str, TaskScore], scores: list[TaskScore]
) -> tuple[Rows | None, tuple[str, ...]]:
    """The items beside a file, checked to their end; a note where a file names items that are not there."""
    beside = path.with_name(f"{path.stem}_samples.jsonl")
    if beside.is_symlink():
        raise Place(beside).problem("is a symbolic link, which is not followed")
    if not beside.exists():
        return None, ("its items are missing",) if file.detailed_evaluation_results else ()
    by_name: dict[str, list[TaskScore]] = {}
    for score in scores:
        by_name.setdefault(score.task, []).append(score)
    alone = {name: found[0] for name, found in by_name.items() if len(found) == 1}
    rows = Rows(beside, file.evaluation_id, known, alone)
    count = check_rows(rows)
    told, place = file.detailed_evaluation_results or Detailed(), Place(path, ("detailed_evaluation_results",))
    if told.total_rows is not None and count_in(told.total_rows, place.at("total_rows")) != count:
        raise place.at("total_rows").problem(f"tells {told.total_rows} rows, {beside.name} has {count}")
    if told.checksum and told.hash_algorithm == "sha256" and told.checksum.lower() != _sha256(beside):
        raise place.at("checksum").problem(f"is not that of {beside.name}")
    return rows, ()


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()

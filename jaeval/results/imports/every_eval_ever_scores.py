"""The numbers of Every Eval Ever's file as scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from jaeval.results.every_eval_ever_text import decoded
from jaeval.results.imports.border import MAX_NAME, Place, count_in, name_in, score_in, stderr_in, text_in
from jaeval.results.imports.every_eval_ever_file import EveryEvalEver, Interval, Metric, Result, Uncertainty
from jaeval.results.submission import TaskScore


@dataclass(frozen=True, slots=True)
class Number:
    """A score, the id by which items join it, and its place among the scores."""

    score: TaskScore
    id: str = ""
    place: int = 0


FIELDS = {entry.name: str(entry.type) for entry in fields(TaskScore)}


def number_of(result: Result, place: Place, ours: bool) -> Number:
    """One entry of `evaluation_results`; percentages become fractions, unless jaeval wrote the file.

    Raises:
        ResultFileError: a number or a name in it is impossible.
    """
    metric, details = result.metric_config, result.score_details
    here = place.at("score_details")
    percent = not ours and _in_percent(metric)
    value, note = score_in(details.score, here.at("score"))
    uncertainty = details.uncertainty or Uncertainty()
    inside = here.at("uncertainty")
    stderr = uncertainty.standard_error.value if uncertainty.standard_error else None
    interval = uncertainty.confidence_interval or Interval()
    of_95 = interval.confidence_level is None or interval.confidence_level in (0.95, 95)
    low, _ = score_in(interval.lower if of_95 else None, inside.at("confidence_interval", "lower"))
    high, _ = score_in(interval.upper if of_95 else None, inside.at("confidence_interval", "upper"))
    error = stderr_in(stderr, inside.at("standard_error", "value"))
    score = TaskScore(
        task=name_in(result.evaluation_name, place.at("evaluation_name")),
        metric=name_in(metric.metric_name or metric.metric_id or "score", place.at("metric_config", "metric_name")),
        value=_fraction(value, percent),
        stderr=_fraction(error, percent),
        low=_fraction(low, percent),
        high=_fraction(high, percent),
        n=None if uncertainty.num_samples is None else count_in(uncertainty.num_samples, inside.at("num_samples")),
        higher_is_better=not metric.lower_is_better,
        note=note,
    )
    number = Number(score, result.evaluation_result_id or "")
    return _exactly(number, details.details, here.at("details")) if ours else number


def _in_percent(metric: Metric) -> bool:
    unit = (metric.metric_unit or "").lower()
    return unit in ("percent", "percentage", "%") or (metric.min_score == 0 and metric.max_score == 100)


def _fraction(value: float | None, percent: bool) -> float | None:
    return value / 100 if percent and value is not None else value


def _exactly(number: Number, details: Mapping[str, Any], place: Place) -> Number:
    """A number with the fields that jaeval wrote beside it."""
    found = {name: decoded(text_in(value, place.at(name))) for name, value in details.items()}
    changes = {name: _checked(name, value, place.at(name)) for name, value in found.items() if name in FIELDS}
    if "higher_is_better" not in changes:
        changes["higher_is_better"] = None
    score = replace(number.score, **changes)
    return Number(score, number.id, count_in(found.get("place", 0), place.at("place")))


def _checked(name: str, value: Any, place: Place) -> Any:
    kind = FIELDS[name]
    if "bool" in kind:
        if not (isinstance(value, bool) or (value is None and "None" in kind)):
            raise place.problem("is neither true nor false")
        return value
    if kind == "str":
        if not isinstance(value, str):
            raise place.problem("is no text")
        return name_in(value, place) if name in ("task", "metric", "filter") else text_in(value, place, MAX_NAME)
    if "int" in kind:
        return None if value is None and "None" in kind else count_in(value, place)
    return stderr_in(value, place) if name == "stderr" else score_in(value, place)[0]


def missing_of(file: EveryEvalEver, place: Place) -> list[Number]:
    """The scores without a value that jaeval listed apart."""
    place = place.at("source_metadata", "additional_details", "missing_scores")
    listed = decoded(text_in(file.source_metadata.additional_details.get("missing_scores", "[]"), place))
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise place.problem("is no list of objects")
    found = []
    for number, entry in enumerate(listed):
        here = place.at(number)
        values = {name: _checked(name, value, here.at(name)) for name, value in entry.items() if name in FIELDS}
        if not {"task", "metric"} <= values.keys():
            raise here.problem("has no task or no metric")
        found.append(Number(TaskScore(**values), "", count_in(entry.get("place", 0), here.at("place"))))
    return found


def each_once(scores: list[TaskScore], place: Place, ours: bool) -> list[TaskScore]:
    """Each number once; in others' files the first of each name is its primary one."""
    seen: set[tuple[str, str, str]] = set()
    tasks: set[str] = set()
    found = []
    for score in scores:
        key = (score.task, score.metric, score.filter)
        if key in seen:
            raise place.problem(f"{score.task!r} with {score.metric!r} stands twice")
        seen.add(key)
        found.append(score if ours else replace(score, primary=score.task not in tasks))
        tasks.add(score.task)
    return found

"""The shape of lm-eval's results file: 0.4's, with `metric,filter` keys, and the older one without filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from jaeval.results.imports.border import (
    Place,
    count_in,
    flat_in,
    name_in,
    parse_model,
    published_name,
    score_in,
    stderr_in,
    text_in,
)
from jaeval.results.submission import TaskScore

NO_METRICS = ("alias", "name", "sample_len", "sample_count", "samples")
"""Keys of a task's entry that are no scores. lm-eval marks the rows of groups with a key of blanks."""
STDERR = re.compile(r"(.+)_stderr$")
MODEL_KEYS = ("peft", "delta", "pretrained", "model", "path", "engine")
PATHS = (*MODEL_KEYS, "tokenizer")
ARGUMENT = re.compile(r"\s*([\w.-]+)=(.*)", re.DOTALL)


class SampleCounts(BaseModel):
    """How many items a task has, and how many were scored."""

    original: Any = None
    effective: Any = None


class LmEvalFile(BaseModel):
    """What is read of a results file; the rest is passed over."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    results: dict[str, dict[str, Any]]
    config: dict[str, Any] = Field(default_factory=dict)
    configs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    groups: dict[str, Any] = Field(default_factory=dict)
    group_subtasks: dict[str, list[str]] = Field(default_factory=dict)
    versions: dict[str, Any] = Field(default_factory=dict)
    n_shot: dict[str, Any] = Field(default_factory=dict, alias="n-shot")
    n_samples: dict[str, SampleCounts] = Field(default_factory=dict, alias="n-samples")
    higher_is_better: dict[str, dict[str, bool | None]] = Field(default_factory=dict)
    date: Any = None
    model_name: Any = None
    model_source: Any = None
    system_instruction: Any = None
    chat_template_sha: Any = None
    fewshot_as_multiturn: Any = None
    git_hash: Any = None
    lm_eval_version: Any = None
    jaeval_version: Any = None
    transformers_version: Any = None

    @property
    def has_filters(self) -> bool:
        """Whether its scores are named as 0.4 names them."""
        return any("," in key for entry in self.results.values() for key in entry)

    @property
    def group_names(self) -> set[str]:
        """Rows that are numbers over several tasks. Their standard error is pooled wrongly: they are not imported."""
        return {*self.groups, *(name for name, parts in self.group_subtasks.items() if parts)}


def is_lm_eval(content: Any) -> bool:
    """Whether parsed JSON looks like a results file of lm-eval, whichever version."""
    return (
        isinstance(content, dict)
        and isinstance(content.get("results"), dict)
        and any(key in content for key in ("config", "configs", "versions"))
    )


def parse_lm_eval(content: Any, path: Path) -> LmEvalFile:
    """Check a results file's shape. Raises `ResultFileError` naming the field."""
    return parse_model(content, LmEvalFile, Place(path))


def task_scores(
    file: LmEvalFile,
    task: str,
    place: Place,
    *,
    num_fewshot: int | None = None,
    known: re.Match[str] | None = None,
    primary: Sequence[str] = (),
) -> list[TaskScore]:
    """A task's scores in the file's order.

    Args:
        file: the whole file.
        task: the task's name.
        place: the file, for errors.
        num_fewshot: what is known of it, where the file does not say.
        known: the task's name taken apart, into `benchmark` and `prompt`.
        primary: metrics of which the first that the task has is its primary one. By default these are the metrics in
            the order in which the task's settings list them.

    Raises:
        ResultFileError: a score is no number, an n or a standard error is negative, or a name is impossible.
    """
    here = place.at("results", task)
    entry = file.results[task]
    name_in(task, here)
    version = file.versions.get(task)
    shared: dict[str, Any] = {
        "n": _count(file, task, place),
        "num_fewshot": _shots(file, task, place, num_fewshot),
        "version": "" if version is None else text_in(version, place.at("versions", task), 100),
        "benchmark": known["benchmark"] if known else "",
        "prompt": known["prompt"] or "" if known else "",
    }
    listed = [metric for metric in _metrics(file, task) if isinstance(metric.get("metric"), str)]
    better = {
        **{metric["metric"]: metric.get("higher_is_better") for metric in reversed(listed)},
        **file.higher_is_better.get(task, {}),
    }
    keys = [key for key in entry if key not in NO_METRICS and key.strip() and not STDERR.match(key.partition(",")[0])]
    order = list(primary) or [metric["metric"] for metric in listed]
    first = min(keys, key=lambda key: _rank(order, key.partition(",")[0]), default="")
    found = []
    for key in keys:
        metric, _, extractor = key.partition(",")
        number, note = score_in(entry[key], here.at(key))
        error = f"{metric}_stderr,{extractor}" if extractor else f"{metric}_stderr"
        found.append(
            TaskScore(
                task=task,
                metric=name_in(metric, here.at(key)),
                filter=name_in(extractor, here.at(key)) if extractor else "none",
                value=number,
                stderr=stderr_in(entry.get(error), here.at(error)),
                higher_is_better=direction if isinstance(direction := better.get(metric), bool) else None,
                primary=key == first,
                note=note,
                **shared,
            )
        )
    return found


def _rank(order: list[str], metric: str) -> int:
    return order.index(metric) if metric in order else len(order)


def _shots(file: LmEvalFile, task: str, place: Place, known: int | None) -> int | None:
    value = file.n_shot.get(task)
    return known if value is None or isinstance(value, str) else count_in(value, place.at("n-shot", task))


def _count(file: LmEvalFile, task: str, place: Place) -> int | None:
    entry = file.results[task]
    counts = file.n_samples.get(task)
    if counts is not None and counts.effective is not None:
        return count_in(counts.effective, place.at("n-samples", task, "effective"))
    for key in ("sample_len", "samples"):
        if entry.get(key) is not None:
            return count_in(entry[key], place.at("results", task, key))
    return None


def _metrics(file: LmEvalFile, task: str) -> list[dict[str, Any]]:
    listed = file.configs.get(task, {}).get("metric_list")
    return [metric for metric in listed if isinstance(metric, dict)] if isinstance(listed, list) else []


def arguments_of(value: Any, place: Place) -> dict[str, Any]:
    """`model_args`, which may be a text (`pretrained=a/b,dtype=auto`), an object or null."""
    if value is None or value == "":
        return {}
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise place.problem("is neither text nor an object nor null")
    found: dict[str, Any] = {}
    last = ""
    for part in text_in(value, place, 20_000).split(","):
        if pair := ARGUMENT.match(part):
            last = pair[1]
            found[last] = pair[2]
        elif last:  # a comma inside a value, such as a list's
            found[last] += f",{part}"
    return found


def settings_of(arguments: dict[str, Any], more: dict[str, Any], place: Place) -> dict[str, Any]:
    """`model_args` and further settings, flat; of a path on somebody's machine only the last folder."""
    named = {key: published_name(value) for key in PATHS if isinstance(value := arguments.get(key), str) and value}
    return flat_in({**arguments, **named, **more}, place)


def model_name(arguments: dict[str, Any]) -> str:
    """The model that `model_args` name, adapters first, as lm-eval does; empty where they name none."""
    found = next((value for key in MODEL_KEYS if isinstance(value := arguments.get(key), str) and value), "")
    return published_name(found)

"""Stability AI's jp-stable: `models/ORG/NAME/result*.json`, written by an lm-eval of 2023 with its own tasks.

Scores are named without a filter. A task's name carries its version and that of its prompt: `jnli-1.1-0.3`. Accuracies
are fractions in the files; `exact_match`, `f1` and `rouge2` run to 100 there and become fractions here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from jaeval.results.imports.border import MAX_NAME, MAX_SETTING, Place, count_in, name_in, text_in
from jaeval.results.imports.lm_eval_file import LmEvalFile, arguments_of, model_name, settings_of, task_scores
from jaeval.results.submission import Submission, TaskScore

TASKS = re.compile(
    r"(?P<benchmark>jcommonsenseqa|jnli|marc_ja|jsquad|jaqket_v[12]|xlsum_ja|xwinograd_ja|mgsm|jaquad|jcola(_ood)?"
    r"|jcommonsensemorality|jblimp|wikilingua_ja|xnli_ja|balanced_copa|copa_ja|cc100|juman)"
    r"(?:-(?P<version>\d+(?:\.\d+)*)-(?P<prompt>\d+(?:\.\d+)*))?$"
)
IN_HUNDREDS = ("exact_match", "f1", "rouge2")
PRIMARY = ("acc", "exact_match", "rouge2")
"""The first of these that a task has is its number on the published board."""
APART = ("experiments", "community")
"""Folders that the published board leaves out."""
MODELS = "models"
"""The folder below which jp-stable keeps them."""
SCRIPT_TASKS = re.compile(r'^TASK="([^"\n]*)"', re.MULTILINE)
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")


def is_jp_stable(file: LmEvalFile) -> bool:
    """Whether an lm-eval file without filters has a task of jp-stable's."""
    return not file.has_filters and any(TASKS.match(task) for task in file.results)


def read_jp_stable(file: LmEvalFile, path: Path) -> Submission:
    """A submission from one file.

    Its `model` is the folder's name, as on the published board. `settings` hold `file` (such as "result.json"),
    `location` ("experiments", "community" or empty), the `harness_script` beside the file, and the harness's own;
    `details` hold the `hub_id`, where there is one.
    """
    place = Place(path)
    script = script_beside(path)
    arguments = arguments_of(file.config.get("model_args"), place.at("config.model_args"))
    pretrained = str(arguments.get("pretrained", ""))
    folder = path.resolve().parent
    return Submission(
        model=name_in(_model(folder, arguments), place.at("(folder)")),
        scores=tuple(
            score
            for task in file.results
            for score in _task_scores(file, task, place, _shots(file, task, script, place))
        ),
        source=path,
        format="jp-stable",
        harness="jp-stable",
        settings={
            "file": path.name,
            "location": next((name for name in APART if name in folder.parts), ""),
            "engine": text_in(file.config.get("model") or "", place.at("config.model"), MAX_NAME),
            **({"harness_script": script} if script else {}),
            **settings_of(arguments, {"limit": file.config.get("limit")}, place.at("config.model_args")),
        },
        details={"hub_id": pretrained} if HUB_NAME.match(pretrained) else {},
    )


def _model(folder: Path, arguments: dict[str, Any]) -> str:
    return folder.name if MODELS in folder.parts else model_name(arguments) or folder.name


def script_beside(path: Path) -> str:
    """The script that made a result: `harness.sh` beside `result.json`, `harness-X.sh` beside `result-X.json`.

    Raises:
        ResultFileError: it is longer than any script.
    """
    script = path.with_name(path.name.replace("result", "harness", 1)).with_suffix(".sh")
    if script == path or not script.is_file() or script.is_symlink():
        return ""
    try:
        with script.open(encoding="utf-8", errors="replace") as handle:
            return text_in(handle.read(MAX_SETTING + 1), Place(script), MAX_SETTING)
    except OSError as error:
        raise Place(script).problem(f"cannot be read ({error.strerror})") from error


def _shots(file: LmEvalFile, task: str, script: str, place: Place) -> int | None:
    """A file's few-shots are a number, or a list in the order in which the script names the tasks."""
    shots, here = file.config.get("num_fewshot"), place.at("config.num_fewshot")
    if not isinstance(shots, list):
        return None if shots is None else count_in(shots, here)
    counts = [count_in(value, here) for value in shots]
    named = SCRIPT_TASKS.search(script)
    tasks = named[1].split(",") if named else []
    if sorted(tasks) == sorted(file.results) and len(counts) == len(tasks):
        return counts[tasks.index(task)]
    return counts[0] if len(set(counts)) == 1 else None


def _task_scores(file: LmEvalFile, task: str, place: Place, shots: int | None) -> list[TaskScore]:
    known = TASKS.match(task)
    scores = task_scores(file, task, place, num_fewshot=shots, known=known, primary=PRIMARY if known else ())
    return [_as_fraction(score) if known and score.metric in IN_HUNDREDS else score for score in scores]


def _as_fraction(score: TaskScore) -> TaskScore:
    return replace(
        score,
        value=None if score.value is None else score.value / 100,
        stderr=None if score.stderr is None else score.stderr / 100,
    )

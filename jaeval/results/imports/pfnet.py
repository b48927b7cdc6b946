"""japanese-lm-fin-harness: `models/ORG/NAME/result-VERSION.json`, made by the `harness-VERSION.sh` beside it.

The files are lm-eval 0.4's; a task's name carries its version and that of its prompt (`fp2-1.0-0.1.2`), and a file
holds one version of the prompt. A script without its result means that the model's results are incomplete.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from jaeval.results.imports.border import Place, name_in
from jaeval.results.imports.jp_stable import script_beside
from jaeval.results.imports.lm_eval import described
from jaeval.results.imports.lm_eval_file import LmEvalFile, task_scores
from jaeval.results.submission import Submission

TASKS = re.compile(
    r"(?P<benchmark>chabsa|cma_basics|cpa_audit|fp2|security_sales_1)"
    r"(?:-(?P<version>\d+(?:\.\d+)*)-(?P<prompt>\d+(?:\.\d+)*))?$"
)
RESULT = re.compile(r"result-(?P<version>[\w.-]+)\.json$")
SCRIPT = re.compile(r"harness-(?P<version>[\w.-]+)\.sh$")
PRIMARY = ("f1", "acc")
"""The first of these that a task has is its number on the published board."""


def is_pfnet(file: LmEvalFile, path: Path) -> bool:
    """Whether a results file of lm-eval's is of this layout: its name, and its script or one of the five tasks."""
    if not RESULT.match(path.name):
        return False
    return bool(script_beside(path)) or any(TASKS.match(task) for task in file.results)


def read_pfnet(file: LmEvalFile, path: Path) -> Submission:
    """A submission from one file: one model, one version of the prompt.

    `settings` hold `prompt` (such as "1.0-0.1.2", or "default"), `file` and the `harness_script`.
    """
    place = Place(path)
    found = RESULT.match(path.name)
    assert found is not None
    scores = [
        score
        for task in file.results
        for score in task_scores(file, task, place, known=TASKS.match(task), primary=PRIMARY)
    ]
    submission = described(file, path, format="pfnet", harness="japanese-lm-fin-harness", scores=tuple(scores))
    script = script_beside(path)
    settings = {"prompt": found["version"], "file": path.name, **({"harness_script": script} if script else {})}
    return replace(
        submission, model=_model(path, submission.model, place), settings={**submission.settings, **settings}
    )


def is_missing(script: Path) -> bool:
    """Whether a file is a script of this layout whose result is missing."""
    if not SCRIPT.match(script.name) or result_of(script).exists():
        return False
    return any(TASKS.match(word) for word in re.findall(r"[\w.-]+", script_beside(result_of(script))))


def result_of(script: Path) -> Path:
    """Where the result of a script belongs."""
    return script.with_name(script.name.replace("harness", "result", 1)).with_suffix(".json")


def read_missing(script: Path) -> Submission:
    """A submission without scores, for a script whose result is missing; its `settings` say so."""
    found, result = SCRIPT.match(script.name), result_of(script)
    return Submission(
        model=_model(script, script.resolve().parent.name, Place(script)),
        scores=(),
        source=script,
        format="pfnet",
        harness="japanese-lm-fin-harness",
        settings={"prompt": found["version"] if found else "", "file": result.name, "missing": True},
        notes=(f"{result.name} is missing",),
    )


def _model(path: Path, otherwise: str, place: Place) -> str:
    """`ORG/NAME` from `models/ORG/NAME/…`, which is what the published board calls it."""
    parts = path.resolve().parent.parts
    name = "/".join(parts[-2:]) if len(parts) > 3 and parts[-3] == "models" else otherwise
    return name_in(name, place.at("(folder)"))

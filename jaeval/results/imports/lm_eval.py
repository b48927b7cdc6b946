"""lm-eval's results files, 0.4's and older ones, as submissions; the samples beside them are their items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from jaeval.results.imports.border import MAX_NAME, MAX_SETTING, Place, moment_in, name_in, published_name, text_in
from jaeval.results.imports.lm_eval_file import LmEvalFile, arguments_of, model_name, settings_of, task_scores
from jaeval.results.imports.lm_eval_samples import Samples, check_samples, metrics_of, read_samples, samples_beside
from jaeval.results.submission import Format, Submission, TaskScore

SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
SETTINGS = ("batch_size", "device", "limit", "gen_kwargs", "num_fewshot", "model_dtype", "model_revision", *SEEDS)


def read_lm_eval(file: LmEvalFile, path: Path) -> Submission:
    """A submission from one results file and the samples beside it.

    Numbers over groups of tasks are left out and named in `notes`: lm-eval pools their standard error wrongly, and
    they follow from the tasks.

    Raises:
        ResultFileError: naming the file and the field.
    """
    place = Place(path)
    groups = file.group_names
    tasks = [task for task in file.results if task not in groups]
    scores = [
        score
        for task in tasks
        for score in _enriched(file, task, task_scores(file, task, place, num_fewshot=_shots(file)))
    ]
    samples = [
        Samples(beside, task, metrics_of(scores, task), file.configs.get(task, {}).get("metadata"))
        for task, beside in samples_beside(path, tasks).items()
    ]
    hashes = {rows.task: check_samples(rows) for rows in samples}
    scores = [replace(score, data_hash=hashes.get(score.task, "")) for score in scores]
    left_out = [name_in(name, place.at("results")) for name in file.results if name in groups]
    return described(
        file,
        path,
        scores=tuple(scores),
        items=lambda: (item for rows in samples for item in read_samples(rows)),
        notes=(f"groups of tasks left out: {', '.join(left_out)}",) if left_out else (),
    )


def described(file: LmEvalFile, path: Path, *, format: Format = "lm-eval", **changes: Any) -> Submission:
    """What a results file says of its model and of how it was evaluated; `changes` are a submission's other fields."""
    place = Place(path)
    arguments = arguments_of(file.config.get("model_args"), place.at("config.model_args"))
    ours = file.jaeval_version is not None
    version = file.jaeval_version if ours else file.lm_eval_version
    source = file.model_source if isinstance(file.model_source, str) else file.config.get("model")
    settings = {
        **{key: file.config.get(key) for key in SETTINGS},
        **{key: value for key in KEPT if (value := getattr(file, key)) is not None},
    }
    sha = text_in(file.config.get("model_sha") or "", place.at("config.model_sha"), MAX_NAME)
    if sha and not ours:  # a revision on the hub, which tells nothing of weights elsewhere
        settings["model_sha"] = sha
    values: dict[str, Any] = {
        "model": name_in(_model(file, arguments, place), place.at("model_name")),
        "scores": (),
        "source": path,
        "format": format,
        "harness": "jaeval" if ours else "lm-eval",
        "harness_version": "" if version is None else text_in(version, place.at("lm_eval_version"), MAX_NAME),
        "date": moment_in(file.date, place.at("date")),
        "weight_hash": sha if ours else "",
        "settings": {
            "engine": text_in(source or "", place.at("config.model"), MAX_SETTING),
            **settings_of(arguments, settings, place.at("config")),
        },
    }
    return Submission(**values | changes)


KEPT = ("system_instruction", "chat_template_sha", "fewshot_as_multiturn", "git_hash", "transformers_version")


def _model(file: LmEvalFile, arguments: dict[str, Any], place: Place) -> str:
    """From `model_args`. Without any, lm-eval draws a `model_name` at random: the engine's name says more."""
    if named := model_name(arguments):
        return named
    if isinstance(file.config.get("model"), str) and file.config["model"].strip():
        return str(file.config["model"])
    if isinstance(file.model_name, str) and file.model_name.strip():
        return published_name(file.model_name)
    raise place.at("config.model_args").problem("names no model")


def _shots(file: LmEvalFile) -> int | None:
    shots = file.config.get("num_fewshot")
    return shots if isinstance(shots, int) and not isinstance(shots, bool) and shots >= 0 else None


def _enriched(file: LmEvalFile, task: str, scores: Iterable[TaskScore]) -> Iterator[TaskScore]:
    """A task's header may say what guessing scores, on the first metric's scale; jaeval's tasks do."""
    metadata = file.configs.get(task, {}).get("metadata")
    chance = metadata.get("chance") if isinstance(metadata, dict) else None
    known = isinstance(chance, int | float) and not isinstance(chance, bool) and abs(chance) < 1e6
    scores = list(scores)
    first = next((score.metric for score in scores if score.primary), "")
    for score in scores:
        yield replace(score, chance=float(chance)) if known and chance is not None and score.metric == first else score

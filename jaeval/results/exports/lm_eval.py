"""Runs as lm-eval 0.4.13 writes them: one `results_*.json`, and one `samples_TASK_*.jsonl` for each task.

What a run does not know is left out: batch sizes, random seeds other than the few-shot one, the text of the chat
template, the git hash and the description of the environment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jaeval.errors import RunError
from jaeval.results.redistribution import Texts, keeps_texts
from jaeval.results.run import Run, write_atomically
from jaeval.results.schema import ItemRow, to_json

NO_TEXTS: dict[str, Any] = {"doc": {}, "target": "", "arguments": {}, "resps": [], "filtered_resps": []}
"""What a sample holds whose texts stay here."""


def export_lm_eval(run: Run, folder: Path, *, texts: Texts = "all") -> list[Path]:
    """Write a run's results and samples files.

    Args:
        run: the run.
        folder: made where it is missing.
        texts: whose documents, prompts and responses leave: all tasks', those that may be passed on, or none. Where
            they stay, a sample keeps its hashes and scores.

    Returns:
        The files written, the results first.

    Raises:
        RunError: the run cannot be read, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot be made ({error.strerror})", file=folder, field="--out") from error
    date = (run.manifest.finished or run.manifest.started).strftime("%Y-%m-%dT%H-%M-%S.%f")
    files = [folder / f"results_{date}.json"]
    hashes: dict[str, str] = {}
    for task in run.manifest.tasks:
        digest = hashlib.sha256()

        def write(temporary: Path, task: str = task, digest: Any = digest) -> None:
            with temporary.open("w", encoding="utf-8") as handle:
                for sample in samples_of(run, task):
                    if not keeps_texts(task, texts):
                        sample |= NO_TEXTS
                    digest.update("".join(sample[f"{part}_hash"] for part in ("doc", "prompt", "target")).encode())
                    handle.write(to_json(sample) + "\n")

        files.append(folder / f"samples_{task.replace('/', '_')}_{date}.jsonl")
        write_atomically(files[-1], write)
        hashes[task] = digest.hexdigest()
    text = to_json({**results_of(run), "task_hashes": hashes}, indent=2)
    write_atomically(files[0], lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return files


def results_of(run: Run) -> dict[str, Any]:
    """The content of lm-eval's results file, as far as the scores and the manifest know it."""
    manifest, tasks = run.manifest, run.manifest.tasks
    results: dict[str, dict[str, Any]] = {
        name: {"name": name, "alias": task.config.get("task_alias") or name, "sample_len": 0}
        for name, task in tasks.items()
    }
    for score in run.scores:
        entry = results[score.task]
        entry["sample_len"] = max(entry["sample_len"], score.n)
        if score.value is not None:
            entry[f"{score.metric},{score.filter}"] = score.value
            entry[f"{score.metric}_stderr,{score.filter}"] = "N/A" if score.stderr is None else score.stderr
    settings = manifest.settings
    system, multiturn = settings.get("system_instruction"), settings.get("fewshot_as_multiturn")
    return {
        "results": results,
        "group_subtasks": {},
        "configs": {name: task.config for name, task in tasks.items()},
        "versions": {name: task.version for name, task in tasks.items()},
        "n-shot": {name: task.num_fewshot for name, task in tasks.items()},
        "higher_is_better": {name: task.higher_is_better for name, task in tasks.items()},
        "n-samples": {name: {"original": task.size, "effective": task.n} for name, task in tasks.items()},
        "config": {
            "model": manifest.engine,
            "model_args": {"pretrained": manifest.checkpoint, **manifest.engine_args},
            "limit": settings.get("limit"),
            "fewshot_seed": settings.get("seed"),
            "model_sha": manifest.weight_hash,
        },
        "date": manifest.started.timestamp(),
        "model_source": manifest.engine,
        "model_name": manifest.checkpoint,
        "model_name_sanitized": re.sub(r"[\"<>:/\\|?*\[\]]+", "__", manifest.checkpoint),
        "system_instruction": system,
        "system_instruction_sha": _sha256(system) if system else None,
        "fewshot_as_multiturn": True if multiturn is None else multiturn,  # lm-eval's default; idle without a chat
        "total_evaluation_time_seconds": str(manifest.seconds.get("all", 0.0)),
        "jaeval_version": manifest.versions.get("jaeval"),
        "lm_eval_version": manifest.versions.get("lm_eval"),
        "transformers_version": manifest.versions.get("transformers", "N/A"),
    }


def samples_of(run: Run, task: str) -> Iterator[dict[str, Any]]:
    """lm-eval's sample rows of a task: filter after filter, each with all items. Failed items have none.

    As lm-eval does before it writes them, responses and targets become text.
    """
    for name in dict.fromkeys(score.filter for score in run.scores if score.task == task):
        for row in run.items(task):
            if name in row.scores:
                yield _sample(row, name)


def _sample(row: ItemRow, name: str) -> dict[str, Any]:
    generated = row.finish != "choice"
    arguments = [
        prompt if isinstance(prompt, list) else [prompt, row.generation] if generated else [prompt]
        for prompt in row.prompts
    ]
    found = row.extracted[name]
    return {
        "doc_id": row.doc_id,
        "doc": row.doc,
        "target": str(row.target),
        "arguments": {
            f"gen_args_{place}": {f"arg_{number}": value for number, value in enumerate(pair)}
            for place, pair in enumerate(arguments)
        },
        "resps": _as_text(row.responses),
        "filtered_resps": _as_text([found] if generated and len(row.prompts) == 1 else found),
        "filter": name,
        "metrics": list(row.scores[name]),
        "doc_hash": row.doc_hash,
        "prompt_hash": _sha256(str(arguments[0][0])),
        "target_hash": _sha256(str(row.target)),
        **row.scores[name],
    }


def _as_text(value: Any) -> Any:
    return [_as_text(entry) for entry in value] if isinstance(value, list) else str(value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

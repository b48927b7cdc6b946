"""Runs as lm-eval 0.4.13 writes them: one `results_*.json`, and one `samples_TASK_*.jsonl` for each task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jaeval.results.run import Run, write_atomically
from jaeval.results.schema import ItemRow


def export_lm_eval(run: Run, folder: Path) -> list[Path]:
    """Write a run's results and samples files.

    Args:
        run: the run.
        folder: made where it is missing.

    Returns:
        The files written.

    Raises:
        RunError: the run cannot be read, or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    date = (run.manifest.finished or run.manifest.started).strftime("%Y-%m-%dT%H-%M-%S.%f")
    results = folder / f"results_{date}.json"
    text = json.dumps(results_of(run), ensure_ascii=False, indent=2)
    write_atomically(results, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    files = [results]
    for task in run.manifest.tasks:
        file = folder / f"samples_{task}_{date}.jsonl"

        def write(temporary: Path, task: str = task) -> None:
            with temporary.open("w", encoding="utf-8") as handle:
                for sample in samples_of(run.items(task)):
                    handle.write(json.dumps(sample, ensure_ascii=False) + "\n")

        write_atomically(file, write)
        files.append(file)
    return files


def results_of(run: Run) -> dict[str, Any]:
    """The content of lm-eval's results file, as far as a run knows it."""
    manifest = run.manifest
    results: dict[str, dict[str, Any]] = {name: {"alias": name} for name in manifest.tasks}
    for score in run.scores:
        if score.value is not None:
            results[score.task][f"{score.metric},{score.filter}"] = score.value
            results[score.task][f"{score.metric}_stderr,{score.filter}"] = (
                "N/A" if score.stderr is None else score.stderr
            )
    tasks = manifest.tasks
    return {
        "results": results,
        "group_subtasks": {name: [] for name in tasks},
        "configs": {name: task.config for name, task in tasks.items()},
        "versions": {name: task.version for name, task in tasks.items()},
        "n-shot": {name: task.num_fewshot for name, task in tasks.items()},
        "higher_is_better": {name: task.higher_is_better for name, task in tasks.items()},
        "n-samples": {name: {"original": task.size, "effective": task.n} for name, task in tasks.items()},
        "config": {
            "model": manifest.engine,
            "model_args": {"pretrained": manifest.checkpoint, **manifest.engine_args},
            "limit": manifest.settings.get("limit"),
            "fewshot_seed": manifest.settings.get("seed"),
            "model_sha": manifest.weight_hash,
        },
        "date": manifest.started.timestamp(),
        "task_hashes": {name: task.data_hash for name, task in tasks.items()},
        "total_evaluation_time_seconds": str(manifest.seconds.get("all", 0.0)),
        "jaeval_version": manifest.versions.get("jaeval"),
        "lm_eval_version": manifest.versions.get("lm_eval"),
        "transformers_version": manifest.versions.get("transformers"),
    }


def samples_of(rows: Iterator[ItemRow]) -> Iterator[dict[str, Any]]:
    """lm-eval's sample rows: one for each item and filter. Failed items have none, as in lm-eval."""
    for row in rows:
        arguments = [prompt if isinstance(prompt, list) else [prompt, row.generation] for prompt in row.prompts]
        for name, metrics in row.scores.items():
            found = row.extracted[name]
            yield {
                "doc_id": row.doc_id,
                "doc": row.doc,
                "target": row.target,
                "arguments": {
                    f"gen_args_{place}": {f"arg_{number}": value for number, value in enumerate(pair)}
                    for place, pair in enumerate(arguments)
                },
                "resps": row.responses,
                "filtered_resps": found if isinstance(found, list) else [found],
                "filter": name,
                "metrics": list(metrics),
                "doc_hash": row.doc_hash,
                "prompt_hash": _sha256(str(arguments[0][0])),
                "target_hash": _sha256(str(row.target)),
                **metrics,
            }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

"""A task folder for `mergekit-evolve --task-search-path`: jaeval's tasks on their search items, under names it takes.

mergekit-evolve refuses names that begin like a public benchmark's, takes no split, and reads
`results[TASK]["METRIC,FILTER"]`. The files written here include jaeval's own: prompts, extractors and metrics are the
same, and it is lm-eval that scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from jaeval.catalogue import Catalogue, TaskCard
from jaeval.errors import SearchError

PREFIX = "jaeval_"
EVOLVE = "evolve.yml"
"""Not `.yaml`: lm-eval would take it for a task."""


def write_evolve_tasks(
    names: Sequence[str], out: str | Path, *, split: str = "search", tasks_dirs: Iterable[str | Path] = ()
) -> list[dict[str, Any]]:
    """Write one YAML file for each task, and the `tasks:` of a mergekit-evolve configuration in `evolve.yml`.

    Args:
        names: of tasks or groups.
        out: the folder; made where it is missing.
        split: whose items are asked; not `report`.
        tasks_dirs: further folders of tasks.

    Returns:
        What stands under `tasks:`, with name, weight and metric of each.

    Raises:
        TaskError: a task does not exist.
        SearchError: the split is `report`, a task has no metric, or the folder cannot be written.
    """
    if split == "report":
        raise SearchError("a search may not look at report items", field="split", remedy="Use search or selection")
    cards = Catalogue(tasks_dirs).expand(list(names))
    folder = Path(out).expanduser()
    entries = [
        {"name": f"{PREFIX}{card.name}_{split}", "weight": 1 / len(cards), "metric": metric_key(card)} for card in cards
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for card, entry in zip(cards, entries, strict=True):
            task = {
                "include": str(card.file.resolve()),
                "task": entry["name"],
                "tag": "jaeval_evolve",
                "test_split": split,
                "validation_split": None,
            }
            (folder / f"{entry['name']}.yaml").write_text(yaml.safe_dump(task, sort_keys=False), encoding="utf-8")
        # Without chat template unless asked for: mergekit-evolve would use one, and jaeval's tasks are plain prompts.
        told = {"apply_chat_template": False, "fewshot_as_multiturn": False, "tasks": entries}
        (folder / EVOLVE).write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise SearchError(f"cannot be written ({error.strerror})", file=folder) from error
    return entries


def metric_key(card: TaskCard) -> str:
    """Where mergekit-evolve finds the score: a task's first metric and first filter, as lm-eval writes them.

    Raises:
        SearchError: the task names no metric.
    """
    metrics = card.config.get("metric_list") or []
    metric = metrics[0].get("metric") if metrics and isinstance(metrics[0], dict) else None
    if not isinstance(metric, str):
        raise SearchError("names no metric", file=card.file, field="metric_list")
    filters = card.config.get("filter_list") or []
    chosen = filters[0].get("name", "none") if filters and isinstance(filters[0], dict) else "none"
    return f"{metric},{chosen}"

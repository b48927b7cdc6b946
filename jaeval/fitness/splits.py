"""The split guard: what a search has seen must never be what it reports."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from jaeval.errors import FitnessError
from jaeval.evaluation.plan import Plan
from jaeval.evaluation.score import doc_hash

SPLITS = ("search", "selection", "report")
LOG = logging.getLogger("jaeval.fitness")


def guard_splits(
    plan: Plan, reported: Iterable[Any] = (), *, allow_report: bool = False, final: bool = False
) -> tuple[str, ...]:
    """Refuse a fitness whose items are reported, or share a source item with another split.

    A translation of item 12 and item 12 have one `source_id`: they are one item. A document without one counts by its
    content.

    Args:
        plan: what the fitness asks.
        reported: lm-eval's objects of further tasks whose `report` split must stay unseen.
        allow_report: let report items through. It is logged, and said in every result.
        final: these are the report's scores: its items are what is asked.

    Returns:
        Warnings for the results; empty where there is nothing to say.

    Raises:
        FitnessError: an item is a report item, or two splits share one.
    """
    tasks = {name: planned.task for name, planned in plan.tasks.items()}
    by_split = sources_by_split([*tasks.values(), *reported])
    check_disjoint(by_split)
    seen: dict[str, str] = {}
    for name, planned in plan.tasks.items():
        if planned.split == "report":
            seen[name] = "its split is report"
    for item in plan.items:
        if item.task not in seen and plan.tasks[item.task].split != "report":
            source = source_of(item.doc)
            if source in by_split["report"]:
                seen[item.task] = f"item {source} is a report item"
    if not seen or final:
        return ()
    name, why = next(iter(seen.items()))
    if not allow_report:
        raise FitnessError(
            f"a fitness may not look at what is reported: {why}",
            file=name,
            field="split",
            remedy="Use split='search'; allow_report=True allows it, and every result says so",
        )
    warning = f"report items were allowed in a fitness ({', '.join(seen)}): these scores are no report"
    LOG.warning(warning)
    return (warning,)


def check_disjoint(by_split: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse splits that share a source item.

    Args:
        by_split: for each split its sources, and a task that has each.

    Raises:
        FitnessError: two of them share one.
    """
    for place, first in enumerate(SPLITS):
        for second in SPLITS[place + 1 :]:
            if shared := sorted(by_split[first].keys() & by_split[second].keys()):
                one = shared[0]
                raise FitnessError(
                    f"the splits {first} and {second} share {len(shared)} source items, such as {one}",
                    file=f"{by_split[first][one]}, {by_split[second][one]}",
                    field="source_id",
                    remedy="A fitness needs splits that share none",
                )


def sources_by_split(tasks: Iterable[Any]) -> dict[str, dict[str, str]]:
    """The sources of all documents of lm-eval tasks, by split: source to the name of a task that has it."""
    found: dict[str, dict[str, str]] = {split: {} for split in SPLITS}
    for task in tasks:
        for split in SPLITS:
            dataset = task.dataset
            if dataset is not None and split in dataset:
                found[split].update(dict.fromkeys(_sources(dataset[split]), str(task.task_name)))
    return found


def _sources(documents: Any) -> list[str]:
    columns = getattr(documents, "column_names", None)
    if columns is not None and "source_id" in columns:
        named = [str(source) for source in documents["source_id"]]
        if all(named):
            return named
    return [source_of(document) for document in documents]


def source_of(document: Mapping[str, Any]) -> str:
    """The item that a document was made from: its `source_id`, or a hash of its content."""
    return str(document.get("source_id") or "") or f"sha256:{doc_hash(dict(document))}"

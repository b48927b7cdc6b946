"""From items to one number: which metric of each task counts, and each task's share in the score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from jaeval.errors import FitnessError
from jaeval.evaluation.choose import Choice
from jaeval.evaluation.plan import PlannedTask
from jaeval.fitness.result import TaskScore
from jaeval.results.aggregate import aggregation_name
from jaeval.results.schema import CompositeRecord, ItemRow


def task_weights(choice: Choice, sizes: Mapping[str, int]) -> dict[str, float]:
    """Each task's share in the score; together 1.

    A suite's parts count alike, and within a part its tasks count as the suite says: by their own weights, or by their
    items. Tasks that were named one by one count alike.

    Args:
        choice: the tasks.
        sizes: items of each task.
    """
    parts = [record for record in choice.composites if record.rule in ("mean", "mean of what is not 0")]
    if choice.suite is None or not parts:
        return {card.name: 1 / len(choice.cards) for card in choice.cards}
    weights = dict.fromkeys((card.name for card in choice.cards), 0.0)
    for record in parts:
        for task, share in _shares(record, sizes).items():
            weights[task] += share / len(parts)
    return weights


def _shares(record: CompositeRecord, sizes: Mapping[str, int]) -> dict[str, float]:
    weights = {task: float(sizes[task] if given is None else given) for task, given in record.weights.items()}
    whole = math.fsum(weights.values())
    return {task: weight / whole for task, weight in weights.items()}


def primary_metric(planned: PlannedTask) -> str:
    """The metric of a task that counts: its first one.

    Raises:
        FitnessError: it is no mean over items, or lower values are better: items would have no value of their own.
    """
    aggregations = planned.task.aggregation()
    metric = str(next(iter(aggregations)))
    name = aggregation_name(aggregations[metric])
    if name != "mean" or not planned.task.higher_is_better().get(metric, True):
        why = f"is aggregated by {name}" if name != "mean" else "is better where it is lower"
        raise FitnessError(
            f"its first metric {metric} {why}, and a fitness needs a mean over items",
            file=planned.card.name,
            field="metric_list",
            remedy="Choose another task, or put a metric with `aggregation: mean` first",
        )
    return metric


def value_of(row: ItemRow, metric: str) -> float:
    """An item's value: its first filter's.

    Raises:
        FitnessError: it has none, or it is not finite.
    """
    if row.finish == "failed":
        raise FitnessError(f"the engine did not answer item {row.doc_id} ({row.error})", file=row.task)
    value = next(iter(row.scores.values())).get(metric)
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise FitnessError(f"item {row.doc_id} has the score {value!r}", file=row.task, field=metric)
    return float(value)


def combine(
    values: Sequence[float], tasks: Sequence[str], weights: Mapping[str, float]
) -> tuple[float, float | None, dict[str, TaskScore]]:
    """The weighted mean over tasks of the means over their items.

    Args:
        values: of items.
        tasks: each item's task.
        weights: each task's share. Those of tasks without an item count for nothing.

    Returns:
        Score, standard error (None where a task that counts has fewer than two items), and each task's score.
    """
    by_task: dict[str, list[float]] = {}
    for task, value in zip(tasks, values, strict=True):
        by_task.setdefault(task, []).append(value)
    per_task = {task: _task_score(found) for task, found in by_task.items()}
    whole = math.fsum(weights[task] for task in per_task)
    score = math.fsum(weights[task] / whole * found.score for task, found in per_task.items())
    errors = [(weights[task] / whole, found.se) for task, found in per_task.items()]
    se = None if any(error is None for _, error in errors) else math.hypot(*(share * (e or 0.0) for share, e in errors))
    return score, se, per_task


def _task_score(values: Sequence[float]) -> TaskScore:
    n = len(values)
    mean = math.fsum(values) / n
    se = math.hypot(*(value - mean for value in values)) / math.sqrt((n - 1) * n) if n > 1 else None
    return TaskScore(mean, se, n)

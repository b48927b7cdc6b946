"""From item rows to the scorecard's numbers: what makes a run's results recomputable from its items."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jaeval.errors import RunError, TaskError
from jaeval.results.schema import ItemRow, Score, TaskRecord
from jaeval.results.statistics import Estimate, estimate_by_bootstrap, estimate_mean

Aggregation = Callable[[list[Any]], float]
OPEN_MODULES = "jaeval.metrics."
"""Where an aggregation may be defined besides lm-eval: a run folder may come from a stranger, and names functions."""


def aggregate(
    rows: Iterable[ItemRow], tasks: dict[str, TaskRecord], seconds: dict[str, float] | None = None
) -> list[Score]:
    """Scores of all tasks, metrics and filters.

    Args:
        rows: the items.
        tasks: how each task was evaluated.
        seconds: each task's share of the engine's time.

    Returns:
        In the order of tasks; within a task the first metric and filter is the primary one.

    Raises:
        RunError: an aggregation cannot be found, or refuses the values; or an item belongs to none of the tasks.
    """
    tallies = {name: Tally(name, task) for name, task in tasks.items()}
    for row in rows:
        if row.task not in tallies:
            raise RunError(f"its task {row.task!r} is not in the manifest", field=f"item {row.doc_id}")
        tallies[row.task].add(row)
    return [score for name, tally in tallies.items() for score in tally.scores((seconds or {}).get(name))]


class Tally:
    """Gathers what a task's scores need of its items, so that the items themselves need not stay in memory.

    Args:
        name: the task's.
        task: how it was evaluated.
    """

    def __init__(self, name: str, task: TaskRecord) -> None:
        self._name, self._task = name, task
        self._columns: dict[tuple[str, str], list[Any]] = {}
        self._failed = self._truncated = self._tokens = 0

    def add(self, row: ItemRow) -> None:
        """Take one item."""
        for extractor, values in row.scores.items():
            for metric, value in values.items():
                self._columns.setdefault((extractor, metric), []).append(value)
        self._failed += row.finish == "failed"
        self._truncated += row.finish == "length"
        self._tokens += row.prefilled_tokens + row.generated_tokens

    def scores(self, seconds: float | None = None) -> list[Score]:
        """The task's scores; the first is the primary one.

        Args:
            seconds: the task's share of the engine's time.

        Raises:
            RunError: an aggregation cannot be found, or refuses the values.
        """
        task, columns = self._task, self._columns
        if not columns:  # every item failed: the task is shown as missing, not left out
            columns = {("none", next(iter(task.aggregations), "score")): []}
        order = {metric: place for place, metric in enumerate(task.aggregations)}
        extractors = list(dict.fromkeys(extractor for extractor, _ in columns))
        keys = sorted(columns, key=lambda key: (extractors.index(key[0]), order.get(key[1], len(order))))
        scores = []
        for place, (extractor, metric) in enumerate(keys):
            aggregation = task.aggregations.get(metric, "mean")
            found = estimate(columns[extractor, metric], aggregation, f"{self._name}: {metric}")
            scores.append(
                Score(
                    task=self._name,
                    metric=metric,
                    filter=extractor,
                    value=found.value,
                    stderr=found.stderr,
                    low=found.low,
                    high=found.high,
                    n=found.n,
                    chance=task.chance if metric == keys[0][1] else None,
                    failed=self._failed,
                    truncated=self._truncated,
                    seconds=seconds,
                    tokens=self._tokens,
                    primary=place == 0,
                )
            )
        return scores


def estimate(values: Sequence[Any], aggregation: str, where: str) -> Estimate:
    """Aggregate values by an aggregation's name: "mean", one of lm-eval's, or a dotted `jaeval.metrics.…` function.

    Raises:
        RunError: there is no such aggregation, or it refuses the values.
    """
    if aggregation == "mean" and all(isinstance(value, int | float) for value in values):
        return estimate_mean([float(value) for value in values])
    try:
        return estimate_by_bootstrap([_tuple(value) for value in values], find_aggregation(aggregation))
    except Exception as error:  # an aggregation raises whatever it likes
        reason = f"{type(error).__name__}: {error}"
        raise RunError(f"cannot be aggregated by {aggregation!r} ({reason})", field=where) from error


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value  # JSON knows no tuples, lm-eval's aggregations want them


def find_aggregation(name: str) -> Aggregation:
    """The function behind an aggregation's name. Only lm-eval's own and those of `jaeval.metrics` are found.

    Raises:
        KeyError, ImportError, AttributeError: there is none of this name.
    """
    if name.startswith(OPEN_MODULES):
        module, _, attribute = name.rpartition(".")
        found: Aggregation = getattr(importlib.import_module(module), attribute)
        return found
    import lm_eval.api.metrics  # noqa: F401  (registers the aggregations)
    from lm_eval.api.registry import AGGREGATION_REGISTRY

    return AGGREGATION_REGISTRY[name]  # type: ignore[no-any-return]


def aggregation_name(function: Any) -> str:
    """The name under which `find_aggregation` finds a function; "mean" for lm-eval's mean.

    Raises:
        TaskError: it would not be found again, so that the run's scores could not be recomputed.
    """
    import lm_eval.api.metrics  # noqa: F401
    from lm_eval.api.registry import AGGREGATION_REGISTRY

    for name, known in AGGREGATION_REGISTRY.items():
        if known is function:
            return str(name)
    name = f"{getattr(function, '__module__', None)}.{getattr(function, '__qualname__', None)}"
    try:
        if find_aggregation(name) is function:
            return name
    except (KeyError, ImportError, AttributeError):
        pass
    raise TaskError(
        f"the aggregation {name} is neither lm-eval's nor of jaeval.metrics",
        field="metric_list",
        remedy="Name one of lm-eval's, such as mean",
    )

"""Scores that are no mean of items (F1, MCC, BLEU): their uncertainty from the items of jaeval's own runs.

Other harnesses' files do not say how such a score is made of its items; there the source's own standard error stands.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from jaeval.leaderboard.collect import Entrant, Place
from jaeval.leaderboard.columns import Slot
from jaeval.leaderboard.intervals import estimate_by_bca
from jaeval.leaderboard.measure import Measured
from jaeval.results.aggregate import find_aggregation
from jaeval.results.clusters import cluster_of
from jaeval.results.run import Run
from jaeval.results.statistics import Estimate
from jaeval.results.submission import TaskScore


def refine_corpus_scores(
    entrants: Sequence[Entrant],
    prompts: Sequence[str],
    slots: Sequence[Slot],
    measured: Sequence[dict[Place, Measured]],
) -> bool:
    """Replace the uncertainty of corpus scores by the BCa bootstrap's, clusters resampled.

    It takes seconds for thousands of items, so only the version of the prompt that a row shows is refined.

    Args:
        entrants: the models.
        prompts: the version of the prompt that each row shows.
        slots: the columns.
        measured: the scores, changed in place.

    Returns:
        Whether anything changed.

    Raises:
        RunError: a run cannot be read.
    """
    factors = {slot.column.key: (slot.metrics, slot.column.scale) for slot in slots}
    changed = False
    for entrant, prompt, own in zip(entrants, prompts, measured, strict=True):
        for place, found in entrant.found.items():
            score, submission = found.score, found.given.submission
            if place[1] != prompt or submission.format != "jaeval" or own[place].value is None or own[place].from_items:
                continue
            estimate = bootstrap_from_run(Run.open(submission.source), score)
            if estimate is None or estimate.stderr is None or estimate.low is None or estimate.high is None:
                continue
            metrics, scale = factors[place[0]]
            factor = metrics.get(score.metric, scale) / scale
            entry = own[place]
            entry.stderr, entry.method = estimate.stderr * factor, "bca"
            entry.low, entry.high = estimate.low * factor, estimate.high * factor
            changed = True
    return changed


def bootstrap_from_run(run: Run, score: TaskScore) -> Estimate | None:
    """A run's score with its uncertainty.

    Returns:
        None where the score is a mean, its aggregation is unknown, or the items give another number.
    """
    record = run.manifest.tasks.get(score.task)
    aggregation = "mean" if record is None else record.aggregations.get(score.metric, "mean")
    if record is None or aggregation == "mean":
        return None
    metadata = record.config.get("metadata")
    values: list[Any] = []
    clusters: list[Hashable] = []
    for row in run.items(score.task):
        value = _nested(row.scores, score.filter, score.metric)
        if value is not None:
            values.append(tuple(value) if isinstance(value, list) else value)
            clusters.append(cluster_of(row.task, row.doc, metadata) or len(values))
    try:
        estimate = estimate_by_bca(values, find_aggregation(aggregation), clusters)
    except Exception:  # an aggregation raises whatever it likes, and the values may be a stranger's
        return None
    same = estimate.value is not None and score.value is not None and math.isclose(estimate.value, score.value)
    return estimate if same else None


def _nested(values: Any, *keys: str) -> Any:
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values

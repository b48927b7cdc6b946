"""Numbers over several tasks: the parts of a suite, groups of tasks, and versions of one prompt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

from jaeval.results.schema import Composite, CompositeRecord, Score

REACH = NormalDist().inv_cdf(0.975)


def compose(records: Iterable[CompositeRecord], scores: Sequence[Score]) -> list[Composite]:
    """Make every composite of a run from the primary scores of its tasks.

    Args:
        records: how each is made; a record may name composites that stand before it.
        scores: the run's scores.

    Returns:
        In the order of the records.
    """
    primary = {score.task: score for score in scores if score.primary}
    made: dict[str, Composite] = {}
    for record in records:
        if record.rule == "best":
            made[record.name] = best_of(record.name, [made[name] for name in record.weights])
        elif record.rule == "mean of parts":
            made[record.name] = mean_of_parts(record.name, [made[name] for name in record.weights])
        else:
            made[record.name] = weighted_mean(record, primary)
    return list(made.values())


def weighted_mean(record: CompositeRecord, primary: dict[str, Score]) -> Composite:
    """The weighted mean of tasks that share no items."""
    asked = [primary[task] for task in record.weights if task in primary]
    missing = [task for task in record.weights if task not in primary or primary[task].value is None]
    n = sum(score.n for score in asked)
    counted = [score for score in asked if score.value or record.rule == "mean"]
    weights = [_weight(record, score) for score in counted]
    whole = sum(weights)
    if missing or not whole:
        value = 0.0 if asked and not missing else None  # all tasks score 0, and are left out
        return _composite(record.name, value, None, n, len(record.weights), missing=missing)
    shares = [weight / whole for weight in weights]
    value = math.fsum(share * (score.value or 0.0) for share, score in zip(shares, counted, strict=True))
    errors = [score.stderr for score in counted]
    chances = [score.chance for score in counted]
    stderr = (
        None if None in errors else math.hypot(*(share * (e or 0.0) for share, e in zip(shares, errors, strict=True)))
    )
    chance = (
        None if None in chances else math.fsum(share * (c or 0.0) for share, c in zip(shares, chances, strict=True))
    )
    return _composite(record.name, value, stderr, n, len(record.weights), chance=chance)


def _weight(record: CompositeRecord, score: Score) -> float:
    weight = record.weights[score.task]
    return float(score.n) if weight is None else weight


def best_of(name: str, parts: Sequence[Composite]) -> Composite:
    """The highest of several; the first of equals.

    Its standard error is that of the version chosen. It has no interval: a maximum is no unbiased estimate.
    """
    missing = sorted({task for part in parts for task in part.missing})
    known = [part for part in parts if part.value is not None]
    n = sum(part.n for part in parts)
    if missing or not known:
        return _composite(name, None, None, n, len(parts), missing=missing)
    best = max(known, key=lambda part: part.value or 0.0)
    found = _composite(name, best.value, best.stderr, best.n, len(parts), chance=best.chance)
    return found.model_copy(update={"best": best.name, "low": None, "high": None})


def mean_of_parts(name: str, parts: Sequence[Composite]) -> Composite:
    """The plain mean of several that share their items; its standard error is an upper bound."""
    missing = sorted({task for part in parts for task in part.missing})
    values = [part.value for part in parts if part.value is not None]
    errors = [part.stderr for part in parts if part.stderr is not None]
    chances = [part.chance for part in parts if part.chance is not None]
    n = sum(part.n for part in parts)
    if missing or not values:
        return _composite(name, None, None, n, len(parts), missing=missing)
    stderr = math.fsum(errors) / len(parts) if len(errors) == len(parts) else None
    chance = math.fsum(chances) / len(parts) if len(chances) == len(parts) else None
    return _composite(name, math.fsum(values) / len(parts), stderr, n, len(parts), chance=chance)


def _composite(
    name: str,
    value: float | None,
    stderr: float | None,
    n: int,
    parts: int,
    *,
    chance: float | None = None,
    missing: Sequence[str] = (),
) -> Composite:
    reach = None if value is None or stderr is None else REACH * stderr
    return Composite(
        name=name,
        value=value,
        stderr=stderr,
        low=None if value is None or reach is None else value - reach,
        high=None if value is None or reach is None else value + reach,
        n=n,
        parts=parts,
        chance=chance,
        missing=list(missing),
    )

"""The frozen order of items: stratified by task, drawn once, the same for every candidate."""

from __future__ import annotations

import random
from collections.abc import Mapping


def frozen_order(sizes: Mapping[str, int], weights: Mapping[str, float], seed: int) -> list[tuple[str, int]]:
    """Items of all tasks in an order whose every beginning holds the tasks in proportion to their weights.

    Each task's items are shuffled, then the tasks are interleaved: its k-th item comes at (k + 1/2) / weight. So the
    first n of an order are the first n of any longer one, and the plain mean over items is close to the weighted mean
    over tasks until the smallest task (for its weight) is used up; from there on the others go on alone.

    Args:
        sizes: items of each task.
        weights: each task's share in the score, above 0.
        seed: another seed draws another order. A task's own order does not depend on the other tasks.

    Returns:
        Task and the item's place in it.

    Example:
        >>> [task for task, _ in frozen_order({"a": 4, "b": 2}, {"a": 2, "b": 1}, seed=0)]
        ['a', 'b', 'a', 'a', 'b', 'a']
    """
    placed = []
    for number, (task, size) in enumerate(sizes.items()):
        places = list(range(size))
        random.Random(f"{seed} {task}").shuffle(places)
        placed += [((k + 0.5) / weights[task], number, task, place) for k, place in enumerate(places)]
    return [(task, place) for _, _, task, place in sorted(placed)]

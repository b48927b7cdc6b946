"""Which tasks' items may be passed on: texts of data without such a licence stay here, their hashes may go."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from jaeval.results.submission import ItemScore

Texts = Literal["all", "open", "none"]
"""Whose texts leave with the items: every task's, those that may be passed on, or none."""


@lru_cache(maxsize=4096)
def may_be_passed_on(task: str) -> bool | None:
    """Whether the licence of a task's data lets its items be passed on; None for tasks that jaeval does not know.

    Names as japanese-lm-fin-harness writes them (`fp2-1.0-0.3`) are known, too.
    """
    from jaeval.data.lock import packaged_lock

    by_name = {dataset.name: dataset.redistributable for dataset in packaged_lock().datasets}
    cards = _cards()
    if task not in cards:
        return by_name.get(task.partition("-")[0])
    data = cards[task]
    return all(by_name.get(name, False) for name in data)


@lru_cache(maxsize=1)
def _cards() -> dict[str, tuple[str, ...]]:
    """The data sets of each built-in task; none for generated items."""
    from jaeval.catalogue import Catalogue

    found = {}
    for name, card in Catalogue().cards.items():
        data = card.header.get("data") or ()
        found[name] = (data,) if isinstance(data, str) else tuple(data)
    return found


def keeps_texts(task: str, texts: Texts) -> bool:
    """Whether a task's texts leave. Of a task that is not known, only where every task's do."""
    return texts == "all" or (texts == "open" and may_be_passed_on(task) is True)


def without_texts(item: ItemScore) -> ItemScore:
    """Hash and score only. What is left of the cluster tells items of one cluster, and nothing of its text."""
    cluster = hashlib.sha256(item.cluster.encode("utf-8", "surrogatepass")).hexdigest()[:16] if item.cluster else ""
    return replace(item, cluster=cluster, prompt="", response="", reasoning="", extracted="", target="")

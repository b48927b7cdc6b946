"""Invented tasks, items and manifests of runs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from jaeval.results.schema import ItemRow, Manifest, TaskRecord

STARTED = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)


def task_record(aggregations: dict[str, str] | None = None, **changes: Any) -> TaskRecord:
    metrics = aggregations or {"acc": "mean"}
    values: dict[str, Any] = {
        "version": 1.0,
        "domain": "math",
        "task_hash": "t" * 64,
        "data_hash": "d" * 64,
        "output_type": "generate_until",
        "split": "report",
        "size": 10,
        "n": 2,
        "num_fewshot": 0,
        "chance": 0.25,
        "aggregations": metrics,
        "higher_is_better": dict.fromkeys(metrics, True),
        "config": {"task": "sums", "doc_to_text": "問題：{{question}}"},
    }
    return TaskRecord(**values | changes)


def manifest(tasks: dict[str, TaskRecord] | None = None, **changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "checkpoint": "モデル/merge-7",
        "weight_hash": "w" * 64,
        "engine": "scripted",
        "fingerprint": {"engine": "scripted", "dtype": "float32"},
        "settings": {"limit": 2, "seed": 1234},
        "plan_hash": "p" * 64,
        "tasks": tasks or {"sums": task_record()},
        "versions": {"jaeval": "0.1.0"},
        "hardware": {"processor": "a processor", "cores": 2},
        "started": STARTED,
        "finished": STARTED,
        "seconds": {"all": 2.5, "engine": 1.5},
        "requests": 2,
    }
    return Manifest(**values | changes)


def item(task: str = "sums", doc_id: int = 0, **changes: Any) -> ItemRow:
    values: dict[str, Any] = {
        "task": task,
        "doc_id": doc_id,
        "id": f"{task}-{doc_id}",
        "source_id": "",
        "doc": {"question": "りんごは何個？", "answer": "8"},
        "doc_hash": "h" * 64,
        "prompts": ["問題：りんごは何個？\n答え："],
        "generation": {"until": ["\n"], "max_gen_toks": 16},
        "responses": [["8個です。"]],
        "reasoning": [None],
        "extracted": {"none": "8"},
        "target": "8",
        "scores": {"none": {"acc": 1.0}},
        "finish": "stop",
        "error": "",
        "prefilled_tokens": 10,
        "generated_tokens": 5,
    }
    return ItemRow(**values | changes)


def failed(task: str = "sums", doc_id: int = 0) -> ItemRow:
    return item(task, doc_id, responses=[], extracted={}, scores={}, finish="failed", error="out of memory")


TEXTS = st.text(st.characters(exclude_categories=()), max_size=20).filter(lambda text: not _splits_a_pair(text))
"""Any text at all, lone surrogates included, but for a high one right before a low one: those two are one character."""
NUMBERS = st.floats(allow_nan=False) | st.integers(-(10**6), 10**6)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _splits_a_pair(text: str) -> bool:
    return any("\ud800" <= a < "\udc00" <= b < "\ue000" for a, b in itertools.pairwise(text))


def rows_of(tasks: dict[str, Sequence[str]], values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[ItemRow]]:
    """Lists of items of some tasks, given with their metrics; about one in five has failed."""

    @st.composite
    def draw_rows(draw: st.DrawFn) -> list[ItemRow]:
        rows = []
        for task, metrics in tasks.items():
            for doc_id in range(draw(st.integers(1, 6))):
                if draw(st.integers(0, 4)) == 0:
                    rows.append(failed(task, doc_id))
                    continue
                scores = {"none": {metric: draw(values) for metric in metrics}}
                finish = draw(st.sampled_from(["stop", "length"]))
                rows.append(item(task, doc_id, scores=scores, finish=finish, responses=[[draw(TEXTS)]]))
        return rows

    return draw_rows()

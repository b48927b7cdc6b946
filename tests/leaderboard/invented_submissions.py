"""Submissions of models that do not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from jaeval.leaderboard.spec import Spec
from jaeval.results.submission import ItemScore, Submission, TaskScore

ROOT = Path("results")
DATE = datetime(2026, 11, 24, tzinfo=UTC)


def spec(*tasks: str | Mapping[str, Any], **changes: Any) -> Spec:
    """A definition with these tasks, each a name or the fields of an entry."""
    entries = [task if isinstance(task, Mapping) else {"task": task} for task in tasks]
    text = {"ja": "表", "en": "board"}
    return Spec.model_validate({"name": "test", "title": text, "description": text, "tasks": entries} | changes)


def score(task: str, value: float | None, **changes: Any) -> TaskScore:
    """A primary accuracy."""
    return TaskScore(**{"task": task, "metric": "acc", "value": value, "primary": True} | changes)


def submission(model: str, *scores: TaskScore, file: str = "", **changes: Any) -> Submission:
    """A submission from `results/FILE`."""
    values: dict[str, Any] = {
        "model": model,
        "scores": scores,
        "source": ROOT / (file or f"{model}.json"),
        "format": "lm-eval",
        "harness": "lm-eval",
        "date": DATE,
    }
    return Submission(**values | changes)


def items(task: str, values: Sequence[float | None], **columns: Sequence[Any]) -> list[ItemScore]:
    """Items of a task's accuracy: the n-th is document n. `columns` give further fields, item by item."""
    return [
        ItemScore(
            task=task,
            metric="acc",
            filter="none",
            score=value,
            **{"item": f"{task}-{place}", "doc_id": place} | {name: column[place] for name, column in columns.items()},
        )
        for place, value in enumerate(values)
    ]


def answered(model: str, answers: Mapping[str, Sequence[float]], **changes: Any) -> Submission:
    """A submission whose scores are the means of its items."""
    rows = [row for task, values in answers.items() for row in items(task, values)]
    scores = [score(task, float(np.mean(values)), n=len(values)) for task, values in answers.items()]
    return submission(model, *scores, items=lambda: iter(rows), **changes)


def many(models: int, tasks: int, items_each: int, with_items: int, seed: int = 0) -> list[Submission]:
    """Many models on many tasks; the first `with_items` of them with items."""
    random = np.random.default_rng(seed)
    skill = random.normal(0, 1, models)
    hard = random.normal(0, 1, tasks)
    found = []
    for model in range(models):
        chance = 1 / (1 + np.exp(hard - skill[model]))
        if model < with_items:
            answers = {
                f"task{task:03}": (random.random(items_each) < chance[task]).astype(float) for task in range(tasks)
            }
            found.append(answered(f"org/model-{model:04}", answers))
        else:
            n = 250
            rights = random.binomial(n, chance) / n
            scores = [
                score(f"task{task:03}", float(p), n=n, stderr=float(np.sqrt(p * (1 - p) / (n - 1))), version="1.0")
                for task, p in enumerate(rights)
            ]
            found.append(submission(f"org/model-{model:04}", *scores))
    return found

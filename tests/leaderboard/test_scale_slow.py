"""A thousand models on a hundred tasks, from files to page, in this process's own processor time."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from jaeval.leaderboard.leaderboard import Leaderboard
from jaeval.leaderboard.site import write_atomically

MODELS, TASKS, WITH_ITEMS, ITEMS = 1000, 100, 10, 100
DATE = "2026-11-24T00-00-00.000000"


def write_results(folder: Path) -> None:
    """lm-eval's files: every model's results, and 100,000 items of the first ten models."""
    random = np.random.default_rng(11)
    skill, hard = random.normal(0, 1, MODELS), random.normal(0, 1, TASKS)
    for model in range(MODELS):
        own = folder / f"model-{model:04}"
        own.mkdir(parents=True)
        chance = 1 / (1 + np.exp(hard - skill[model]))
        results, n = {}, ITEMS if model < WITH_ITEMS else 250
        for task in range(TASKS):
            name = f"task{task:03}"
            right = random.random(n) < chance[task]
            mean = float(right.mean())
            error = float(np.sqrt(mean * (1 - mean) / (n - 1)))
            results[name] = {"acc,none": mean, "acc_stderr,none": error, "alias": name}
            if model < WITH_ITEMS:
                rows = [
                    {"doc_id": place, "doc": {}, "target": "1", "filter": "none", "doc_hash": f"{name}-{place}"}
                    | {"resps": [[f"答え {place}"]], "filtered_resps": ["1"], "acc": float(value)}
                    for place, value in enumerate(right)
                ]
                text = "".join(json.dumps(row) + "\n" for row in rows)
                (own / f"samples_{name}_{DATE}.jsonl").write_text(text, "utf-8")
        content = {
            "results": results,
            "n-samples": {name: {"original": n, "effective": n} for name in results},
            "config": {"model": "hf", "model_args": f"pretrained=org/model-{model:04}"},
        }
        (own / f"results_{DATE}.json").write_text(json.dumps(content), "utf-8")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_models_on_a_hundred_tasks_take_seconds(tmp_path: Path) -> None:
    write_results(tmp_path / "results")
    text = {"ja": "表", "en": "board"}
    tasks = [{"task": f"task{task:03}", "domain": f"domain {task % 5}", "chance": 0.1} for task in range(TASKS)]
    definition = tmp_path / "board.yaml"
    definition.write_text(yaml.safe_dump({"title": text, "description": text, "tasks": tasks}), "utf-8")
    started = time.process_time()
    leaderboard = Leaderboard.open(definition).build([tmp_path / "results"])
    built = time.process_time()
    files = write_atomically(leaderboard, tmp_path / "site")
    finished = time.process_time()
    page = files[0].stat().st_size / 1e6
    print(f"\nread and built {built - started:.1f} s, written {finished - built:.1f} s, page {page:.2f} MB")
    assert len(leaderboard.built.rows) == MODELS
    assert all(row.rank and row.rank.low and row.rank.high for row in leaderboard.built.rows)
    assert page < 3
    assert finished - started < 20

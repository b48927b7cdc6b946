"""Real vLLM in Ray workers: the run of one process, on one, two and three, and with a worker killed on the way."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_tasks import write_tasks

from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TASKS = ["sums", "letters", "texts", "rolling"]
COSTS = ("prefilled_tokens", "generated_tokens")


def items(run: Run) -> list[dict[str, Any]]:
    return [{k: v for k, v in dataclasses.asdict(row).items() if k not in COSTS} for row in run.items()]


def scores(run: Run) -> list[tuple[Any, ...]]:
    return [(score.task, score.metric, score.filter, score.value, score.stderr, score.n) for score in run.scores]


@pytest.fixture
def go(ray_cluster: Any, tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    pytest.importorskip("vllm", reason="needs vLLM")
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
    folder = write_tasks(tmp_path / "small")

    def call(name: str, engine: str, progress: Any = None, **settings: Any) -> Run:
        return evaluate(
            tiny_checkpoint,
            TASKS,
            engine=engine,
            engine_args={"dtype": "float32", "max_model_len": 512, **settings},
            out=tmp_path / name,
            cache=False,
            tasks_dirs=[folder],
            trust_task_code=True,
            progress=progress,
        )

    return call


def test_one_two_and_three_workers_give_the_run_of_one_process(go: Callable[..., Run]) -> None:
    expected = go("process", "vllm")
    for workers in (1, 2, 3):
        run = go(f"ray-{workers}", "ray", workers=workers)
        assert items(run) == items(expected)
        assert scores(run) == scores(expected)
        assert run.manifest.fingerprint == expected.manifest.fingerprint


class Killer:
    """A listener to a run that kills one of its workers after some items."""

    def __init__(self, after: int) -> None:
        self._after = after
        self.killed: list[int] = []

    def phase(self, text: str) -> None: ...

    def planned(self, items: dict[str, int]) -> None: ...

    def answered(self, task: str, tokens: int, *, cached: bool) -> None:
        self._after -= 1
        if self._after == 0:
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    words = (process / "cmdline").read_text()
                except OSError:
                    continue
                if words.startswith("ray::Worker") and not self.killed:
                    self.killed.append(int(process.name))
                    os.kill(int(process.name), signal.SIGKILL)


def test_a_worker_killed_in_the_middle_changes_nothing(go: Callable[..., Run]) -> None:
    expected = go("undisturbed", "ray", workers=2)
    killer = Killer(after=3)
    run = go("killed", "ray", killer, workers=2)
    assert killer.killed
    assert items(run) == items(expected)
    assert scores(run) == scores(expected)

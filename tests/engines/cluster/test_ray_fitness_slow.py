"""A fitness whose engine is a pool of Ray workers: the scores of one engine, a worker lost or not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jaeval.fitness import Fitness

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
pytest.importorskip("torch", reason="needs torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "fitness"))  # scripted_candidates


@pytest.fixture
def score(ray_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Score some candidates by a fitness, and give all their items' values too."""
    from scripted_candidates import weights, write_candidate, write_tasks

    from jaeval.engines.cluster import RayEngine

    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
    base, tasks = write_candidate(tmp_path / "base", weights(0)), write_tasks(tmp_path / "tasks")

    def call(workers: int | None, *, kill: bool = False) -> list[float]:
        from scripted_candidates import SkilledEngine

        found: list[float] = []
        engine = (
            SkilledEngine()
            if workers is None
            else RayEngine(base, workers=workers, engine="skilled_engines:make", folder=str(tmp_path))
        )
        settings: dict[str, Any] = {"canary": 0, "cache": False, "tasks_dirs": [tasks], "trust_task_code": True}
        with Fitness(("adding", "taking"), base=base, engine=engine, **settings) as fitness:
            for number, skill in enumerate((10, 30, 55, 80)):
                if kill and number == 2:
                    (tmp_path / "kill-once").write_text("", encoding="utf-8")
                result = fitness(weights(skill))
                found += [result.score, *result.per_item.values()]
        if kill:
            assert isinstance(engine, RayEngine)
            assert not (tmp_path / "kill-once").exists()
        return found

    return call


def test_scores_do_not_depend_on_workers_nor_on_one_that_is_lost(score: Callable[..., list[float]]) -> None:
    expected = score(None)
    assert len(set(expected)) > 2
    assert score(1) == score(2) == score(2, kill=True) == expected

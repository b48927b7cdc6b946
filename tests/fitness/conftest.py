"""A base, tasks, and a cache of each test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jaeval.engines.protocol import Engine
from jaeval.fitness import Fitness


@pytest.fixture(scope="session")
def fitness_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from scripted_candidates import write_tasks

    return write_tasks(tmp_path_factory.mktemp("tasks") / "fitness")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder without any skill."""
    from scripted_candidates import weights, write_candidate

    return write_candidate(tmp_path_factory.mktemp("base") / "base", weights(0))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def make(base: Path, fitness_tasks: Path) -> Callable[..., Fitness]:
    """A fitness on the scripted engine; the canary is off, since no model stands behind these tensors."""

    def call(suite: Any = ("adding", "taking"), engine: Engine | None = None, **settings: Any) -> Fitness:
        from scripted_candidates import SkilledEngine

        given = {"base": base, "canary": 0, "tasks_dirs": [fitness_tasks], "trust_task_code": True} | settings
        return Fitness(suite, engine=engine or SkilledEngine(), **given)

    return call

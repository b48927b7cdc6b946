"""A local Ray cluster for the whole session, and engines on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[Any]:
    ray = pytest.importorskip("ray", reason="needs Ray")
    from jaeval.engines.cluster.ray_session import RaySession

    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    session = RaySession(None)
    yield ray
    session.close()


@pytest.fixture
def spread(ray_cluster: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Make a `RayEngine` of obedient engines; see `cluster_engines`."""
    from jaeval.engines.cluster import RayEngine

    made: list[RayEngine] = []

    def make(workers: int, **settings: Any) -> RayEngine:
        given = {"engine": "cluster_engines:make", "folder": str(tmp_path), **settings}
        made.append(RayEngine("name", workers=workers, **given))
        return made[-1]

    yield make
    for engine in made:
        engine.close()

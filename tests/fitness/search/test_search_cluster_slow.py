"""Searches with made-up scores on Ray workers: what goes wrong there, and what does not reach the search."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import scripted_search
from scripted_search import Built, MadeUp, configuration, go, trials

from jaeval.errors import EngineError
from jaeval.fitness.result import FitnessResult
from jaeval.fitness.search.run import Searched, search

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="needs Ray")
    from jaeval.engines.cluster.ray_session import RaySession

    ray.cloudpickle.register_pickle_by_value(scripted_search)
    ray.cloudpickle.register_pickle_by_value(__import__(__name__))
    session = RaySession(None)
    yield
    session.close()


class Mortal(MadeUp):
    """Kills its process where a file says so.

    Args:
        stage: see `MadeUp`.
        orders: a folder. `kill-once` is deleted first; `kill-always` stays. `other` makes it ask other items.
        driver: the process to which none of this applies.
    """

    def __init__(self, stage: str, orders: Path, driver: int, **settings: Any) -> None:
        super().__init__(stage, **settings)
        self._orders = orders
        if (orders / "other").exists() and os.getpid() != driver:
            self.digest = "other"

    def __call__(self, candidate: Any) -> FitnessResult:
        once = self._orders / "kill-once"
        try:
            once.unlink()
        except FileNotFoundError:
            if (self._orders / "kill-always").exists():
                os.kill(os.getpid(), signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(candidate)


@pytest.fixture
def spread(parents: dict[str, Path], tmp_path: Path) -> Callable[..., Searched]:
    """Search on Ray workers."""

    def call(out: str, workers: int = 3, *, fails: float = -1.0, resume: bool = False, **changes: Any) -> Searched:
        config = configuration(parents, tmp_path / out, **changes)
        base, driver = Path(config.base_folder), os.getpid()
        return search(
            config,
            stages=lambda stage: Mortal(stage, tmp_path, driver, fails=fails),
            build=lambda genotype: Built(genotype, base),
            workers=workers,
            resume=resume,
        )

    return call


def test_failures_and_a_lost_worker_change_nothing(
    spread: Callable[..., Searched], parents: dict[str, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = go(configuration(parents, tmp_path / "one"), fails=0.4)
    assert any(trial.failure for trial in expected.trials)
    (tmp_path / "kill-once").touch()
    found = spread("three", fails=0.4)
    assert not (tmp_path / "kill-once").exists()
    assert caplog.text.count("was lost; a new one takes its place") == 1
    assert trials(found) == trials(expected)
    assert (found.chosen, found.summary["report"]) == (expected.chosen, expected.summary["report"])


def test_where_all_workers_die_the_search_ends_and_can_be_taken_up(
    spread: Callable[..., Searched], parents: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "kill-always").touch()
    with pytest.raises(EngineError, match=r"workers were lost one after another.*--resume"):
        spread("three")
    (tmp_path / "kill-always").unlink()
    assert trials(spread("three", resume=True)) == trials(go(configuration(parents, tmp_path / "one")))


def test_a_worker_that_asks_something_else_is_noticed(spread: Callable[..., Searched], tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    with pytest.raises(EngineError, match=r"asks something else at the stage search than this process"):
        spread("strange")


def test_an_engine_that_is_a_pool_itself_is_refused_and_nothing_is_written(
    spread: Callable[..., Searched], tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match=r"fitness.engine: each of --workers has an engine of its own"):
        spread("pool", fitness={"tasks": ["sums"], "engine": "ray"})
    assert not (tmp_path / "pool").exists()

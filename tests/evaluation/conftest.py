"""Small tasks, and a cache of each test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tasks import write_tasks

from jaeval.catalogue import Catalogue


@pytest.fixture(scope="session")
def small_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of small tasks; see `small_tasks.TASKS`."""
    return write_tasks(tmp_path_factory.mktemp("tasks") / "small")


@pytest.fixture(scope="session")
def catalogue(small_tasks: Path) -> Catalogue:
    return Catalogue([small_tasks], trust_code=True)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of responses that no other test shares."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(folder))
    return folder

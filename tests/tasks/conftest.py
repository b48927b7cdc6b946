"""The tasks as lm-eval loads them, over invented data or over the real data where they are on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import lm_eval.utils
import pytest
from invented import invented_bytes
from lm_eval.tasks import TaskManager

from jaeval.catalogue import Catalogue
from jaeval.data import store

TASKS = Path(__file__).parents[2] / "tasks"


@cache
def _manager() -> TaskManager:
    return TaskManager(include_path=str(TASKS), include_defaults=False)


def _load(names: list[str]) -> dict[str, Any]:
    tasks: dict[str, Any] = _manager().load(names)["tasks"]
    return tasks


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """lm-eval compiles a template anew for each document, which is most of the time it takes to render one."""
    given = lm_eval.utils.env.from_string
    lm_eval.utils.env.from_string = lru_cache(maxsize=None)(given)  # type: ignore[method-assign]
    yield
    lm_eval.utils.env.from_string = given  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def invented_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reader gets invented bytes."""
    monkeypatch.setattr(store, "read", invented_bytes)


@pytest.fixture
def invented_task(invented_data: None) -> Callable[[str], Any]:
    """Load one task of `tasks/` over the invented data."""
    return lambda name: _load([name])[name]


@pytest.fixture(scope="session")
def real_task(catalogue: Catalogue) -> Iterator[Callable[[str], Any]]:
    """Load one task of `tasks/` over the real data, or skip where they are not on this machine."""
    loaded: dict[str, Any] = {}

    def load(name: str) -> Any:
        if name not in loaded:
            header = catalogue[name].header
            for data in filter(None, (header["data"], header.get("fewshot_data"))):
                if not store.is_present(data):
                    pytest.skip(f"data set {data} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
            loaded.update(_load([name]))
        return loaded[name]

    return load

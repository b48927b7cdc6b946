from __future__ import annotations

import pytest

from jaeval.results import statistics


@pytest.fixture(autouse=True)
def _few_resamples(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bootstrap of 100: tested here is what goes in and comes out. `test_statistics` has the real one."""
    if "test_statistics" not in request.node.nodeid:
        monkeypatch.setattr(statistics, "RESAMPLES", 100)

"""Benchmark data are not in the repository: tests that need them skip without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jaeval.data import store


@pytest.fixture(scope="session")
def needs_data() -> Callable[..., None]:
    """Skip the test where a data set of the lock is not on this machine."""

    def check(*names: str) -> None:
        for name in names:
            if not store.is_present(name):
                pytest.skip(f"data set {name} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")

    return check

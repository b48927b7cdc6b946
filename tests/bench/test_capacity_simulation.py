"""The simulation of a cluster: its limits are those that can be computed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from capacity_simulation import Cluster, section, simulate

IDEAL = Cluster(item=0.0, parcel=0.0, spread=0.0)


@pytest.mark.parametrize("workers", [1, 3, 10])
def test_without_costs_it_takes_what_the_items_take(workers: int) -> None:
    found = simulate(IDEAL, 6_000, workers)
    assert 6_000 / IDEAL.rate / workers <= found * (1 + 1e-9)
    assert found == pytest.approx(6_000 / IDEAL.rate / workers, rel=0.05)


def test_one_driver_is_the_limit_of_many_workers() -> None:
    slow = replace(IDEAL, item=1e-3)
    assert simulate(slow, 20_000, 500) == pytest.approx(20.0, rel=0.15)
    assert slow.driver(500) == pytest.approx(1000.0)


def test_lost_workers_cost_time_and_lose_nothing() -> None:
    shaky = replace(IDEAL, lost=1 / 100, start=10.0)
    assert simulate(shaky, 2_000, 4) > simulate(IDEAL, 2_000, 4)


@pytest.mark.parametrize("workers", [1, 64, 1000])
def test_the_formula_is_near_the_simulation(workers: int) -> None:
    cluster = Cluster()
    assert simulate(cluster, 100_000, workers) == pytest.approx(cluster.seconds(100_000, workers), rel=0.25)


def test_the_tables_are_made() -> None:
    assert "| 1,000 |" in section(Cluster(rate=200.0))

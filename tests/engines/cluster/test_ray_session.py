"""What a worker takes of its machine, and addresses at which nobody is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.cluster.ray_session import gpus_of, share_of
from jaeval.errors import EngineError

machines = st.lists(st.integers(1, 64).map(lambda cores: {"CPU": float(cores)}), min_size=1, max_size=6)


@given(machines, st.integers(1, 50))
def test_processors_are_shared_so_that_all_workers_fit(nodes: list[dict[str, float]], workers: int) -> None:
    share = share_of(nodes, workers, 1)["num_cpus"]
    assert 0 < share <= max(node["CPU"] for node in nodes)
    assert share >= 1 or round(1 / share, 9) == int(round(1 / share, 9))
    assert sum(int(node["CPU"] / share + 1e-9) for node in nodes) >= workers


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 8), st.integers(1, 64))
def test_the_gpus_of_a_worker_are_of_one_machine(machines: int, gpus: int, each: int, cores: int) -> None:
    nodes = [{"CPU": float(cores), "GPU": float(gpus)}] * machines
    room = machines * (gpus // each)
    if room == 0:
        with pytest.raises(EngineError, match="--workers: 1 workers with"):
            share_of(nodes, 1, each)
        return
    share = share_of(nodes, room, each)
    assert share["num_gpus"] == each
    assert share["num_cpus"] * (gpus // each) <= cores
    with pytest.raises(EngineError, match=f"--workers: {room + 1} workers with {each} GPUs each"):
        share_of(nodes, room + 1, each)


def test_where_vllm_asks_ray_itself_its_worker_takes_no_gpu() -> None:
    spread = {"tensor_parallel_size": 16, "distributed_executor_backend": "ray"}
    assert gpus_of(spread) == 0
    assert share_of([{"CPU": 8.0, "GPU": 8.0}] * 2, 1, gpus_of(spread)) == {"num_cpus": 1.0, "num_gpus": 0.0}
    assert gpus_of({"tensor_parallel_size": 4, "pipeline_parallel_size": 2}) == 8
    assert gpus_of({}) == 1


def test_machines_without_gpus_beside_others() -> None:
    nodes = [{"CPU": 64.0}, {"CPU": 16.0, "GPU": 4.0}]
    assert share_of(nodes, 4, 1) == {"num_cpus": 4.0, "num_gpus": 1.0}

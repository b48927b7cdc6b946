"""A cluster that runs already, of two machines on this one: it is joined, used, and left as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_tasks import write_tasks

from jaeval.engines.server.process import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
READY_S = 120.0
ASKING = """
import ray, sys
ray.init(sys.argv[1], log_to_driver=False, logging_level="ERROR")
print(sum(node["Alive"] for node in ray.nodes()))
"""


class Cluster:
    """Two machines of one processor each, which want a token."""

    def __init__(self, token: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.environment = os.environ | {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(token),
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._begin("--head", f"--port={self.address.split(':')[1]}", "--include-dashboard=false")
        self._begin(f"--address={self.address}")

    def _begin(self, *words: str) -> None:
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1"]
        command += ["--object-store-memory", str(2**28), *words]
        kept = subprocess.DEVNULL
        self._started.append(subprocess.Popen(command, env=self.environment, stdout=kept, stderr=kept))
        end = time.monotonic() + READY_S
        while self.machines() < len(self._started):
            assert time.monotonic() < end

    def machines(self) -> int:
        """How many machines it has; 0 where it does not answer."""
        asking = [sys.executable, "-c", ASKING, self.address]
        found = subprocess.run(asking, env=self.environment, capture_output=True, text=True, check=False)
        return int(found.stdout.split()[-1]) if found.returncode == 0 else 0

    def stop(self) -> None:
        for process in reversed(self._started):
            process.send_signal(signal.SIGTERM)
        for process in self._started:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("ray", reason="needs Ray")
    token = tmp_path_factory.mktemp("ray") / "token"
    token.write_text("a" * 64, encoding="ascii")
    found = Cluster(token)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
def run(tiny_checkpoint: Path, tmp_path: Path) -> Callable[..., list[Any]]:
    """The scores of a run by the command line."""
    pytest.importorskip("vllm", reason="needs vLLM")
    tasks = write_tasks(tmp_path / "small")

    def go(out: str, *options: str, environment: dict[str, str] | None = None) -> list[Any]:
        words = ["run", str(tiny_checkpoint), "--tasks", "sums,letters,texts"]
        words += ["--tasks-dir", str(tasks), "--trust-task-code"]
        words += ["--engine-arg", "dtype=float32", "--engine-arg", "max_model_len=512", "--no-cache", "--json"]
        command = [sys.executable, "-m", "jaeval", *words, "--out", str(tmp_path / out), *options]
        found = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr.decode()[-3000:]
        costs = ("seconds", "tokens")
        scores = json.loads(found.stdout)["scores"]
        return [{name: value for name, value in score.items() if name not in costs} for score in scores]

    return go


def test_a_run_uses_a_cluster_and_leaves_it(cluster: Cluster, run: Callable[..., list[Any]]) -> None:
    expected = run("process")
    spread = ("--engine", "ray", "--workers", "2", "--ray-address", cluster.address)
    for out in ("first", "second"):
        assert run(out, *spread, environment=cluster.environment) == expected
    assert cluster.machines() == 2
    with pytest.raises(
        AssertionError, match=r"--ray-address: Ray does not answer .*It wants a token: set RAY_AUTH_MODE"
    ):
        run("stranger", *spread)


def test_a_cluster_that_is_not_there(run: Callable[..., list[Any]]) -> None:
    pytest.importorskip("ray", reason="needs Ray")
    with pytest.raises(AssertionError, match=r"--ray-address: nothing listens at .*Is the cluster up\?"):
        run("nowhere", "--engine", "ray", "--ray-address", f"127.0.0.1:{free_port()}")

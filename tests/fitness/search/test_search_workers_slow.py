"""A real search on Ray workers with real vLLM, one of them killed on the way, finds what one process finds."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from small_search import TRIALS, begin, cache_of, finish, trials, wait_for_trials, write_config

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], dict[str, Any]]:
    """Trials and summary of the search in one process."""
    for package in ("vllm", "mergekit", "cmaes", "ray"):
        pytest.importorskip(package, reason="needs an engine, jaeval[merge] and jaeval[cluster]")
    folder = tmp_path_factory.mktemp("undisturbed")
    summary = finish(begin(write_config(folder, "whole")))
    return trials(folder / "whole"), summary


def workers_of(config: Path, title: str) -> list[int]:
    """Processes of Ray workers that a search has started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
            environment = (process / "environ").read_bytes()
        except (OSError, UnicodeDecodeError):
            continue
        if command.startswith(title) and f"JAEVAL_CACHE_DIR={cache_of(config)}".encode() in environment:
            found.append(int(process.name))
    return found


def kill_one(search: subprocess.Popen[bytes], config: Path, title: str) -> None:
    """Kill one of its workers, once there is one."""
    while search.poll() is None:
        if found := workers_of(config, title):
            os.kill(found[0], signal.SIGKILL)
            return
        time.sleep(0.02)
    raise AssertionError("the search ended before a worker was killed")


@pytest.mark.parametrize("killed_after", [(), (3,), (2, 9)], ids=["none", "once", "twice"])
def test_candidates_side_by_side(
    killed_after: tuple[int, ...], undisturbed: tuple[list[Any], dict[str, Any]], tmp_path: Path
) -> None:
    config = write_config(tmp_path, "spread")
    search = begin(config, "--workers", "2")
    for after in killed_after:
        wait_for_trials(search, tmp_path / "spread", after)
        kill_one(search, config, "ray::Scorer")
    summary = finish(search, lost=len(killed_after))
    assert trials(tmp_path / "spread") == undisturbed[0]
    assert len(undisturbed[0]) == TRIALS
    for key in ("chosen", "report", "weights"):
        assert summary[key] == undisturbed[1][key]


def test_each_candidate_on_all_workers(undisturbed: tuple[list[Any], dict[str, Any]], tmp_path: Path) -> None:
    settings = {"engine": "ray", "engine_args": {"dtype": "float32", "workers": 2}}
    config = write_config(tmp_path, "shared", **settings)
    search = begin(config)
    wait_for_trials(search, tmp_path / "shared", 5)
    kill_one(search, config, "ray::Worker")
    summary = finish(search, lost=1)
    assert trials(tmp_path / "shared") == undisturbed[0]
    for key in ("chosen", "report", "weights"):
        assert summary[key] == undisturbed[1][key]

"""A real search on real vLLM, killed in the middle and taken up again, finds what the undisturbed one finds."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from small_search import TRIALS, begin, finish, trials, wait_for_trials, write_config

from jaeval.engines.checkpoint import open_checkpoint

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
KILLED_AFTER = (4, 9)


def test_killed_and_resumed_it_finds_the_same(tmp_path: Path) -> None:
    for package in ("vllm", "mergekit", "cmaes"):
        pytest.importorskip(package, reason="needs an engine and jaeval[merge]")
    undisturbed = finish(begin(write_config(tmp_path, "whole")))
    config = write_config(tmp_path, "killed")
    log = tmp_path / "killed" / "trials.jsonl"
    for place, after in enumerate(KILLED_AFTER):
        process = begin(config, *(["--resume"] if place else []))
        wait_for_trials(process, tmp_path / "killed", after)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert after <= log.read_bytes().count(b"\n") < TRIALS
    resumed = finish(begin(config, "--resume"))
    assert trials(tmp_path / "killed") == trials(tmp_path / "whole")
    assert resumed["chosen"] == undisturbed["chosen"]
    assert resumed["report"] == undisturbed["report"]
    hashes = {open_checkpoint(tmp_path / name / "merged").weight_hash for name in ("whole", "killed")}
    assert hashes == {undisturbed["weights"]}

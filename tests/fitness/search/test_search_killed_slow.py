"""A real search on real vLLM, killed in the middle and taken up again, finds what the undisturbed one finds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.fitness.search.config import read_config

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TRIALS, KILLED_AFTER = 16, (4, 9)


def write_config(folder: Path, out: str) -> Path:
    """The recipe `nano` in small."""
    config = read_config("nano").model_dump(mode="json")
    config["fitness"]["items"] = 24
    config |= {
        "trials": TRIALS,
        "selection": {"top": 2, "items": 24},
        "report": {"items": 24},
        "out": str(folder / out),
    }
    file = folder / f"{out}.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file


def begin(config: Path, *options: str) -> subprocess.Popen[bytes]:
    # Each search has a cache of its own: what the other asked must not help it.
    environment = os.environ | {"JAEVAL_CACHE_DIR": str(config.with_suffix(".cache")), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "jaeval", "search", str(config), "--json", *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()[-3000:]
    found: dict[str, Any] = json.loads(out)
    return found


def trials(folder: Path) -> list[Any]:
    lines = (folder / "trials.jsonl").read_text("utf-8").splitlines()
    return [(t["number"], t["genotype"], t["values"], t["weight_hash"]) for t in map(json.loads, lines)]


def test_killed_and_resumed_it_finds_the_same(tmp_path: Path) -> None:
    for package in ("vllm", "mergekit", "cmaes"):
        pytest.importorskip(package, reason="needs an engine and jaeval[merge]")
    undisturbed = finish(begin(write_config(tmp_path, "whole")))
    config = write_config(tmp_path, "killed")
    log = tmp_path / "killed" / "trials.jsonl"
    for place, after in enumerate(KILLED_AFTER):
        process = begin(config, *(["--resume"] if place else []))
        while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") >= after):
            time.sleep(0.02)
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

"""The recipe `nano` in small, searched by the command line: a real search on real vLLM in half a minute."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from jaeval.fitness.search.config import read_config

TRIALS = 16


def write_config(folder: Path, out: str, **fitness: Any) -> Path:
    """The configuration's file.

    Args:
        folder: gets it.
        out: the search's folder below that.
        fitness: other settings of the fitness than the recipe's.
    """
    config = read_config("nano").model_dump(mode="json")
    config["fitness"] |= {"items": 24, **fitness}
    config |= {
        "trials": TRIALS,
        "selection": {"top": 2, "items": 24},
        "report": {"items": 24},
        "out": str(folder / out),
    }
    file = folder / f"{out}.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file


def cache_of(config: Path) -> str:
    """A search's cache, its own: what another asked must not help it."""
    return str(config.with_suffix(".cache"))


def begin(config: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start it."""
    environment = os.environ | {"JAEVAL_CACHE_DIR": cache_of(config), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "jaeval", "search", str(config), "--json", *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes], *, lost: int = 0) -> dict[str, Any]:
    """What it prints at its end; on stderr it says how many workers it has lost."""
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()[-3000:]
    assert err.count(b"was lost; a new one takes its place") == lost
    found: dict[str, Any] = json.loads(out)
    return found


def wait_for_trials(process: subprocess.Popen[bytes], folder: Path, number: int) -> None:
    """Wait until so many trials are logged, or the process has ended."""
    log = folder / "trials.jsonl"
    while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") >= number):
        time.sleep(0.02)


def trials(folder: Path) -> list[Any]:
    """What was tried and found, by number."""
    lines = (folder / "trials.jsonl").read_text("utf-8").splitlines()
    found = [(t["number"], t["genotype"], t["values"], t["weight_hash"]) for t in map(json.loads, lines)]
    return sorted(found, key=lambda trial: trial[0])

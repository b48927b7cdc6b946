"""A run that is interrupted says how to go on, and going on asks nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import Command

from jaeval.results.run import Run

ITEMS = 40
COMMAND = (
    *("run", "合成", "-t", "procedural_math", "-n", str(ITEMS), "--out", "a run", "--no-cache"),
    *("--engine", "scripted_engines:slow", "--engine-arg", "log=asked.txt"),
)
DEADLINE = 60.0
"""Seconds after which a run that has not begun to answer never will."""


def asked() -> list[str]:
    return Path("asked.txt").read_text().split() if Path("asked.txt").exists() else []


def start_and_stop(number: signal.Signals, *more: str) -> tuple[int, str, str]:
    """Start a slow run, send it a signal after its fifth answer, and say what it left."""
    line = [sys.executable, "-m", "jaeval", *COMMAND, "--engine-arg", "delay=0.2", *more]
    running = subprocess.Popen(
        line,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        # A shell's background job ignores SIGINT, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    begun = time.monotonic()
    while len(asked()) < 5 and running.poll() is None and time.monotonic() - begun < DEADLINE:
        time.sleep(0.05)
    running.send_signal(number)
    out, err = running.communicate(timeout=DEADLINE)
    return running.returncode, out.decode(), err.decode()


@pytest.mark.usefixtures("elsewhere")
def test_interrupted_and_resumed(process: Command) -> None:
    code, out, err = start_and_stop(signal.SIGINT)
    assert (code, out) == (130, "")
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert last.startswith("interrupted")
    assert "--out 'a run' --resume" in last
    before = asked()
    assert 5 <= len(before) < ITEMS

    refused = process(*COMMAND)
    assert refused.code == 2
    assert "--resume" in refused.err

    resumed = process(*COMMAND, "--resume", env={"PYTHONHASHSEED": "0"})
    assert resumed.code == 0, resumed.err
    after = asked()
    assert len(after) <= ITEMS + 1, "at most the answer on its way was asked again"
    assert set(before) <= set(after)
    run = Run.open("a run")
    assert (run.scores[0].n, run.manifest.resumed, run.failed) == (ITEMS, 1, 0)
    assert run.manifest.cached >= len(before) - 1


@pytest.mark.usefixtures("elsewhere")
def test_killed_and_resumed(process: Command) -> None:
    code, _, _ = start_and_stop(signal.SIGKILL)
    assert code == -signal.SIGKILL
    shown = process("show", "a run")
    assert shown.code == 2
    assert "not finished" in shown.err
    assert process(*COMMAND, "--resume").code == 0
    assert Run.open("a run").scores[0].n == ITEMS


@pytest.mark.usefixtures("elsewhere")
def test_resuming_a_finished_run_asks_nothing(process: Command) -> None:
    assert process(*COMMAND).code == 0
    count = len(asked())
    again = process(*COMMAND, "--resume")
    assert (again.code, len(asked())) == (0, count)
    assert "procedural_math" in again.out

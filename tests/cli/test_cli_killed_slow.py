"""A run on real vLLM that is killed and taken up again is the run that was never disturbed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from killed_run import on_disk

from jaeval.results.run import Run
from jaeval.results.schema import ItemRow

KILLS = 3
SETTINGS = ("-n", "40", "--no-cache", "--engine-arg", "dtype=float32", "--gen-kwarg", "max_gen_toks=64")


def start(checkpoint: Path, out: str) -> subprocess.Popen[bytes]:
    tasks = "procedural_math,procedural_reasoning_mc"
    command = [sys.executable, "-m", "jaeval", "run", str(checkpoint), "-t", tasks, *SETTINGS, "--out", out, "--resume"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def text_of(row: ItemRow) -> tuple[object, ...]:
    """All of an item but its log-likelihoods, which move in the last digit with the batch they were computed in."""
    responses = row.responses if row.generation else []
    return row.task, row.doc_id, row.prompts, responses, row.extracted if row.generation else {}, row.scores, row.finish


@pytest.mark.slow
def test_killed_again_and_again_on_real_vllm(elsewhere: Path, tiny_checkpoint: Path) -> None:
    pytest.importorskip("vllm", reason="kills vLLM")
    assert start(tiny_checkpoint, "whole").wait(300) == 0
    kept = [0]
    for _ in range(KILLS):
        process = start(tiny_checkpoint, "killed")
        while process.poll() is None and on_disk(Path("killed")) == kept[-1]:
            time.sleep(0.002)
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it finished before it was killed"
        kept.append(on_disk(Path("killed")))
    assert start(tiny_checkpoint, "killed").wait(300) == 0
    whole, killed = Run.open("whole"), Run.open("killed")
    assert killed.manifest.resumed == KILLS
    assert killed.manifest.cached == kept[-1], "what was on the disk is not asked again"
    assert sorted(kept) == kept
    assert 0 < kept[-1] < killed.manifest.requests
    assert [text_of(row) for row in killed.items()] == [text_of(row) for row in whole.items()]
    for row, twin in zip(killed.items("procedural_reasoning_mc"), whole.items("procedural_reasoning_mc"), strict=True):
        for [[value, _]], [[its, _]] in zip(row.responses, twin.responses, strict=True):
            assert value == pytest.approx(its, abs=1e-4)

"""`jaeval demo` on real vLLM with a few trials: parents, search, report, page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jaeval.results.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TRIALS = 14


def test_the_story_is_told_to_its_end(tmp_path: Path) -> None:
    for package in ("vllm", "mergekit", "cmaes"):
        pytest.importorskip(package, reason="needs an engine and jaeval[merge]")
    out = tmp_path / "demo"
    environment = os.environ | {"JAEVAL_CACHE_DIR": str(tmp_path / "cache"), "JAEVAL_OFFLINE": "1"}
    command = [sys.executable, "-m", "jaeval", "demo", "--trials", str(TRIALS), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    for text in ("base", "math", "ja", "merged", "nano_ja_math", str(out / "site"), "jaeval search nano --print"):
        assert text in done.stdout
    runs = {name: Run.open(out / "runs" / name) for name in ("base", "math", "ja", "merged")}
    summary = json.loads((out / "search" / "summary.json").read_text("utf-8"))
    assert summary["trials"] == TRIALS
    for name, run in runs.items():  # the search's report and the runs say the same of the same items
        (score,) = [score for score in run.scores if score.task == "nano_ja_math" and score.primary]
        assert score.value == pytest.approx(summary["report"]["scores"][name]["value"])
    asked = json.loads((out / "search" / "search.json").read_text("utf-8"))["asked"]
    assert not set(asked["search"]["items"]) & {*asked["report"]["items"], *asked["selection"]["items"]}
    page = (out / "site" / "board.html").read_text("utf-8") if (out / "site" / "board.html").is_file() else ""
    assert page or list((out / "site").glob("*.html"))

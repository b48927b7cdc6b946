"""One evaluation of `bench_growth.py`, in a process of its own: `python child_growth.py SPEC RESULT`.

The engine is started first and a small run with a scripted engine goes before, so that libraries are loaded and the
memory that is added afterwards is that of the items alone.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from growth_task import write_task

import jaeval
from jaeval.engines import ScriptedEngine, load_engine

STATUS, REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident_mib(field: str) -> float:
    """`VmRSS` (now) or `VmHWM` (the peak) of this process, in MiB."""
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def evaluate(engine: Any, tasks: Path, folder: Path) -> Any:
    """Evaluate the task `growth`."""
    return jaeval.evaluate(
        "growth", ["growth"], engine=engine, out=folder, tasks_dirs=[tasks], trust_task_code=True, cache=False
    )


def main(spec_file: Path, result_file: Path) -> None:
    """Warm up, measure, write seconds by phase and MiB."""
    spec = json.loads(spec_file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["JAEVAL_CACHE_DIR"] = str(folder / "cache")
        small = write_task(folder / "small", 10, spec["choices"], spec["characters"])
        evaluate(ScriptedEngine(), small, folder / "first")
        tasks = write_task(folder / "tasks", spec["items"], spec["choices"], spec["characters"])
        engine: Any = ScriptedEngine()
        if spec["engine"] == "vllm":
            engine = load_engine("vllm", spec["checkpoint"])
            engine.tokenizer.encode(["あ"])
            engine.start()
        REFERENCES.write_text("5")  # the peak is counted from here
        before = resident_mib("VmRSS")
        run = evaluate(engine, tasks, folder / "run")
        peak = resident_mib("VmHWM")
        if run.failed or run.scores[0].n != spec["items"]:
            sys.exit(f"{run.scores[0].n} of {spec['items']} items were answered")
        work = run.manifest.efficiency
        result = {
            "seconds": run.manifest.seconds,
            "grown_mib": peak - before,
            "before_mib": before,
            "requests": run.manifest.requests,
            "prefilled": work.prefilled if work else 0,
            "least": work.least if work else 0,
        }
    result_file.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

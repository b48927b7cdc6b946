"""What a candidate costs: a swap and an answer in one warm engine, against one `lm_eval` process for each candidate.

    python tests/bench/bench_fitness.py [--items 100] [--candidates 4] [--write docs/speed.md]

Both score the same candidates, perturbed copies of the demonstration checkpoint, on the same search items of one task
with choices, in the same dtype. lm-eval runs once, on the first candidate; the scores must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import torch
from engine_settings import Settings, engine_settings
from engine_systems import with_metadata
from safetensors.torch import load_file, save_file
from speed_page import replace_section, table

from jaeval import Fitness
from jaeval.demo.checkpoint import demonstration_checkpoint
from jaeval.engines import load_engine
from jaeval.fitness.search.child import SMALL_FILES

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "tasks" / "procedural" / "procedural_reasoning_mc.yaml"
TASK = "bench_search"
NOISE = 0.002
"""Standard deviation of the noise on each weight, as a share of its matrix's own: candidates that differ, and speak."""
OWNER = "bench_fitness"


def write_task(folder: Path, items: int) -> Path:
    """The task on so many search items, for jaeval and for lm-eval."""
    folder.mkdir(parents=True)
    kwargs = f"procedural_domain: reasoning, procedural_choices: true, items: {items}, seed: 20261124"
    text = (
        f"include: {SOURCE}\ntask: {TASK}\ntest_split: search\nvalidation_split: null\ndataset_kwargs: {{{kwargs}}}\n"
    )
    (folder / f"{TASK}.yaml").write_text(text, encoding="utf-8")
    return folder


def write_candidate(base: Path, folder: Path, seed: int) -> Path:
    """A perturbed copy of the base as a checkpoint folder."""
    folder.mkdir(parents=True)
    chance = torch.Generator().manual_seed(seed)
    (file,) = base.glob("*.safetensors")
    tensors = {
        name: (
            tensor.float() + NOISE * tensor.float().std() * torch.randn(tensor.shape, generator=chance)
            if tensor.ndim > 1
            else tensor
        ).to(tensor.dtype)
        for name, tensor in load_file(file).items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    for name in SMALL_FILES:
        if (base / name).is_file():
            (folder / name).symlink_to(base / name)
    return folder


def of_lm_eval(candidate: Path, tasks: Path, work: Path, settings: Settings) -> tuple[float, float]:
    """Score and seconds of one whole lm-eval process, with its engine in that process: the faster way here."""
    spec = {
        "checkpoint": str(candidate),
        "engine_args": settings.engine_args,
        "seed": settings.seed,
        "tasks": [TASK],
        "tasks_dir": str(tasks),
        "limit": None,
        "gen_kwargs": {},
    }
    work.mkdir(parents=True)
    (work / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    environment = os.environ | settings.environment | {"VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
    environment["PYTHONPATH"] = str(with_metadata(work, settings.versions["vllm"]))
    command = [sys.executable, str(HERE / "child_lm_eval.py"), str(work / "spec.json"), str(work / "answers.json")]
    began = time.monotonic()
    with (work / "output.txt").open("wb") as output:
        ended = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)
    seconds = time.monotonic() - began
    if ended.returncode:
        sys.exit("lm-eval failed: " + (work / "output.txt").read_text(encoding="utf-8", errors="replace")[-2000:])
    scores = json.loads((work / "answers.json").read_text(encoding="utf-8"))["scores"]
    return float(scores[f"{TASK} acc,none"]), seconds


def measure(items: int, candidates: int, work: Path) -> dict[str, Any]:
    """Everything in one run."""
    base = demonstration_checkpoint(print)
    tasks = write_task(work / "tasks", items)
    folders = [write_candidate(base, work / f"candidate-{seed}", seed) for seed in range(candidates)]
    settings = engine_settings(base, None)
    score, seconds = of_lm_eval(folders[0], tasks, work / "lm_eval", settings)
    print(f"lm-eval: {seconds:.1f} s", flush=True)
    engine = load_engine("vllm", base)
    results = []
    with Fitness(
        [TASK], base=base, engine=engine, split="search", tasks_dirs=[tasks], trust_task_code=True, cache=False
    ) as fitness:
        fitness(base)  # starts the engine
        for folder in folders:
            results.append(fitness(folder))
            print({phase: round(seconds, 2) for phase, seconds in results[-1].seconds.items()}, flush=True)
    ours = sorted(result.seconds["all"] for result in results)
    overhead = sorted(result.seconds["all"] - result.seconds["engine"] for result in results)
    return {
        "items": items,
        "dtype": str(settings.engine_args["dtype"]),
        "candidates": candidates,
        "seconds": [round(value, 2) for value in ours],
        "overhead": [round(value, 2) for value in overhead],
        "phases": {phase: round(value, 2) for phase, value in results[0].seconds.items()},
        "lm_eval_seconds": round(seconds, 1),
        "ratio": round(seconds / ours[len(ours) // 2], 1),
        "scores": [results[0].score, score],
    }


def section(found: dict[str, Any]) -> str:
    """The section of docs/speed.md."""
    ours, overhead = found["seconds"], found["overhead"]
    middle = len(ours) // 2
    rows = [
        ["a candidate after the first, median [least, most]", f"{ours[middle]} [{ours[0]}, {ours[-1]}]"],
        ["of these all but the engine's answers", f"{overhead[middle]} [{overhead[0]}, {overhead[-1]}]"],
        ["one lm-eval process for one candidate, same items", f"{found['lm_eval_seconds']}"],
        ["lm-eval / jaeval", f"{found['ratio']}"],
    ]
    return f"""## What a candidate costs

{date.today().isoformat()}. {found["candidates"]} perturbed copies of Gemma 3 270M, {found["items"]} search items with
four choices, {found["dtype"]}, one warm engine. All but the answers: reading, hashing, checks, swap, canary, scoring.

{table(["", "seconds, or ratio"], rows)}

Score of the first candidate: {found["scores"][0]:.4f}, lm-eval's {found["scores"][1]:.4f}.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures into this page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        found = measure(options.items, options.candidates, Path(work))
    print(json.dumps(found, indent=2))
    if options.write:
        replace_section(options.write, OWNER, section(found))
    return 0 if abs(found["scores"][0] - found["scores"][1]) < 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main())

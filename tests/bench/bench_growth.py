"""How seconds and memory grow with the number of items and of choices, on a tiny Llama in the real engine.

Each size runs in a process of its own. What was measured is kept in `--work`, so that the benchmark may be killed and
goes on. `--write docs/speed.md` writes the table there and the plot beside it.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine_settings import Settings, engine_settings
from engine_systems import HERE, code_hash
from growth_checkpoint import tiny_llama
from growth_plot import charts
from speed_page import replace_section, table

LIMIT_MIB = 2048
"""What 100,000 items may add to the memory beside the engine."""
PLOT = "speed-growth.svg"


@dataclass(frozen=True)
class Size:
    """One measurement: so many items of so many choices, questions of so many characters, vllm or scripted."""

    engine: str
    items: int
    choices: int
    characters: int


Measured = dict[Size, dict[str, Any]]


def measure(size: Size, checkpoint: Path, work: Path, wrap: list[str], settings: Settings) -> dict[str, Any]:
    """Measure one size in a process of its own, or read what was measured of it before."""
    kept = work / f"{settings.digest(asdict(size), code_hash())}.json"
    if not kept.is_file():
        print(f"{size.engine}, {size.items:,} items, {size.choices} choices …", flush=True)
        spec, found, output = (work / name for name in ("spec.json", "found.json", "output.txt"))
        found.unlink(missing_ok=True)
        spec.write_text(json.dumps(asdict(size) | {"checkpoint": str(checkpoint)}), encoding="utf-8")
        with output.open("wb") as log:
            command = [*wrap, sys.executable, str(HERE / "child_growth.py"), str(spec), str(found)]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if ended.returncode != 0:
            last = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            sys.exit(f"bench_growth: {size}: exit code {ended.returncode}: {''.join(last)} (see {output})")
        result = json.loads(found.read_text(encoding="utf-8")) | {"finished": date.today().isoformat()}
        print(f"  {result['seconds']['all']:.1f} s, {result['grown_mib']:,.0f} MiB more", flush=True)
        kept.write_text(json.dumps(result), encoding="utf-8")
    read: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return read


def section(measured: Measured, settings: Settings) -> str:
    """Everything measured, as Markdown."""
    rows = []
    for size, one in measured.items():
        seconds = one["seconds"]
        phases = [f"{seconds[name]:.1f}" for name in ("plan", "engine", "scoring", "all")]
        counts = [f"{size.items:,}", str(size.choices), f"{one['requests']:,}"]
        rows.append([size.engine, *counts, *phases, f"{one['grown_mib']:,.0f}"])
    large = [one["grown_mib"] for size, one in measured.items() if size.items >= 100_000]
    verdict = ""
    if large:
        told = "below" if max(large) < LIMIT_MIB else "ABOVE"
        verdict = f"\n\n100,000 items add {max(large):,.0f} MiB beside the engine: {told} the {LIMIT_MIB:,} MiB wanted."
    head = ["engine", "items", "choices", "requests", "plan s", "engine s", "scoring s", "all s", "MiB more"]
    return f"""## How it grows

![Seconds and memory against the number of items]({PLOT})

{_conditions(measured, settings)}

{table(head, rows)}{verdict}
"""


def _conditions(measured: Measured, settings: Settings) -> str:
    dates = sorted({one["finished"] for one in measured.values()})
    when = " to ".join(dict.fromkeys([dates[0], dates[-1]]))
    versions = ", ".join(f"{name} {number}" for name, number in settings.versions.items())
    characters = ", ".join(sorted({str(size.characters) for size in measured}))
    return f"""\
{when}; {settings.processor}, {settings.cores} cores, OMP_NUM_THREADS {settings.threads}; {versions}.
A random Llama of two layers in real vLLM, {settings.engine_args.get("dtype")}, or a scripted engine that computes
nothing; questions of {characters} characters that share no beginning, choices that are words. One process for each row,
the engine already started: seconds by phase, and the peak of memory above what the process had before the run.
Phases overlap, so they need not add up to all."""


def plot(measured: Measured) -> str:
    """Seconds and memory of the real engine, one line for each number of choices."""
    real = {size: one for size, one in measured.items() if size.engine == "vllm"}
    seconds, memory = {}, {}
    for choices in sorted({size.choices for size in real}):
        name = "1 choice" if choices == 1 else f"{choices} choices"
        line = [(size, one) for size, one in real.items() if size.choices == choices]
        seconds[name] = [(float(size.items), one["seconds"]["all"]) for size, one in line]
        memory[name] = [(float(size.items), max(one["grown_mib"], 1.0)) for size, one in line]
    return charts([("Seconds, engine started", "s", seconds), ("Memory added by the run", "MiB", memory)], "items")


def main() -> int:
    """Measure what is missing, print the section, write it where it is wanted."""
    arguments = _arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    work = arguments.work.resolve()
    checkpoint = tiny_llama(work / "tiny-llama")
    settings = engine_settings(checkpoint, None)
    sizes = [
        Size("vllm", items, choices, arguments.characters)
        for choices in _numbers(arguments.choices)
        for items in _numbers(arguments.items)
    ]
    sizes += [Size("scripted", items, 5, arguments.characters) for items in _numbers(arguments.scripted)]
    wrap = shlex.split(arguments.wrap)
    measured = {size: measure(size, checkpoint, work, wrap, settings) for size in sizes}
    text = section(measured, settings)
    print(f"\n{text}")
    if arguments.write:
        replace_section(arguments.write, "bench_growth", text)
        arguments.write.with_name(PLOT).write_text(plot(measured), encoding="utf-8")
    return 0


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", default="100,1000,10000")
    parser.add_argument("--choices", default="1,5,20")
    parser.add_argument("--scripted", default="10000,100000", help="items for the scripted engine, 5 choices")
    parser.add_argument("--characters", type=int, default=100, help="of each question")
    parser.add_argument("--wrap", default="", help="a command put before each process, such as 'taskset -c 0,1'")
    parser.add_argument("--work", type=Path, default=Path("build/bench-growth"), help="where measurements are kept")
    parser.add_argument("--write", type=Path, help="the page to write, docs/speed.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

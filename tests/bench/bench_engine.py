"""How fast jaeval evaluates: against lm-eval's vLLM backend and the raw engine, same checkpoint, tasks and settings.

Each system runs in a process of its own, in turns, for some rounds. Every finished process is kept in `--work`, so that
the benchmark may be killed and goes on where it was. `--write docs/speed.md` puts the result there.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine_records import Measurement, Records
from engine_settings import engine_settings
from engine_systems import AGAIN, GENERATE, JAEVAL, LM_EVAL, LM_EVAL_APART, SYSTEMS, Bench
from engine_table import PHASES, Measured, section
from engine_workloads import WORKLOADS, Workload
from speed_page import replace_section

from jaeval.errors import JaevalError

MIRROR = Path(__file__).parents[3] / "shared" / "data"


def turns(systems: Sequence[str], round_: int) -> list[str]:
    """The order of the systems in a round, numbered from 1: another begins each time, a run precedes its repetition.

    Example:
        >>> turns(["jaeval", "again", "lm_eval"], 2)
        ['lm_eval', 'jaeval', 'again']
    """
    blocks = [[one, AGAIN] if one == JAEVAL and AGAIN in systems else [one] for one in systems if one != AGAIN]
    first = (round_ - 1) % len(blocks)
    return [one for block in blocks[first:] + blocks[:first] for one in block]


def is_slower(one: Measurement | None, other: Measurement | None) -> bool:
    """Whether the first was slower in every phase, so that it need not be measured again."""
    if one is None or other is None:
        return False
    return all(one.seconds[phase] > other.seconds[phase] for phase in PHASES)


def measure_all(
    bench: Bench, records: Records, workloads: Sequence[Workload], systems: Sequence[str], rounds: int
) -> Iterator[tuple[Workload, Measurement]]:
    """Yield every measurement that is wanted, from the records where it is there."""
    for round_ in range(1, rounds + 1):
        for workload in workloads:
            for system in turns(systems, round_):
                if system == GENERATE and not workload.generation:
                    continue
                known = [
                    records.get(bench.digest(workload, one), workload.name, one, 1) for one in (LM_EVAL, LM_EVAL_APART)
                ]
                if round_ > 1 and (
                    (system == LM_EVAL_APART and is_slower(known[1], known[0]))
                    or (system == LM_EVAL and is_slower(known[0], known[1]))
                ):
                    continue
                measurement = records.get(bench.digest(workload, system), workload.name, system, round_)
                if measurement is None:
                    print(f"round {round_}, {workload.name}, {system} …", flush=True)
                    measurement = bench.measure(workload, system, round_)
                    records.add(measurement)
                    phases = ", ".join(f"{phase} {measurement.seconds[phase]:.1f}" for phase in PHASES)
                    print(f"  {phases} s; {measurement.rss_mib:,.0f} MiB", flush=True)
                yield workload, measurement


def main() -> int:
    """Measure what is missing, print the section, write it where it is wanted."""
    arguments = _arguments()
    if MIRROR.is_dir():
        os.environ.setdefault("JAEVAL_DATA_MIRROR", str(MIRROR))
    arguments.work.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    try:
        checkpoint = arguments.checkpoint or _demonstration()
        settings = engine_settings(checkpoint, arguments.dtype)
        bench = Bench(settings, arguments.work.resolve(), shlex.split(arguments.wrap))
        workloads = [
            WORKLOADS[name].sized(full=arguments.full, limit=arguments.limit) for name in arguments.workloads.split(",")
        ]
        records = Records(arguments.work / "measured.jsonl")
        measured: Measured = {}
        for workload, one in measure_all(bench, records, workloads, arguments.systems.split(","), arguments.rounds):
            measured.setdefault((workload.name, one.system), {})[one.round] = one
    except JaevalError as error:
        print(f"bench_engine: {error}", file=sys.stderr)
        return 1
    text = section(settings, workloads, measured)
    print(f"\n{text}\n\n{time.monotonic() - begun:.0f} s")
    if arguments.write:
        replace_section(arguments.write, "bench_engine", text)
    return 0


def _demonstration() -> Path:
    from jaeval.demo.checkpoint import demonstration_checkpoint

    return demonstration_checkpoint(print)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="a folder (default: the demonstration checkpoint)")
    parser.add_argument("--dtype", help="instead of what jaeval chooses on this machine")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="of %(default)s")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="of %(default)s")
    parser.add_argument("--limit", type=int, help="at most so many items of each task")
    parser.add_argument("--full", action="store_true", help="whole exams, 200 and 100 items, answers of any length")
    parser.add_argument("--wrap", default="", help="a command put before each process, such as 'taskset -c 0,1'")
    parser.add_argument("--work", type=Path, default=Path("build/bench"), help="where measurements are kept")
    parser.add_argument("--write", type=Path, help="the page to write, docs/speed.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""What serving costs and what more servers and workers give, on a tiny Llama or the checkpoint named.

- one `vllm serve`, asked by bare aiohttp and by `--engine server`: the same bodies, the same number under way;
- two servers against one: of vLLM, which share this machine's processors, and of stand-ins that use none;
- Ray workers against the engine in this process.

What is compared is measured in turns, so that other work on the machine meets both. `--write docs/capacity.md` replaces
the section there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from child_launch import busy_seconds
from engine_settings import engine_settings
from growth_checkpoint import tiny_llama
from served_workloads import workload
from speed_page import replace_section, table

from jaeval.engines import FailedResponse, load_engine, open_checkpoint
from jaeval.engines.protocol import Engine, Request
from jaeval.engines.server import ServedCheckpoint, ServerEngine
from jaeval.engines.server.calls import calls_of
from jaeval.engines.server.process import free_port

WORKLOADS = {"letters": 4, "texts": 1, "answers": 1}
"""Kinds of items, and how many times more of them are asked because they are quick."""
ELSEWHERE = (64, 0.1)
"""A stand-in: answers at a time, seconds for each."""
MORE = 6
"""So many times more items for stand-ins."""
BARE = "one server, bare aiohttp"
UNDER_WAY = 64
"""HTTP requests under way at each server, for both clients."""


@dataclass(frozen=True)
class Time:
    """One measurement: seconds, this process's own processor seconds, and cores that all other processes kept busy."""

    seconds: float
    own: float
    others: float


Found: TypeAlias = dict[tuple[str, str], list[Time]]
"""Measurements by workload and system."""


def timed(work: Callable[[], None]) -> Time:
    """Do some work and say what it took."""
    busy, own, begun = busy_seconds() or 0.0, time.process_time(), time.monotonic()
    work()
    seconds = time.monotonic() - begun
    spent = time.process_time() - own
    return Time(seconds, spent, max((busy_seconds() or 0.0) - busy - spent, 0.0) / seconds)


def asks(engine: Engine, requests: list[Request]) -> Callable[[], None]:
    """Answers requests; none may fail."""

    def ask() -> None:
        answered = dict(engine.respond(requests))
        failed = [response for response in answered.values() if isinstance(response, FailedResponse)]
        if failed or len(answered) != len(requests):
            sys.exit(f"bench_served: {len(failed)} requests failed, the first: {failed[:1]}")

    return ask


def asks_raw(engine: ServerEngine, requests: list[Request]) -> Callable[[], None]:
    """Sends what the engine would, made beforehand, by aiohttp and nothing else, and reads the answers' JSON.

    The first goes alone, so that the server's prefix cache knows what all begin with before many come at once.
    """
    import aiohttp

    offer, endpoint = engine._connect(), engine._endpoints[0]
    bodies = [
        {**call.body, "model": endpoint.model}
        for index, request in enumerate(requests)
        for call in calls_of(index, request, offer, engine.tokenizer, engine._costs)
    ]

    async def send() -> None:
        room = asyncio.Semaphore(UNDER_WAY)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def one(body: dict[str, Any]) -> None:
                while True:
                    try:
                        async with room, session.post(f"{endpoint.url}/completions", json=body) as answer:
                            answer.raise_for_status()
                            await answer.json()
                            return
                    except aiohttp.ServerDisconnectedError:  # a connection that lay idle, closed as it was used
                        continue

            await one(bodies[0])
            await asyncio.gather(*map(one, bodies[1:]))

    return lambda: asyncio.run(send())


def in_turns(
    systems: Mapping[str, Callable[[list[Request]], Callable[[], None]]],
    arguments: argparse.Namespace,
    workloads: Mapping[str, int] = WORKLOADS,
) -> Found:
    """Measure each system on each workload, in turns; the first turn warms up and is not counted."""
    found: Found = {}
    for name, times in workloads.items():
        for turn in range(arguments.rounds + 1):
            for place, (system, answer) in enumerate(list(systems.items())[:: 1 if turn % 2 else -1]):
                count = times * (arguments.items if turn else max(arguments.items // 8, 1))
                requests = workload(name, count, seed=100 * turn + place, vocabulary=arguments.vocabulary)
                measured = timed(answer(requests))
                if turn:
                    print(f"  {name}, {system}: {measured.seconds:.2f} s", flush=True)
                    found.setdefault((name, system), []).append(measured)
    return found


def served(checkpoint: Path, arguments: argparse.Namespace) -> Found:
    """One server by both clients; then two servers against one.

    Each server has half of the processors, and in the first part the client the other half. Where all compete for two
    processors, a server's batches are large or small by chance, and it takes between once and four times as long.
    """
    opened = open_checkpoint(checkpoint)
    every = sorted(os.sched_getaffinity(0))
    halves = [set(every[: len(every) // 2 or 1]), set(every[len(every) // 2 :])]
    with ExitStack() as stack:
        stack.callback(os.sched_setaffinity, 0, every)
        urls = []
        for half in halves:
            os.sched_setaffinity(0, half)  # a child, and a thread, takes its parent's
            urls.append(stack.enter_context(ServedCheckpoint(opened, engine_args={"dtype": "float32"})).base_url)
        alone = stack.enter_context(closing(ServerEngine(opened, base_url=urls[:1], concurrency=UNDER_WAY)))
        found = in_turns({BARE: partial(asks_raw, alone), "one server": partial(asks, alone)}, arguments)
        os.sched_setaffinity(0, every)
        systems = {}
        for name, number in (("one of two servers", 1), ("two servers", 2)):
            engine = ServerEngine(opened, base_url=urls[:number], concurrency=UNDER_WAY)
            systems[name] = partial(asks, stack.enter_context(closing(engine)))
        return found | in_turns(systems, arguments)


def elsewhere(checkpoint: Path, arguments: argparse.Namespace) -> Found:
    """The same of stand-ins that wait instead of computing; with more items, since they are faster."""
    opened = open_checkpoint(checkpoint)
    with ExitStack() as stack:
        ports = [free_port() for _ in range(2)]
        for port in ports:
            words = [sys.executable, str(Path(__file__).with_name("child_elsewhere.py")), str(port)]
            stack.callback(subprocess.Popen([*words, *map(str, ELSEWHERE)]).terminate)
        urls = [f"http://127.0.0.1:{port}/v1" for port in ports]
        one, two = (
            stack.enter_context(closing(ServerEngine(opened, base_url=urls[:number], concurrency=UNDER_WAY)))
            for number in (1, 2)
        )
        time.sleep(2.0)
        systems = {
            "one server elsewhere, bare aiohttp": partial(asks_raw, one),
            "one server elsewhere": partial(asks, one),
            "two servers elsewhere": partial(asks, two),
        }
        return in_turns(systems, arguments, {"answers": MORE})


def spread(checkpoint: Path, arguments: argparse.Namespace) -> Found:
    """The engine in this process, and one and two Ray workers; one after another, since each fills the machine."""
    found: Found = {}
    for system, engine, settings in (
        ("in process", "vllm", {}),
        ("one Ray worker", "ray", {"workers": 1}),
        ("two Ray workers", "ray", {"workers": 2}),
    ):
        made = load_engine(engine, checkpoint, engine_args={"dtype": "float32", **settings})
        try:
            found |= in_turns({system: partial(asks, made)}, arguments)
        finally:
            made.close()
    return found


def section(found: Found, checkpoint: Path, arguments: argparse.Namespace) -> str:
    """Everything measured, as Markdown."""
    settings = engine_settings(checkpoint, None)
    rows = []
    for (name, system), times in found.items():
        seconds = statistics.median(time.seconds for time in times)
        own = statistics.median(time.own for time in times)
        others = statistics.median(time.others for time in times)
        items = arguments.items * (MORE if "elsewhere" in system else WORKLOADS[name])
        per_item = [f"{items / seconds:.0f}", f"{1000 * own / items:.2f}"]
        rows.append([name, system, f"{seconds:.2f}", *per_item, f"{others:.2f}"])
    pairs = [
        ("one server", BARE, "seconds, jaeval / bare aiohttp"),
        ("one of two servers", "two servers", "seconds, one server / two"),
        ("one server elsewhere", "one server elsewhere, bare aiohttp", "seconds, jaeval / bare aiohttp, elsewhere"),
        ("one server elsewhere", "two servers elsewhere", "seconds, one server elsewhere / two"),
        ("in process", "one Ray worker", "seconds, in process / one Ray worker"),
        ("in process", "two Ray workers", "seconds, in process / two Ray workers"),
    ]
    ratios = []
    for above, below, told in pairs:
        for name in WORKLOADS:
            if (name, above) not in found or (name, below) not in found:
                continue
            over, under = ([time.seconds for time in found[name, system]] for system in (above, below))
            each = [a / b for a, b in zip(over, under, strict=True)]
            values = (statistics.median(over) / statistics.median(under), min(each), max(each))
            ratios.append([told, name, *(f"{value:.2f}" for value in values)])
    versions = ", ".join(f"{package} {number}" for package, number in settings.versions.items())
    where = f"{settings.processor}, {settings.cores} cores, OMP_NUM_THREADS {settings.threads}"
    return f"""\
{date.today().isoformat()}; {where}; {versions}; {checkpoint.name}, float32; {arguments.items} items a round
({WORKLOADS["letters"]} times as many letters), {arguments.rounds} rounds in turns, at most {UNDER_WAY} HTTP
requests under way at a server. All prompts of a measurement begin with the same 200 tokens. Each vLLM server has half
of the processors, its single client the other half; two servers' client shares them. A server "elsewhere" is a
stand-in without a model: it works on {ELSEWHERE[0]} answers at a time and waits {ELSEWHERE[1]} s for each; it is asked
{MORE} times as much.

{table(["ratio", "items", "of medians", "least", "most"], ratios, left=2)}

Medians; "own ms" are processor milliseconds of the client's (or engine's) process for one item, "others" the cores that
all other processes kept busy, servers and workers included:

{table(["items", "system", "s", "items/s", "own ms", "others"], rows, left=2)}
"""


def main() -> int:
    """Measure, print the section, write it where it is wanted."""
    arguments = _arguments()
    checkpoint = arguments.checkpoint or tiny_llama(arguments.work.resolve() / "tiny-llama")
    arguments.vocabulary = int(open_checkpoint(checkpoint).config["vocab_size"])
    found = served(checkpoint, arguments) | elsewhere(checkpoint, arguments)
    if arguments.ray:
        found |= spread(checkpoint, arguments)
    text = section(found, checkpoint, arguments)
    print(f"\n{text}")
    if arguments.write:
        replace_section(arguments.write, "bench_served", text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="default: a random Llama of two layers")
    parser.add_argument("--items", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ray", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--work", type=Path, default=Path("build/bench-served"), help="where the checkpoint is kept")
    parser.add_argument("--write", type=Path, help="the page to write, docs/capacity.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""How evaluation and search would scale to a thousand GPUs: a simulation of jaeval's own scheduling, and the formulas.

`python tests/bench/capacity_simulation.py --write docs/capacity.md` replaces the tables there. What is assumed of a
cluster is in `Cluster`, to be replaced by what was measured on one; what jaeval costs was measured (see the page).
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from speed_page import replace_section, table

from jaeval.engines.cluster.blocks import SMALLEST, Blocks, gathering_seconds


@dataclass(frozen=True)
class Cluster:
    """What scaling depends on. Rates are a second, sizes bytes.

    Attributes:
        rate: items that one worker answers.
        start: seconds until a worker is ready, its weights not counted.
        per_machine: workers of one machine.
        weights: a checkpoint's size.
        storage: what the shared storage delivers to all machines together.
        disk: what one machine reads.
        network: what one machine sends or receives.
        copy: what a worker copies into its device.
        item: seconds that the driver spends on one item: sent, received, journaled.
        parcel: seconds that it spends on one message.
        spread: of a block's duration: the sigma of its logarithm.
        lost: how often a worker is lost, for each second.
    """

    rate: float = 20.0
    start: float = 60.0
    per_machine: int = 8
    weights: float = 16e9
    storage: float = 20e9
    disk: float = 5e9
    network: float = 10e9
    copy: float = 10e9
    item: float = 0.1e-3
    parcel: float = 0.7e-3
    spread: float = 0.15
    lost: float = 0.0

    def load(self, workers: int) -> float:
        """Seconds until all workers hold a checkpoint: each machine reads it once, all from one storage."""
        machines = math.ceil(workers / self.per_machine)
        return self.start + max(self.weights / self.disk, machines * self.weights / self.storage)

    def swap(self, workers: int) -> float:
        """Seconds until all workers hold a candidate: put once, sent on from machine to machine, copied in."""
        machines = math.ceil(workers / self.per_machine)
        hops = math.ceil(math.log2(machines)) if machines > 1 else 0
        return self.weights / self.copy + hops * self.weights / self.network + self.weights / self.copy

    def driver(self, workers: int) -> float:
        """Items that the driver can take from so many workers."""
        in_a_message = min(math.ceil(self.rate * gathering_seconds(workers)), SMALLEST)
        return 1.0 / (self.item + self.parcel / in_a_message)

    def seconds(self, items: int, workers: int) -> float:
        """The formula: seconds for some items, workers ready."""
        return items / min(workers * self.rate, self.driver(workers)) + min(items, SMALLEST) / self.rate / 2


def simulate(cluster: Cluster, items: int, workers: int, seed: int = 0) -> float:
    """Seconds for some items, workers ready: blocks handed out as `Blocks` does, one driver, workers lost by chance."""
    draw = random.Random(seed)
    blocks = Blocks(range(items), workers)
    events: list[
        tuple[float, int, int, bool]
    ] = []  # when a message is sent, by whom, its items, whether it is the last
    free = 0.0

    def begin(worker: int, now: float) -> None:
        places = blocks.take()
        if not places:
            return
        pace = cluster.rate * math.exp(draw.gauss(0.0, cluster.spread))
        size, sent, at = math.ceil(pace * gathering_seconds(workers)), 0, now
        lost = now + draw.expovariate(cluster.lost) if cluster.lost else math.inf
        while sent < len(places):
            part = min(size, len(places) - sent)
            at += part / pace
            if at > lost:
                blocks.give_back(places[sent:])
                heapq.heappush(events, (lost + cluster.load(1), worker, 0, True))
                return
            sent += part
            heapq.heappush(events, (at, worker, part, sent == len(places)))

    for worker in range(workers):
        begin(worker, 0.0)
    while events:
        at, worker, part, last = heapq.heappop(events)
        free = max(free, at) + cluster.parcel + part * cluster.item
        if last:
            begin(worker, free)
    return free


def evaluation(cluster: Cluster, items: int) -> str:
    """Workers against seconds and efficiency, as a Markdown table."""
    alone, rows = items / cluster.rate, []
    for workers in (1, 8, 64, 256, 1000):
        found, formula = simulate(cluster, items, workers), cluster.seconds(items, workers)
        shaky = simulate(replace(cluster, lost=1 / 86_400), items, workers)
        rows.append(
            [
                f"{workers:,}",
                f"{cluster.load(workers):,.0f}",
                f"{found:,.0f}",
                f"{formula:,.0f}",
                f"{items / found:,.0f}",
                f"{100 * alone / workers / found:.0f} %",
                f"{shaky:,.0f}",
            ]
        )
    head = [
        "workers",
        "start s",
        "simulated s",
        "formula s",
        "items/s",
        "of the workers' rate",
        "one loss a day each, s",
    ]
    return table(head, rows, left=0)


def search(cluster: Cluster, items: int) -> str:
    """Ways to spread candidates against how many an hour 1,000 workers score, as a Markdown table."""
    own = cluster.weights / cluster.copy
    alone = simulate(replace(cluster, item=0.0, parcel=0.0), items, 1)
    share = f"{100 * alone / (alone + own):.0f} %"
    rows = [["a worker of its own", f"{own:.1f}", f"{alone:.1f}", share, f"{1000 * 3600 / (alone + own):,.0f}"]]
    for group in (1, 2, 4, 8, 16, 64, 1000):
        asking, swap = simulate(cluster, items, group), cluster.swap(group)
        hourly = 1000 / group * 3600 / (asking + swap)
        rows.append(
            [f"{group:,}", f"{swap:.1f}", f"{asking:.1f}", f"{100 * asking / (asking + swap):.0f} %", f"{hourly:,.0f}"]
        )
    head = ["workers for a candidate", "swap s", "asking s", "asking, of both", "candidates an hour on 1,000 workers"]
    return table(head, rows, left=0)


def section(cluster: Cluster) -> str:
    """Both tables."""
    return f"""\
Assumed: {cluster.rate:g} items/s for a worker, {cluster.weights / 1e9:g} GB of weights, {cluster.per_machine} workers a
machine, storage {cluster.storage / 1e9:g} GB/s for all, {cluster.disk / 1e9:g} GB/s for one machine, network
{cluster.network / 1e9:g} GB/s, {cluster.copy / 1e9:g} GB/s into a device; the driver spends {1000 * cluster.item:g} ms
on an item and {1000 * cluster.parcel:g} ms on a message.

100,000 items, one evaluation:

{evaluation(cluster, 100_000)}

500 items for each candidate of a search:

{search(cluster, 500)}
"""


def main() -> int:
    """Print the tables, write them where they are wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="the page to write, docs/capacity.md")
    arguments = parser.parse_args()
    text = section(Cluster())
    print(text)
    if arguments.write:
        replace_section(arguments.write, "capacity_simulation", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

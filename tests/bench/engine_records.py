"""What was measured, one JSON line for each finished process, so that a benchmark that is killed goes on."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Answers = dict[str, list[dict[str, Any]]]
"""By task: `doc_id` with `log_likelihoods` or `text`."""


@dataclass(frozen=True)
class Measurement:
    """One process of one system.

    Attributes:
        settings: hash of everything that must be equal for two measurements to be compared.
        workload, system, round: what it was.
        seconds: "start" (the engine's), "answering" (requests to responses), "after_start" (all the evaluation but the
            engine's start), "whole" (the process).
        rss_mib: peak memory of its largest process.
        answers: what the model said.
        scores: by "task metric,filter".
        work: counts: "requests", "cached", "prefilled", "least", "generated"; what the system does not tell is missing.
        finished: the date.
        others: how many cores other work on the machine kept busy meanwhile; None where it was not measured.
    """

    settings: str
    workload: str
    system: str
    round: int
    seconds: dict[str, float]
    rss_mib: float
    answers: Answers = field(repr=False)
    scores: dict[str, float] = field(default_factory=dict)
    work: dict[str, int] = field(default_factory=dict)
    finished: str = ""
    others: float | None = None


class Records:
    """The measurements in a file.

    Args:
        file: JSON lines; made where it is missing. A last line that was cut by a kill is left out.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: list[Measurement] = []
        if file.is_file():
            content = file.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if whole != content:
                file.write_bytes(whole)
            self._found = [Measurement(**json.loads(line)) for line in whole.splitlines()]

    def add(self, measurement: Measurement) -> None:
        """Keep one, on the disk before this returns."""
        with self._file.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(asdict(measurement), ensure_ascii=False) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        self._found.append(measurement)

    def get(self, settings: str, workload: str, system: str, round_: int) -> Measurement | None:
        """The one measured last under these names, or None."""
        asked = (settings, workload, system, round_)
        found = [one for one in self._found if (one.settings, one.workload, one.system, one.round) == asked]
        return found[-1] if found else None

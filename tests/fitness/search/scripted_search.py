"""A search whose scores are made up: what is tested is the search, not what it searches."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaeval.errors import MergeError
from jaeval.fitness.result import FitnessResult, TaskScore
from jaeval.fitness.search.config import SearchConfig, parse_config
from jaeval.fitness.search.run import Searched, search

SAMPLERS: list[dict[str, Any]] = [
    {"name": "optuna-cmaes", "population": 5},
    {"name": "cmaes", "population": 5},
    {"name": "random"},
    {"name": "grid", "steps": 5},
]
KINDS = [str(sampler["name"]) for sampler in SAMPLERS]
BEST = 0.8
"""Where every number is best."""


class Built:
    """A candidate that is a genotype; as tensors, those of a parent moved by it."""

    def __init__(self, genotype: Mapping[str, float], folder: Path) -> None:
        self.genotype, self._folder = dict(genotype), folder

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        from safetensors.torch import load_file

        moved = sum(self.genotype.values())
        for name, tensor in load_file(self._folder / "model.safetensors").items():
            yield name, tensor + moved


class MadeUp:
    """An objective: each item has a threshold, and a candidate is right where its quality passes it."""

    def __init__(self, stage: str, log: Path | None = None, seconds: float = 0.0, fails: float = -1.0) -> None:
        self.items = [f"sums/{stage}-{place}" for place in range(80)]
        self.tasks = ["sums"] * 80
        self.weights = {"sums": 1.0}
        self.digest = hashlib.sha256(stage.encode()).hexdigest()
        self._stage, self._log, self._seconds, self._fails = stage, log, seconds, fails

    def __call__(self, candidate: Any) -> FitnessResult:
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as handle:
                shown = sorted(candidate.genotype.items()) if isinstance(candidate, Built) else Path(candidate).name
                handle.write(f"{self._stage} {shown}\n")
        time.sleep(self._seconds)
        quality = 0.35
        if isinstance(candidate, Built):
            values = list(candidate.genotype.values())
            if values[0] < self._fails:
                raise MergeError("cannot be merged", field="made up")
            quality = 0.9 - sum((value - BEST) ** 2 for value in values) / len(values)
        elif Path(candidate).name == "merged":
            quality = 0.85
        right = {name: float(_threshold(name) < quality) for name in self.items}
        score = sum(right.values()) / len(right)
        se = (score * (1 - score) / (len(right) - 1)) ** 0.5
        return FitnessResult(
            score, se, 80, right, {"sums": TaskScore(score, se, 80)}, {"all": self._seconds}, weight_hash=""
        )


def _threshold(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32


def configuration(parents: Mapping[str, Path], out: Path, **changes: Any) -> SearchConfig:
    return parse_config(
        {
            "parents": {name: str(path) for name, path in parents.items()},
            "base": next(iter(parents)),
            "merge": {"method": "linear"},
            "fitness": {"tasks": ["sums"], "engine": "made up"},
            "sampler": {"name": "cmaes", "population": 5},
            "trials": 23,
            "seed": 7,
            "selection": {"top": 3},
            "out": str(out),
            **changes,
        }
    )


def go(
    config: SearchConfig, log: Path | None = None, seconds: float = 0.0, fails: float = -1.0, **more: Any
) -> Searched:
    base = Path(config.base_folder)
    return search(
        config,
        stages=lambda stage: MadeUp(stage, log, seconds, fails),
        build=lambda genotype: Built(genotype, base),
        **more,
    )


def go_slowly(config: SearchConfig, log: Path, begun: Path) -> None:
    """To be killed: says that it has begun, then searches slowly."""
    begun.touch()
    go(config, log, 0.03, resume=True)


def trials(found: Searched) -> list[Any]:
    """What was tried and found."""
    return [(trial.number, trial.genotype, trial.score, trial.values, trial.failure) for trial in found.trials]

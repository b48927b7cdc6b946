"""The study behind docs/merging.md: what an evolved merge of a nano family scores, and what its controls score.

    python tests/nano/study.py OUT FAMILY [FAMILY ...]        # families of `python -m jaeval.nano.train`
    python tests/nano/study.py OUT FAMILY --development       # never looks at report items

For each family and search seed three searches of equal budget run through `jaeval.fitness.search`: both parents, and
each parent with the base alone (the controls). Each ends in a report on items that nothing else sees; the parents, the
base, and the two plain merges (average and sum) answer the same items. One line of JSON for each goes to
OUT/FAMILY.jsonl as it is done; a study that was stopped goes on where it was. `study_table.py` makes the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaeval import Fitness
from jaeval.engines import load_engine
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.run import search
from jaeval.fitness.search.stages import FitnessStages

SEEDS, TRIALS, ITEMS = 5, 192, 120
SELECTION_ITEMS, TOP = 300, 5
TASK = "nano_ja_math"
SETS: Mapping[str, tuple[str, ...]] = {"both": ("math", "ja"), "ja only": ("ja",), "math only": ("math",)}
PLAIN = {"average": 0.5, "sum": 1.0}


def configuration(family: Path, parents: tuple[str, ...], seed: int, out: Path, *, report: bool) -> SearchConfig:
    """One search; the settings were fixed on items of other splits."""
    return SearchConfig.model_validate(
        {
            "parents": {name: str(family / name) for name in parents},
            "base": str(family / "base"),
            "merge": {
                "method": "task_arithmetic",
                "granularity": "blocks",
                "bounds": {"weight": (0.0, 1.5)},
                "start": {"weight": 0.75},
            },
            "fitness": {"tasks": [TASK], "items": ITEMS, "engine_args": {"dtype": "float32"}},
            "sampler": {"name": "cmaes"},
            "trials": TRIALS,
            "seed": seed,
            "selection": {"top": TOP, "items": SELECTION_ITEMS},
            "report": {} if report else None,
            "out": str(out),
        }
    )


def plain_merge(family: Path, weight: float) -> dict[str, Any]:
    """Both parents' differences from the base, times one number."""
    models = [{"model": str(family / name), "parameters": {"weight": weight}} for name in ("math", "ja")]
    return {"merge_method": "task_arithmetic", "dtype": "float32", "base_model": str(family / "base"), "models": models}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("families", type=Path, nargs="+")
    parser.add_argument("--development", action="store_true", help="no report; scores are those of `selection`")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for family in options.families:
        study(family, options.out, options.seeds, report=not options.development)
    return 0


def study(family: Path, out: Path, seeds: int, *, report: bool) -> None:
    """All searches of one family, with one warm engine."""
    log = out / f"{family.name}.jsonl"
    done = [json.loads(line)["name"] for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    engine = load_engine("vllm", family / "base", engine_args={"dtype": "float32"})

    def record(name: str, **fields: Any) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"family": family.name, "name": name, **fields}) + "\n")
        print(family.name, name, {key: value for key, value in fields.items() if key != "values"}, flush=True)

    split = "report" if report else "selection"
    with Fitness([TASK], base=family / "base", engine=engine, split=split, final=True) as fitness:
        for name in ("base", "math", "ja", *PLAIN):
            if name not in done:
                result = fitness(plain_merge(family, PLAIN[name]) if name in PLAIN else family / name)
                record(name, score=result.score, values=list(result.per_item.values()))
        for seed in range(seeds):
            for kind, parents in SETS.items():
                name = f"{kind}/{seed}"
                if name in done:
                    continue
                began = time.monotonic()
                folder = out / f"{family.name}-{kind.replace(' ', '-')}-{seed}"
                config = configuration(family, parents, seed, folder, report=report)
                found = search(config, stages=FitnessStages(config, engine), resume=folder.exists())
                result = fitness(folder / "merged")
                record(
                    name,
                    score=result.score,
                    search=found.trials[found.chosen].score,
                    best=found.best.score,
                    chosen=found.chosen,
                    seconds=round(time.monotonic() - began, 1),
                    values=list(result.per_item.values()),
                )


if __name__ == "__main__":
    sys.exit(main())

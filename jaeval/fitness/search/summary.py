"""What a search found, for machines: scores, intervals, differences. The model card and the plots are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jaeval import __version__
from jaeval.fitness.search.card import write_card
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.folder import Asked, SearchFolder
from jaeval.fitness.search.intervals import chosen_interval, paired_interval, plain_interval
from jaeval.fitness.search.log import Scored, Trial
from jaeval.fitness.search.plots import write_plots
from jaeval.fitness.search.space import MergeSpace
from jaeval.results.run import write_atomically
from jaeval.results.schema import to_json

SUMMARY = "summary.json"


def write_summary(
    folder: SearchFolder,
    config: SearchConfig,
    space: MergeSpace,
    trials: Sequence[Trial],
    selected: Mapping[int, Scored],
    chosen: int,
    reported: Mapping[str, Scored],
) -> dict[str, Any]:
    """Write the summary, the plots, and the model card beside the merged weights.

    Args:
        folder: the search's.
        config: the search's.
        space: what was searched.
        trials: all.
        selected: scores of the frozen trials on `selection`.
        chosen: the number of the chosen one.
        reported: scores on `report`: `merged`, each parent, and `base` where it is none of them.

    Raises:
        RunError: the disk is full.
    """
    assert folder.manifest is not None
    asked = folder.manifest.asked
    trial = trials[chosen]
    summary: dict[str, Any] = {
        "version": __version__,
        "method": config.merge.method,
        "sampler": config.sampler.name,
        "seed": config.seed,
        "parents": {
            name: {"path": path, "weights": folder.manifest.hashes[name]} for name, path in config.parents.items()
        },
        "base": {"path": config.base_folder, "weights": folder.manifest.hashes["base"]},
        "parameters": len(space.parameters),
        "trials": len(trials),
        "failed": sum(entry.failure is not None for entry in trials),
        "chosen": chosen,
        "weights": trial.weight_hash,
        "genotype": trial.genotype,
        "search": search_score(trials, chosen, asked["search"]),
        "selection": selection_scores(selected, chosen, asked.get("selection")),
        "report": report_scores(reported, asked.get("report")),
    }
    text = to_json(summary, indent=2) + "\n"
    write_atomically(folder.path / SUMMARY, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    write_plots(folder.path / "plots", space, trials, summary)
    write_card(folder.path / "merged", summary)
    return summary


def search_score(trials: Sequence[Trial], chosen: int, asked: Asked) -> dict[str, Any]:
    """The chosen trial's search score, with an interval that allows for how many were tried."""
    own = [trial for trial in trials if len(trial.values) == len(asked.items)]
    place = next((place for place, trial in enumerate(own) if trial.number == chosen), None)
    found: dict[str, Any] = {"score": trials[chosen].score, "se": trials[chosen].se, "n": trials[chosen].n}
    if place is not None:
        values = [trial.values for trial in own]
        found["interval"] = asdict(chosen_interval(values, place, asked.tasks, asked.weights))
    return found


def selection_scores(selected: Mapping[int, Scored], chosen: int, asked: Asked | None) -> dict[str, Any] | None:
    """The frozen trials' scores on `selection`, and the chosen one's interval, which allows for the choice."""
    if asked is None or not selected:
        return None
    values = [score.values for score in selected.values()]
    interval = chosen_interval(values, list(selected).index(chosen), asked.tasks, asked.weights)
    scores = {str(number): {"score": score.score, "se": score.se} for number, score in selected.items()}
    return {"n": len(asked.items), "scores": scores, "interval": asdict(interval)}


def report_scores(reported: Mapping[str, Scored], asked: Asked | None) -> dict[str, Any] | None:
    """Scores on items that nobody chose by, and the differences to the parents on the same items."""
    if asked is None or not reported:
        return None
    ours = reported["merged"].values
    return {
        "n": len(asked.items),
        "tasks": list(asked.weights),
        "scores": {
            name: asdict(plain_interval(score.values, asked.tasks, asked.weights)) for name, score in reported.items()
        },
        "differences": {
            name: asdict(paired_interval(ours, score.values, asked.tasks, asked.weights))
            for name, score in reported.items()
            if name != "merged"
        },
    }

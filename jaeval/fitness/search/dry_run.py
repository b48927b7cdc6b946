"""A search checked without trying anything: what it would do, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jaeval.catalogue import Catalogue
from jaeval.data import store
from jaeval.engines.checkpoint import open_checkpoint
from jaeval.errors import JaevalError
from jaeval.evaluation.choose import choose_tasks
from jaeval.fitness.search.config import SearchConfig, with_nano_folders
from jaeval.fitness.search.merge import check_parents, open_parent
from jaeval.fitness.search.run import shape_of
from jaeval.fitness.search.samplers import make_sampler, population_size
from jaeval.fitness.search.space import merge_space
from jaeval.suites import SUITES

UNKNOWN_LAYERS = 32
"""Stands for the number of layers while the base's weights are not here; a 7B model's."""


@dataclass
class Checked:
    """What a dry run found: what would be done, and what is missing, in words."""

    plan: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def check(config: SearchConfig, workers: int | None = None) -> Checked:
    """Check packages, parents, tasks and data, and make the first genotype and its mergekit configuration.

    Args:
        config: the search's, its paths whole.
        workers: how many Ray workers would score; None: none.

    Raises:
        JaevalError: the configuration itself is wrong: a task that does not exist, a space that cannot be made.
    """
    found = Checked()
    for package in ("mergekit", "optuna", "cmaes"):
        if find_spec(package) is None:
            found.missing.append(f"the package {package}: pip install 'jaeval[merge]'")
    if workers is not None and find_spec("ray") is None:
        found.missing.append("the package ray: pip install 'jaeval[cluster]'")
    config = with_nano_folders(config)
    layers, dtype = _parents(config, found)
    space = merge_space(config.merge, config.parents, config.base_folder, layers, dtype)
    sampler = None
    try:
        sampler = make_sampler(config.sampler, space.parameters, config.seed)
    except JaevalError as error:
        found.missing.append(str(error))
    first = sampler.ask() if sampler is not None else space.start
    asked = _tasks(config, found)
    if Path(config.out).expanduser().exists():
        found.missing.append(f"a new out: {config.out} exists")
    found.plan = {
        "parents": ", ".join(config.parents),
        "method": f"{config.merge.method} by {config.merge.granularity}",
        "numbers": len(space.parameters),
        "sampler": config.sampler.name,
        "population": population_size(config.sampler, max(len(space.parameters), 2)),
        "trials": config.trials,
        **({} if workers is None else {"at a time": workers}),
        **asked,
        "first merge": space.configuration(first or space.start),
    }
    return found


def _parents(config: SearchConfig, found: Checked) -> tuple[int, str | None]:
    """The base's layers and dtype, or what stands for them."""
    here = []
    for name, path in {**config.parents, "base": config.base_folder}.items():
        try:
            here.append(open_checkpoint(path))
        except JaevalError as error:
            found.missing.append(f"{name}: {error}")
    if len(here) == len(config.parents) + 1:
        try:
            check_parents(here)
        except JaevalError as error:
            found.missing.append(str(error))
    try:
        layers, dtype = shape_of(open_parent(config.base_folder).config)
    except JaevalError:
        layers, dtype = None, None
    return layers or UNKNOWN_LAYERS, dtype


def _tasks(config: SearchConfig, found: Checked) -> dict[str, str]:
    """Names of the tasks of each stage; a data set that is not here is missing."""
    settings = config.fitness
    catalogue = Catalogue(settings.tasks_dirs, trust_code=settings.trust_task_code)
    asked = settings.asked
    named = isinstance(asked, str) and asked in SUITES
    names = [asked] if isinstance(asked, str) else list(asked)
    cards = choose_tasks(catalogue, None if named else names, str(asked) if named else None).cards
    stages = {"search": cards}
    if config.selection is not None:
        stages["selection"] = catalogue.expand(config.selection.tasks) if config.selection.tasks else cards
    if config.report is not None:
        stages["report"] = catalogue.expand(config.report.tasks) if config.report.tasks else cards
    for card in {card.name: card for cards in stages.values() for card in cards}.values():
        for name in filter(None, (card.header.get("data"), card.header.get("fewshot_data"))):
            if not store.is_present(str(name)):
                found.missing.append(f"the data of {card.name}: jaeval data pull {name}")
    return {stage: ", ".join(card.name for card in cards) for stage, cards in stages.items()}

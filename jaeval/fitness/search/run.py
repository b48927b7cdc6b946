"""The search: trials, then the protocol that ends it."""

from __future__ import annotations

import functools
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.errors import SearchError
from jaeval.fitness.search.config import SearchConfig, with_nano_folders
from jaeval.fitness.search.folder import SearchFolder, SearchManifest
from jaeval.fitness.search.log import Trial
from jaeval.fitness.search.merge import check_parents, merging, open_parent
from jaeval.fitness.search.pool import Build, CandidatePool, LocalPool
from jaeval.fitness.search.progress import SearchProgress, SilentSearch
from jaeval.fitness.search.protocol import Protocol
from jaeval.fitness.search.samplers import make_sampler
from jaeval.fitness.search.space import MergeSpace, merge_space
from jaeval.fitness.search.stages import FitnessStages, Stages
from jaeval.fitness.search.trials import Trials, best_of


@dataclass(frozen=True, slots=True)
class Searched:
    """A finished search.

    Attributes:
        folder: holds logs, plots and, below `merged`, the checkpoint.
        trials: all of them.
        best: the best by its search score.
        chosen: the number of the trial that was chosen.
        summary: everything that the model card says, for machines.
    """

    folder: Path
    trials: list[Trial]
    best: Trial
    chosen: int
    summary: dict[str, Any]


def search(
    config: SearchConfig,
    *,
    stages: Stages | None = None,
    build: Build | None = None,
    resume: bool = False,
    workers: int | None = None,
    ray_address: str | None = None,
    progress: SearchProgress | None = None,
) -> Searched:
    """Search for a good merge, choose one, report it once, and write it.

    Args:
        config: the search's, its paths whole; see `read_config`.
        stages: makes the objective of each stage; `jaeval.Fitness` unless given.
        build: makes a candidate of a genotype; a merge unless given.
        resume: take up the search in `config.out`: no trial is repeated, and what is found is what an undisturbed
            search finds.
        workers: score so many candidates at a time, each on a Ray worker with an engine of its own. What is found does
            not depend on it. None: in this process, one after another.
        ray_address: of a running Ray cluster; None starts a local one.
        progress: told how it goes on.

    Raises:
        SearchError: the configuration does not fit, the folder holds another search, every trial failed, or the log
            does not follow from the configuration.
        MergeError: the parents cannot be merged at all.
        JaevalError: the engine, tasks, data or cluster cannot be used. What was tried stays in the log.
    """
    listener = progress or SilentSearch()
    config = with_nano_folders(config)
    space = space_of(config)
    with nullcontext(stages) if stages is not None else FitnessStages(config) as made:
        kept = functools.cache(made)
        building = build or merging(space, config.seed)
        pool: CandidatePool = LocalPool(kept, building, config.fitness.penalty)
        if workers is not None:
            from jaeval.fitness.search.cluster import ClusterPool

            pool = ClusterPool(
                config, kept, workers=workers, ray_address=ray_address, workers_stages=stages, workers_build=build
            )
        folder = SearchFolder(Path(config.out).expanduser(), resume=resume)
        folder.begin(manifest_of(config, space))
        with closing(pool):
            return search_in(folder, config, space, kept, pool, building, listener)


def search_in(
    folder: SearchFolder,
    config: SearchConfig,
    space: MergeSpace,
    stages: Stages,
    pool: CandidatePool,
    build: Build,
    listener: SearchProgress,
) -> Searched:
    """`search`, once everything is made."""
    objective = stages("search")
    folder.asks("search", objective)
    sampler = make_sampler(config.sampler, space.parameters, config.seed)
    protocol = Protocol(folder, config, space, stages, pool, build, listener)
    trials: list[Trial] = []
    for trial in Trials(folder, config, sampler, pool, items=len(objective.items), closed=protocol.closed).run():
        trials.append(trial)
        listener.trial(trial, best_of(trials), config.trials)
    best = best_of(trials)
    if best is None:
        first = trials[0].failure if trials else "there was none"
        raise SearchError(f"no trial of {len(trials)} has a score of its own ({first})", file=folder.path)
    return Searched(folder.path, trials, best, *protocol.finish(trials))


def space_of(config: SearchConfig) -> MergeSpace:
    """The space that a configuration searches. Parents and base are opened and compared.

    Raises:
        MergeError: a parent is no checkpoint, or they do not fit each other.
        SearchError: the settings do not fit the parents.
    """
    base = open_parent(config.base_folder)
    check_parents([base, *(open_parent(path) for path in config.parents.values())])
    layers, dtype = shape_of(base.config)
    if layers is None:
        raise SearchError("names no number of layers", file=base.path / "config.json", field="num_hidden_layers")
    return merge_space(config.merge, config.parents, config.base_folder, layers, dtype)


def shape_of(settings: dict[str, Any]) -> tuple[int | None, str | None]:
    """The number of layers and the dtype that a checkpoint's configuration names."""
    text = settings.get("text_config")
    flat = (text if isinstance(text, dict) else {}) | settings
    layers, dtype = flat.get("num_hidden_layers"), flat.get("dtype") or flat.get("torch_dtype")
    known = dtype if dtype in ("float32", "bfloat16", "float16") else None
    return (layers if isinstance(layers, int) and layers > 0 else None), known


def manifest_of(config: SearchConfig, space: MergeSpace) -> SearchManifest:
    """Whose search this is. Reads all weights once."""
    paths = {**config.parents, "base": config.base_folder}
    by_path = {path: open_checkpoint(path).weight_hash for path in dict.fromkeys(paths.values())}
    hashes = {name: by_path[path] for name, path in paths.items()}
    return SearchManifest(config=config, hashes=hashes, parameters=[p.name for p in space.parameters])

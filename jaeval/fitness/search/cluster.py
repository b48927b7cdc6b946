"""Candidates on Ray: each worker has an engine of its own, merges what it is given, and scores it.

A candidate travels as its genotype, some numbers: parents, base, tasks and data lie on every machine under the same
paths. A worker that is lost is replaced, and its candidate is scored again.
"""

from __future__ import annotations

import functools
from collections import deque
from dataclasses import dataclass
from typing import Any

from jaeval.engines.cluster.actors import GLANCE_S, Actors
from jaeval.engines.cluster.ray_session import RaySession, gpus_of, require_ray
from jaeval.engines.cluster.told import Told, raise_told, told
from jaeval.errors import EngineError
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.merge import merging
from jaeval.fitness.search.pool import Build, Candidate, attempt
from jaeval.fitness.search.run import space_of
from jaeval.fitness.search.stages import FitnessStages, Stage, Stages


class Scorer:
    """What runs inside a Ray actor: the search's objectives on one engine.

    Args:
        config: the search's, its paths whole.
        stages, build: see `search`.
    """

    def __init__(self, config: SearchConfig, stages: Stages | None, build: Build | None) -> None:
        self._config = config
        self._stages: Stages = functools.cache(stages or FitnessStages(config))
        self._build = build or merging(space_of(config), config.seed)

    def is_there(self) -> bool:
        """Answer, and so tell that the cluster had room for this worker."""
        return True

    def start(self) -> Told | None:
        """Make the objective of the search; what went wrong, or None."""
        try:
            self._stages("search")
        except Exception as error:
            return told(error)
        return None

    def score(self, stage: Stage, candidate: Candidate) -> tuple[str, dict[str, Any]] | Told:
        """What the objective asks (its digest) and the fields of `Scored`, or what went wrong."""
        try:
            objective = self._stages(stage)
            penalty = self._config.fitness.penalty if stage == "search" else None
            return objective.digest, attempt(objective, self._build, candidate, penalty)
        except Exception as error:
            return told(error)


@dataclass(frozen=True, slots=True)
class Job:
    """A candidate that waits or is scored."""

    stage: Stage
    name: int | str
    candidate: Candidate


class ClusterPool:
    """See `CandidatePool`.

    Args:
        config: the search's, its paths whole.
        stages: makes the objectives; here only their digests are looked at, which the workers' must equal.
        workers: how many candidates are scored at a time.
        ray_address: of a running cluster; None starts a local one, or uses the one this process is connected to.
        workers_stages, workers_build: what the workers use instead of `jaeval.Fitness` and a merge; see `search`.

    Raises:
        EngineError: Ray is not installed, the number makes no sense, or the engine cannot run in a worker.
    """

    def __init__(
        self,
        config: SearchConfig,
        stages: Stages,
        *,
        workers: int,
        ray_address: str | None = None,
        workers_stages: Stages | None = None,
        workers_build: Build | None = None,
    ) -> None:
        require_ray()
        if workers < 1:
            raise EngineError("must be at least 1", field="--workers")
        if config.fitness.engine == "ray":
            raise EngineError(
                "each of --workers has an engine of its own, and this one is a pool itself",
                field="fitness.engine",
                remedy="Name the engine of a single worker, such as vllm",
            )
        self.size = workers
        self._config, self._stages, self._address = config, stages, ray_address
        self._made_of = (config, workers_stages, workers_build)
        self._session: RaySession | None = None
        self._actors: Actors | None = None
        self._waiting: deque[Job] = deque()
        self._under_way: dict[Any, tuple[int, Job]] = {}

    @property
    def replaced(self) -> int:
        """How many workers were lost and replaced."""
        return 0 if self._actors is None else self._actors.replaced

    def submit(self, stage: Stage, name: int | str, candidate: Candidate) -> None:
        """See `CandidatePool`.

        Raises:
            EngineError: the cluster cannot be reached or has too little, or a worker does not start.
        """
        self._waiting.append(Job(stage, name, candidate))
        self._feed(self._start())

    def _start(self) -> Actors:
        if self._actors is None:
            self._session = RaySession(self._address)
            share = self._session.share(self.size, gpus_of(self._config.fitness.engine_args))
            self._actors = Actors(Scorer, self._made_of, self.size, share)
            self._actors.start()
        return self._actors

    def _feed(self, actors: Actors) -> None:
        """Give idle workers something to do."""
        busy = {place for place, _ in self._under_way.values()}
        for place, handle in enumerate(actors.handles):
            if place not in busy and self._waiting:
                job = self._waiting.popleft()
                self._under_way[handle.score.remote(job.stage, job.candidate)] = (place, job)

    def completed(self) -> tuple[Any, dict[str, Any]]:
        """See `CandidatePool`.

        Raises:
            WorkersLostError: workers are lost one after another.
            EngineError: a worker asks something else than this process.
        """
        import ray

        actors = self._start()
        while True:
            self._feed(actors)
            ready, _ = ray.wait(list(self._under_way), num_returns=1, timeout=GLANCE_S)
            for reference in ready:
                place, job = self._under_way.pop(reference)
                try:
                    found = ray.get(reference)
                except ray.exceptions.RayActorError:
                    self._waiting.appendleft(job)
                    actors.replace(place)
                    continue
                except ray.exceptions.RayError as error:
                    raise EngineError(f"a worker failed ({type(error).__name__})") from error
                if len(found) != 2:
                    raise_told(found)
                actors.answered()
                digest, fields = found
                if digest != self._stages(job.stage).digest:
                    raise EngineError(
                        f"asks something else at the stage {job.stage} than this process",
                        file=f"worker {place}",
                        remedy="Have the same jaeval, tasks and data on every machine",
                    )
                self._feed(actors)
                return job.name, fields

    def close(self) -> None:
        """See `CandidatePool`."""
        actors, self._actors = self._actors, None
        session, self._session = self._session, None
        self._under_way.clear()
        if actors is not None:
            actors.close()
        if session is not None:
            session.close()

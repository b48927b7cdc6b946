"""The three times that a search asks for scores: search, selection, report. Each has items of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from jaeval.engines.load import load_engine
from jaeval.engines.protocol import Engine
from jaeval.fitness.fitness import Fitness
from jaeval.fitness.result import FitnessResult
from jaeval.fitness.search.config import SearchConfig

Stage: TypeAlias = Literal["search", "selection", "report"]


class Objective(Protocol):
    """What a search needs of a fitness. It never learns what is asked, and the fitness never learns who asks.

    Attributes:
        items: names of the items, in their frozen order.
        tasks: the task of each.
        weights: each task's share in the score.
        digest: names what is asked.
    """

    @property
    def items(self) -> Sequence[str]:
        """See above."""

    @property
    def tasks(self) -> Sequence[str]:
        """See above."""

    @property
    def weights(self) -> Mapping[str, float]:
        """See above."""

    @property
    def digest(self) -> str:
        """See above."""

    def __call__(self, candidate: Any) -> FitnessResult:
        """Score a candidate."""


Stages: TypeAlias = Callable[[Stage], Objective]


class FitnessStages:
    """A `jaeval.Fitness` for each stage, all with one engine. A context manager.

    Args:
        config: the search's, its paths whole.
        engine: one that is warm, for several searches on one base; unless given, the configuration's is made.
    """

    def __init__(self, config: SearchConfig, engine: Engine | None = None) -> None:
        self._config = config
        self._engine = engine
        self._made: list[Fitness] = []

    def __enter__(self) -> FitnessStages:
        return self

    def __exit__(self, *_: object) -> None:
        for fitness in self._made:
            fitness.close()

    def __call__(self, stage: Stage) -> Fitness:
        """The fitness of a stage.

        Raises:
            JaevalError: as `jaeval.Fitness`.
        """
        config, settings = self._config, self._config.fitness
        if self._engine is None:
            self._engine = load_engine(settings.engine, config.base_folder, engine_args=settings.engine_args)
        asked, items, reported = settings.asked, settings.items, list[str]()
        split: str | None = stage
        if config.report is not None:
            reported = config.report.tasks
        if stage == "selection" and config.selection is not None:
            asked, items = config.selection.tasks or asked, config.selection.items
        if stage == "report" and config.report is not None:
            asked, items = config.report.tasks or asked, config.report.items
            split = None if config.report.tasks else split
        fitness = Fitness(
            asked,
            base=config.base_folder,
            engine=self._engine,
            items=items,
            split=split,
            seed=config.seed,
            penalty=settings.penalty if stage == "search" else None,
            tasks_dirs=settings.tasks_dirs,
            trust_task_code=settings.trust_task_code,
            final=stage == "report",
            reported=reported if stage != "report" else (),
            canary=settings.canary,
            num_fewshot=settings.num_fewshot,
            apply_chat_template=settings.apply_chat_template,
            system_instruction=settings.system_instruction,
            gen_kwargs=settings.gen_kwargs,
        )
        self._made.append(fitness)
        return fitness

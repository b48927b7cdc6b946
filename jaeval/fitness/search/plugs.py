"""Plugs for searches of your own: Optuna, pycma and `cmaes`, a hand-written loop, and methods that need every item.

The fitness is only ever called; none of these knows what is asked, and it does not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from jaeval.errors import SearchError
from jaeval.fitness.result import FitnessResult
from jaeval.fitness.search.folder import MANIFEST, SearchManifest
from jaeval.fitness.search.log import Trial, read_lines
from jaeval.fitness.search.merge import merge
from jaeval.fitness.search.samplers import Unit
from jaeval.fitness.search.space import Genotype, MergeSpace
from jaeval.results.run import read_json

Score: TypeAlias = Callable[[Any], FitnessResult]
"""A `jaeval.Fitness`, or anything that is called like one."""


def optuna_objective(fitness: Score, space: MergeSpace, *, seed: int = 0) -> Callable[[Any], float]:
    """An objective for `study.optimize`, to be maximised. Standard error, n and weights become the trial's attributes.

    Example:
        >>> study = optuna.create_study(direction="maximize")  # doctest: +SKIP
        >>> study.optimize(optuna_objective(fitness, space), n_trials=100)  # doctest: +SKIP
    """

    def objective(trial: Any) -> float:
        genotype = {p.name: float(trial.suggest_float(p.name, p.low, p.high)) for p in space.parameters}
        result = fitness(merge(space.configuration(genotype), seed=seed))
        for key in ("se", "n", "weight_hash", "failure"):
            trial.set_user_attr(key, getattr(result, key))
        return result.score

    return objective


class PointObjective:
    """A fitness as a function of a point in the unit cube, to be minimised, as numerical optimisers want it.

    Args:
        fitness: scores.
        space: what is searched.
        seed: draws DARE's masks.

    Attributes:
        start: the point where a search begins.
        bounds: an array of shape (numbers, 2): the unit cube.
        results: every genotype that was tried, with its result.

    Example:
        >>> es = cma.CMAEvolutionStrategy(objective.start, 1 / 6, {"bounds": [0, 1]})  # doctest: +SKIP
        >>> while not es.stop():  # doctest: +SKIP
        ...     points = es.ask()
        ...     es.tell(points, [objective(point) for point in points])
    """

    def __init__(self, fitness: Score, space: MergeSpace, *, seed: int = 0) -> None:
        self._fitness, self._space, self._seed = fitness, space, seed
        self._unit = Unit(space.parameters)
        self.start = np.array(self._unit.start)
        self.bounds = np.array([[0.0, 1.0]] * len(space.parameters))
        self.results: list[tuple[Genotype, FitnessResult]] = []

    def __call__(self, point: Sequence[float] | NDArray[np.float64]) -> float:
        """Minus the score of a point; what lies outside the cube counts as its edge."""
        genotype = self._unit.genotype([float(share) for share in point])
        result = self._fitness(merge(self._space.configuration(genotype), seed=self._seed))
        self.results.append((genotype, result))
        return -result.score


@dataclass(frozen=True, slots=True)
class ItemMatrix:
    """What each candidate of an archive does on each item: what methods like M2N2 compete and mate by.

    Attributes:
        items: names of the items: the columns.
        genotypes: of the candidates: the rows.
        values: an array of shape (candidates, items).
    """

    items: tuple[str, ...]
    genotypes: tuple[Genotype, ...]
    values: NDArray[np.float64]


def matrix_of(results: Iterable[tuple[Genotype, FitnessResult]]) -> ItemMatrix:
    """The matrix of an archive. Candidates that failed are left out.

    Raises:
        SearchError: two candidates were scored on different items.

    Example:
        >>> result = FitnessResult(0.5, None, 2, {"a": 1.0, "b": 0.0}, {}, {}, "")
        >>> matrix_of([({"weight": 0.3}, result)]).values.tolist()
        [[1.0, 0.0]]
    """
    own = [(genotype, result.per_item) for genotype, result in results if result.failure is None]
    items = tuple(own[0][1]) if own else ()
    for number, (_, per_item) in enumerate(own):
        if tuple(per_item) != items:
            raise SearchError(f"candidate {number} was scored on other items than the first", field="per_item")
    values = np.array([list(per_item.values()) for _, per_item in own], dtype=np.float64).reshape(len(own), len(items))
    return ItemMatrix(items, tuple(genotype for genotype, _ in own), values)


def read_matrix(folder: str | Path) -> ItemMatrix:
    """The same of the trials of a search's folder, finished or not.

    Raises:
        SearchError: it holds no search, or its log is damaged. RunError: its manifest is damaged.
    """
    path = Path(folder).expanduser()
    if not (path / MANIFEST).is_file():
        raise SearchError("holds no search", file=path, remedy="Give the `out` of a search")
    asked = read_json(path / MANIFEST, SearchManifest).asked.get("search")
    items = tuple(asked.items) if asked is not None else ()
    trials = sorted(read_lines(path / "trials.jsonl", Trial), key=lambda trial: trial.number)
    own = [trial for trial in trials if len(trial.values) == len(items)]
    values = np.array([trial.values for trial in own], dtype=np.float64).reshape(len(own), len(items))
    return ItemMatrix(items, tuple(trial.genotype for trial in own), values)

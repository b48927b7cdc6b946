"""Who proposes genotypes: one protocol, ask and tell.

Several genotypes may be asked for before their scores are told, as long as none of them depends on those scores: a
generation of CMA-ES, everything of a grid. They are told in the order in which they were asked for, so what is proposed
does not depend on how many are scored at a time.

A sampler is seeded, and it knows nothing but its space and what it was told. So a search is resumed by asking and
telling the trials of its log once more: the same sampler then stands where it stood.
"""

from __future__ import annotations

import math
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from jaeval.errors import SearchError
from jaeval.fitness.search.config import SamplerSettings
from jaeval.fitness.search.space import Genotype, Parameter


class Sampler(Protocol):
    """Proposes genotypes."""

    @property
    def ready(self) -> bool:
        """Whether the next genotype depends on no score that is still out."""

    def ask(self) -> Genotype | None:
        """The next genotype to try; None where there is none left. Only where it is `ready`."""

    def tell(self, genotype: Genotype, score: float) -> None:
        """The score of the first genotype that has none yet; higher is better. It must be finite."""


def make_sampler(settings: SamplerSettings, parameters: Sequence[Parameter], seed: int) -> Sampler:
    """The sampler of a configuration.

    Raises:
        SearchError: its package is not installed, or CMA-ES has fewer than two numbers to search.
    """
    if not parameters:
        raise SearchError("there is nothing to search", field="merge")
    return SAMPLERS[settings.name](settings, parameters, seed)


def population_size(settings: SamplerSettings, numbers: int) -> int:
    """CMA-ES's population: as given, or 4 + ⌊3 ln n⌋.

    Example:
        >>> population_size(SamplerSettings(), 10)
        10
    """
    return settings.population or 4 + math.floor(3 * math.log(numbers))


class Unit:
    """Genotypes as points of the unit cube, which CMA-ES searches: every number has the same scale."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._parameters = tuple(parameters)
        self.names = [parameter.name for parameter in parameters]

    def point(self, genotype: Genotype) -> list[float]:
        """The point of a genotype."""
        return [(genotype[p.name] - p.low) / (p.high - p.low) for p in self._parameters]

    def genotype(self, point: Sequence[float]) -> Genotype:
        """The genotype of a point; a choice's upper end is its last choice."""
        return {
            p.name: min(max(p.low + float(share) * (p.high - p.low), p.low), p.high)
            for p, share in zip(self._parameters, point, strict=True)
        }

    @property
    def start(self) -> list[float]:
        """The point where a search begins."""
        return self.point({p.name: p.start for p in self._parameters})


class RandomSampler:
    """Uniform within the bounds; the start comes first."""

    ready = True

    def __init__(self, settings: SamplerSettings, parameters: Sequence[Parameter], seed: int) -> None:
        self._unit = Unit(parameters)
        self._random = np.random.default_rng(seed)
        self._begun = False

    def ask(self) -> Genotype:
        """See `Sampler`."""
        if not self._begun:
            self._begun = True
            return self._unit.genotype(self._unit.start)
        return self._unit.genotype(self._random.random(len(self._unit.names)).tolist())

    def tell(self, genotype: Genotype, score: float) -> None:
        """See `Sampler`."""


class GridSampler:
    """Every combination of evenly spaced values, bounds included; all choices of a choice. The last moves first."""

    ready = True

    def __init__(self, settings: SamplerSettings, parameters: Sequence[Parameter], seed: int) -> None:
        self._axes = [_grid(parameter, settings.steps) for parameter in parameters]
        self._names = [parameter.name for parameter in parameters]
        self._next = 0

    @property
    def size(self) -> int:
        """How many genotypes there are."""
        return math.prod(map(len, self._axes))

    def ask(self) -> Genotype | None:
        """See `Sampler`."""
        if self._next >= self.size:
            return None
        place, values = self._next, []
        for axis in reversed(self._axes):
            place, digit = divmod(place, len(axis))
            values.append(axis[digit])
        self._next += 1
        return dict(zip(self._names, reversed(values), strict=True))

    def tell(self, genotype: Genotype, score: float) -> None:
        """See `Sampler`."""


def _grid(parameter: Parameter, steps: int) -> list[float]:
    if parameter.choices is not None:
        return [choice + 0.5 for choice in range(parameter.choices)]
    if steps == 1:
        return [parameter.start]
    return [float(value) for value in np.linspace(parameter.low, parameter.high, steps)]


class CmaesSampler:
    """CMA-ES of the package `cmaes`: a generation is asked, told, and moves the distribution."""

    def __init__(self, settings: SamplerSettings, parameters: Sequence[Parameter], seed: int) -> None:
        cmaes = _package("cmaes")
        _two(parameters)
        self._unit = Unit(parameters)
        count = len(parameters)
        self._population = population_size(settings, count)
        self._cma = cmaes.CMA(
            mean=np.array(self._unit.start),
            sigma=settings.sigma,
            bounds=np.array([[0.0, 1.0]] * count),
            seed=seed,
            population_size=self._population,
        )
        self._asked: deque[Any] = deque()
        self._generation: list[tuple[Any, float]] = []

    @property
    def ready(self) -> bool:
        """See `Sampler`: until the generation is asked."""
        return len(self._asked) + len(self._generation) < self._population

    def ask(self) -> Genotype:
        """See `Sampler`."""
        self._asked.append(self._cma.ask())
        return self._unit.genotype(self._asked[-1])

    def tell(self, genotype: Genotype, score: float) -> None:
        """See `Sampler`."""
        self._generation.append((self._asked.popleft(), -score))
        if len(self._generation) == self._population:
            self._cma.tell(self._generation)
            self._generation = []


class OptunaCmaesSampler:
    """Optuna's CmaEsSampler, in a study of its own in memory."""

    def __init__(self, settings: SamplerSettings, parameters: Sequence[Parameter], seed: int) -> None:
        _package("cmaes")
        optuna = _package("optuna")
        _two(parameters)
        self._unit = Unit(parameters)
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in self._unit.names}
        self._population = population_size(settings, len(parameters))
        with warnings.catch_warnings():  # of `x0` and `sigma0`, which leave Optuna in version 6
            warnings.simplefilter("ignore", FutureWarning)
            sampler = optuna.samplers.CmaEsSampler(
                x0=dict(zip(self._unit.names, self._unit.start, strict=True)),
                sigma0=settings.sigma,
                popsize=self._population,
                seed=seed,
                warn_independent_sampling=False,
            )
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        # The sampler needs one finished trial to know the space, and draws it anywhere: let it be the start.
        self._study.enqueue_trial(dict(zip(self._unit.names, self._unit.start, strict=True)))
        self._count = 0
        self._asked: deque[Any] = deque()

    @property
    def ready(self) -> bool:
        """See `Sampler`: the start stands alone; then come generations."""
        asked, told = self._count, self._count - len(self._asked)
        generation, place = divmod(asked - 1, self._population)
        if asked == 0 or place == 0:
            return told == asked
        # Optuna keeps its state with the first trial of a generation, and finds it there once that is told. Until then
        # it would make the state anew, which differs from the one that was kept by a rounding.
        return generation == 0 or told > asked - place

    def ask(self) -> Genotype:
        """See `Sampler`."""
        trial = self._study.ask(self._space)
        self._count += 1
        self._asked.append(trial)
        return self._unit.genotype([trial.params[name] for name in self._unit.names])

    def tell(self, genotype: Genotype, score: float) -> None:
        """See `Sampler`."""
        self._study.tell(self._asked.popleft(), score)


SAMPLERS: dict[str, Callable[[SamplerSettings, Sequence[Parameter], int], Sampler]] = {
    "optuna-cmaes": OptunaCmaesSampler,
    "cmaes": CmaesSampler,
    "random": RandomSampler,
    "grid": GridSampler,
}


def _two(parameters: Sequence[Parameter]) -> None:
    if len(parameters) < 2:
        raise SearchError(
            "CMA-ES needs at least two numbers to search", field="sampler.name", remedy="Use grid or random"
        )


def _package(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SearchError(
            f"{name} is not installed ({error})", field="sampler.name", remedy="pip install 'jaeval[merge]'"
        ) from error

"""The trials: ask for a genotype, merge, score, log, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jaeval.errors import JaevalError, SearchError
from jaeval.fitness.budget import BudgetError
from jaeval.fitness.failures import fatal
from jaeval.fitness.search.config import BudgetSettings, SearchConfig
from jaeval.fitness.search.folder import SearchFolder
from jaeval.fitness.search.log import Trial, scored
from jaeval.fitness.search.merge import merge
from jaeval.fitness.search.samplers import Sampler
from jaeval.fitness.search.space import Genotype, MergeSpace
from jaeval.fitness.search.stages import Objective

Build = Callable[[Genotype], Any]
"""Makes of a genotype what the objective takes."""


def run_trials(
    folder: SearchFolder,
    config: SearchConfig,
    sampler: Sampler,
    objective: Objective,
    build: Build,
    *,
    closed: bool = False,
) -> Iterator[Trial]:
    """The trials: first those of the log, told to the sampler once more, then new ones.

    Args:
        folder: has the log.
        config: the search's.
        sampler: fresh.
        objective: scores.
        build: makes candidates.
        closed: the protocol has begun: there are no new ones.

    Raises:
        SearchError: the log does not follow from the configuration.
    """
    known = folder.trials()
    spent = Spent(config.budget, known)
    for number in range(len(known) if closed else max(config.trials, len(known))):
        if number >= len(known) and spent.up(len(objective.items)):
            return
        genotype = sampler.ask()
        if genotype is None:  # the grid is done
            return
        if number < len(known):
            trial = known[number]
            if trial.genotype != genotype:
                raise SearchError(
                    "is not what this configuration and these versions propose",
                    file=folder.path / "trials.jsonl",
                    field=f"line {number + 1}: genotype",
                    remedy="Restore the versions of optuna, cmaes and numpy, or begin anew",
                )
        else:
            try:
                fields = attempt(objective, build, genotype, config.fitness.penalty)
            except BudgetError:
                return
            record = {"number": number, "genotype": genotype, **fields}
            folder.add(record)
            trial = Trial.model_validate(record)
            spent.add(trial)
        sampler.tell(genotype, trial.score)
        yield trial


def attempt(objective: Objective, build: Build, genotype: Genotype, penalty: float) -> dict[str, Any]:
    """Score a genotype. A candidate that cannot be merged, loaded or scored has the penalty, and says why.

    Raises:
        JaevalError: nothing that the candidate is to blame for; see `jaeval.fitness.failures.fatal`.
    """
    try:
        return scored(objective(build(genotype)))
    except JaevalError as error:
        if fatal(error):
            raise
        return {"score": penalty, "failure": str(error)}


class Spent:
    """What the trials cost so far, by the log: a resumed search goes on counting."""

    def __init__(self, budget: BudgetSettings, trials: Sequence[Trial]) -> None:
        self._budget = budget
        self.items, self.seconds = 0, 0.0
        for trial in trials:
            self.add(trial)

    def add(self, trial: Trial) -> None:
        """Count a trial."""
        self.items += trial.n - trial.cached
        self.seconds += trial.seconds.get("all", 0.0)

    def up(self, wanted: int) -> bool:
        """Whether the budget does not allow another trial of so many items."""
        items, seconds = self._budget.items, self._budget.seconds
        return (items is not None and self.items + wanted > items) or (seconds is not None and self.seconds >= seconds)


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The best trial that has a score of its own; of equals the first."""
    own = [trial for trial in trials if trial.failure is None]
    return max(own, key=lambda trial: (trial.score, -trial.number)) if own else None


def merging(space: MergeSpace, seed: int) -> Build:
    """Makes a merge of a genotype, in memory."""
    return lambda genotype: merge(space.configuration(genotype), seed=seed)

"""The trials: ask for genotypes, have them merged and scored, log, tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jaeval.errors import SearchError
from jaeval.fitness.budget import BudgetError
from jaeval.fitness.search.config import BudgetSettings, SearchConfig
from jaeval.fitness.search.folder import SearchFolder
from jaeval.fitness.search.log import Trial
from jaeval.fitness.search.pool import CandidatePool
from jaeval.fitness.search.samplers import Sampler
from jaeval.fitness.search.space import Genotype


class Trials:
    """The trials of a search: first those of the log, told to the sampler once more, then new ones.

    As many are under way as the pool scores at a time and the sampler proposes without their scores. Each is logged as
    soon as it is completed, and told in its turn: what is proposed depends neither on the pool nor on which is faster.

    Args:
        folder: has the log.
        config: the search's.
        sampler: fresh.
        pool: scores.
        items: how many items a trial asks.
        closed: the protocol has begun: there are no new ones.
    """

    def __init__(
        self,
        folder: SearchFolder,
        config: SearchConfig,
        sampler: Sampler,
        pool: CandidatePool,
        *,
        items: int,
        closed: bool = False,
    ) -> None:
        self._folder, self._config, self._sampler, self._pool, self._items = folder, config, sampler, pool, items
        self._logged = {trial.number: trial for trial in folder.trials()}
        self._spent = Spent(config.budget, list(self._logged.values()))
        last = max(self._logged, default=-1) + 1
        self._seen = last
        self._most = last if closed else max(config.trials, last)
        self._asked = 0
        self._under_way: dict[int, Genotype] = {}
        self._done: dict[int, Trial] = {}

    def run(self) -> Iterator[Trial]:
        """Yield each trial in its turn.

        Raises:
            SearchError: the log does not follow from the configuration.
            JaevalError: see `CandidatePool.completed`.
        """
        told = 0
        while True:
            while self._may_ask():
                self._ask()
            if told in self._done:
                trial = self._done.pop(told)
                self._sampler.tell(trial.genotype, trial.score)
                told += 1
                yield trial
            elif self._under_way:
                try:
                    self._complete()
                except BudgetError:
                    return
            else:
                return

    def _may_ask(self) -> bool:
        if self._asked >= self._most or len(self._under_way) >= self._pool.size or not self._sampler.ready:
            return False
        # What is under way may use the budget up. A trial that was begun before a kill has its place already.
        return self._asked < self._seen or not self._spent.up(self._items * (len(self._under_way) + 1))

    def _ask(self) -> None:
        number, genotype = self._asked, self._sampler.ask()
        if genotype is None:  # the grid is done
            self._most = number
            return
        self._asked += 1
        known = self._logged.get(number)
        if known is None:
            self._under_way[number] = genotype
            self._pool.submit("search", number, genotype)
            return
        if known.genotype != genotype:
            raise SearchError(
                "is not what this configuration and these versions propose",
                file=self._folder.path / "trials.jsonl",
                field=f"trial {number}: genotype",
                remedy="Restore the versions of optuna, cmaes and numpy, or begin anew",
            )
        self._done[number] = known

    def _complete(self) -> None:
        number, fields = self._pool.completed()
        record = {"number": number, "genotype": self._under_way[number], **fields}
        self._folder.add(record)
        del self._under_way[number]
        trial = self._done[number] = Trial.model_validate(record)
        self._spent.add(trial)


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

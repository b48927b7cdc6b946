"""A race: which of some candidates is the best, on as few items as the evidence needs.

All candidates that are left answer the same beginning of the frozen order, in rounds that double it. After each round
whoever is shown to be worse than the leader is out, and so is whoever could not be shown to be better than the
incumbent even by winning all items that are left.

What is promised: with probability at least 1 - alpha the incumbent is not replaced by a candidate that wins no more of
the items on which they differ than it loses (alpha is split evenly over the candidates). Dropping a better candidate
has its own chance, at most `drop` against each leader. Scores other than 0 and 1 count by the sign of their difference,
and items count alike whatever their task's weight: the promise is about winning items, not about means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from jaeval.errors import FitnessError, JaevalError
from jaeval.fitness.budget import BudgetError
from jaeval.fitness.candidate import is_merge
from jaeval.fitness.evidence import Evidence
from jaeval.fitness.failures import fatal

if TYPE_CHECKING:
    from jaeval.fitness.candidate import Candidate, Given
    from jaeval.fitness.fitness import Fitness

FIRST_BLOCK = 32
INCUMBENT = -1
Decision = Literal["better", "higher", "worse", "not better", "failed", "out of budget"]


@dataclass(frozen=True, slots=True)
class Duel:
    """How the race ended for one challenger.

    Attributes:
        challenger: its place among the candidates.
        opponent: whom it was compared with last: the incumbent (-1), or the leader that put it out.
        decision: "better" (shown to be better than the incumbent), "higher" (it scores higher on all items, and that
            was to suffice), "worse" (shown to be worse than its opponent), "not better" (neither was shown), "failed",
            or "out of budget".
        wins, losses: items on which it scores higher than its opponent, and lower.
        items: on which the two were compared.
        failure: why it failed.
    """

    challenger: int
    opponent: int
    decision: Decision
    wins: int
    losses: int
    items: int
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class RaceResult:
    """Who won, and what it cost.

    Attributes:
        winner: the place among the candidates; -1: the incumbent stays.
        duels: one for each challenger, in order. Without an incumbent the winner has none.
        items: answered items in all, of all candidates.
        full: what scoring every candidate on every item would have been.
        complete: False where the budget ended the race.
    """

    winner: int
    duels: tuple[Duel, ...] = field(repr=False)
    items: int
    full: int
    complete: bool = True

    @property
    def saved(self) -> float:
        """The share of items that were not needed."""
        return 1 - self.items / self.full if self.full else 0.0


class Racer(Protocol):
    """A candidate in a race: its values on any items of the frozen order."""

    def __call__(self, places: range) -> Sequence[float]:
        """The values of some items.

        Raises:
            JaevalError: the candidate fails.
        """
        ...


def race(
    fitness: Fitness,
    candidates: Sequence[Given],
    incumbent: Given | None = None,
    *,
    alpha: float = 0.05,
    drop: float = 0.1,
    undecided: Literal["keep", "higher"] = "keep",
) -> RaceResult:
    """Race some candidates; see `race_values`.

    Merged candidates are merged anew in each round, so that one of them is in memory at a time.

    Args:
        fitness: scores them. Its penalty plays no part: a candidate that fails is out.
        candidates: the challengers.
        incumbent: what they must beat; None: the best of them is looked for.
        alpha, drop, undecided: see `race_values`.

    Raises:
        FitnessError: there is no candidate, or the incumbent fails.
        EngineError: the engine does not start, or is not to be trusted.
    """
    opened: dict[int, Candidate] = {}

    def racer(place: int, given: Given) -> Racer:
        def values(places: range) -> Sequence[float]:
            candidate = opened.get(place) or fitness.open(given)
            if not is_merge(given):
                opened[place] = candidate
            result = fitness.score(candidate, places)
            if result.failure is not None:
                raise FitnessError(result.failure)
            return list(result.per_item.values())

        return values

    return race_values(
        [racer(place, candidate) for place, candidate in enumerate(candidates)],
        None if incumbent is None else racer(INCUMBENT, incumbent),
        len(fitness.items),
        alpha=alpha,
        drop=drop,
        undecided=undecided,
        on_out=lambda place: opened.pop(place, None),
    )


def race_values(
    candidates: Sequence[Racer],
    incumbent: Racer | None,
    size: int,
    *,
    alpha: float = 0.05,
    drop: float = 0.1,
    undecided: Literal["keep", "higher"] = "keep",
    first_block: int = FIRST_BLOCK,
    on_out: Callable[[int], object] = lambda _: None,
) -> RaceResult:
    """Race candidates whose values are given by functions.

    Args:
        candidates: the challengers.
        incumbent: what they must beat; None: the best of them is looked for.
        size: items in all.
        alpha: the chance, at most, of replacing the incumbent by one that is no better, in the whole race.
        drop: the chance, at most and against each leader, of dropping one that is better.
        undecided: what to do where all items are used and nobody is shown to be better: "keep" the incumbent, or take
            the one with the "higher" mean, as a full evaluation would, which alpha does not cover.
        first_block: items of the first round; each next round doubles what was asked.
        on_out: told of each candidate that is out, so that its weights can be forgotten.

    Raises:
        FitnessError: there is no candidate, alpha or drop is not between 0 and 1, or the incumbent fails.
    """
    if not candidates:
        raise FitnessError("a race needs a candidate", field="candidates")
    for name, level in (("alpha", alpha), ("drop", drop)):
        if not 0 < level < 1:
            raise FitnessError(f"must lie between 0 and 1, not {level}", field=name)
    running = _Race(candidates, incumbent, size, alpha / len(candidates), drop, undecided == "keep", on_out)
    while running.open:
        try:
            running.round(min(size, max(first_block, 2 * running.end)))
        except BudgetError:
            return running.result(complete=False)
    return running.result()


class _Race:
    """The state of a race: who is left, what is known, and how it ended for the others."""

    def __init__(
        self,
        candidates: Sequence[Racer],
        incumbent: Racer | None,
        size: int,
        alpha: float,
        drop: float,
        keep: bool,
        on_out: Callable[[int], object],
    ) -> None:
        self._racers = ({} if incumbent is None else {INCUMBENT: incumbent}) | dict(enumerate(candidates))
        self._has_incumbent = incumbent is not None
        self._size, self._alpha, self._drop, self._keep, self._on_out = size, alpha, drop, keep, on_out
        self._values: dict[int, list[float]] = {place: [] for place in self._racers}
        self._left = list(range(len(candidates)))
        self._shown: set[int] = set()
        self._duels: dict[int, Duel] = {}
        self.end = 0

    @property
    def open(self) -> bool:
        """Whether more items could change who wins."""
        if self.end >= self._size:
            return False
        return len(self._left) > 1 or (self._has_incumbent and not self._shown.issuperset(self._left))

    def round(self, end: int) -> None:
        """Have everybody who is left answer the items before `end`, and put out whom they speak against."""
        if self._has_incumbent:
            self._answer(INCUMBENT, end)
        for place in list(self._left):
            try:
                self._answer(place, end)
            except JaevalError as error:
                if fatal(error):
                    raise
                self._out(place, INCUMBENT, "failed", Evidence(), str(error))
        self.end = end
        if self._left:
            self._judge()

    def _answer(self, place: int, end: int) -> None:
        have = self._values[place]
        have += self._racers[place](range(len(have), end))

    def _judge(self) -> None:
        runners = ([INCUMBENT] if self._has_incumbent else []) + self._left
        leader = max(runners, key=self._sum)  # of equals the first
        for place in list(self._left):
            if self._has_incumbent:
                against = self._evidence(place, INCUMBENT)
                if against.is_better(self._alpha):
                    self._shown.add(place)
                elif self._keep and not against.can_still_win(self._size - self.end, self._alpha):
                    self._out(place, INCUMBENT, "not better", against)
                    continue
            if place != leader and (against := self._evidence(place, leader)).is_worse(self._drop):
                self._out(place, leader, "worse", against)

    def _evidence(self, ours: int, theirs: int) -> Evidence:
        found = Evidence()
        pairs = zip(self._values[ours][: self.end], self._values[theirs][: self.end], strict=True)
        found.add([our - their for our, their in pairs])
        return found

    def _sum(self, place: int) -> float:
        return sum(self._values[place][: self.end])

    def _out(
        self, place: int, opponent: int, decision: Decision, evidence: Evidence, failure: str | None = None
    ) -> None:
        self._duels[place] = Duel(place, opponent, decision, evidence.wins, evidence.losses, self.end, failure)
        self._left.remove(place)
        self._shown.discard(place)
        self._on_out(place)

    def result(self, *, complete: bool = True) -> RaceResult:
        """Who won, by what is known now."""
        winner, decision = self._winner(complete)
        for place in list(self._left):
            if place == winner and not self._has_incumbent:
                continue
            opponent = INCUMBENT if self._has_incumbent else winner
            ended: Decision = decision if place == winner else "not better" if complete else "out of budget"
            self._out(place, opponent, ended, self._evidence(place, opponent))
        items = sum(map(len, self._values.values()))
        duels = tuple(self._duels[place] for place in sorted(self._duels))
        return RaceResult(winner, duels, items, self._size * len(self._racers), complete)

    def _winner(self, complete: bool) -> tuple[int, Decision]:
        if not self._has_incumbent:
            if not self._left:
                first = next(iter(self._duels.values()))
                raise FitnessError(f"every candidate failed; the first: {first.failure}", field="candidates")
            return max(self._left, key=self._sum), "higher"
        shown = [place for place in self._left if place in self._shown]
        if shown:
            return max(shown, key=self._sum), "better"
        if self._keep or not complete or not self._left or self.end < self._size:
            return INCUMBENT, "not better"
        best = max(self._left, key=self._sum)
        return (best, "higher") if self._sum(best) > self._sum(INCUMBENT) else (INCUMBENT, "not better")

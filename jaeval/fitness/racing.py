"""A race: which of some candidates is the best, on as few items as the evidence needs.

Candidates come one after another against the incumbent, on the frozen order of items, in blocks that double: a block
stays with a candidate, since every change of weights empties the engine's cache. A challenger that is shown to be
better becomes the incumbent; one that is shown to be worse, or that could not be shown to be better even if it won all
items that are left, is dropped.

What is promised: with probability at least 1 - alpha the incumbent is never replaced by a candidate that wins no more
of the items on which they differ than it loses (alpha is split evenly over the candidates). Dropping a better candidate
has its own chance, at most `drop` for each. Scores other than 0 and 1 count by the sign of their difference, and items
count alike whatever their task's weight: the promise is about winning items, not about means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from jaeval.errors import FitnessError, JaevalError
from jaeval.fitness.budget import BudgetError
from jaeval.fitness.evidence import Evidence
from jaeval.fitness.failures import fatal

if TYPE_CHECKING:
    from jaeval.fitness.candidate import Candidate, Given
    from jaeval.fitness.fitness import Fitness

FIRST_BLOCK = 32
Decision = Literal["better", "worse", "not better", "higher", "failed", "out of budget"]


@dataclass(frozen=True, slots=True)
class Duel:
    """One challenger against the incumbent of its time.

    Attributes:
        challenger, incumbent: places among the candidates; -1 is the incumbent that was given.
        decision: "better" (it became the incumbent), "worse", "not better" (all items are used, or too few are left to
            show that it is better), "higher" (all items are used, it scores higher, and that was to suffice), "failed",
            or "out of budget".
        wins, losses: items on which it scores higher, and lower.
        items: on which the two were compared.
        failure: why it failed.
    """

    challenger: int
    incumbent: int
    decision: Decision
    wins: int
    losses: int
    items: int
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class RaceResult:
    """Who won, and what it cost.

    Attributes:
        winner: the place among the candidates; -1: the incumbent that was given stays.
        duels: one for each challenger, in order.
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

    Args:
        fitness: scores them. Its penalty plays no part: a candidate that fails is out.
        candidates: the challengers, in the order in which they are tried.
        incumbent: what they must beat; None: the first candidate.
        alpha, drop, undecided: see `race_values`.

    Raises:
        FitnessError: there is no candidate, or the incumbent fails.
        EngineError: the engine does not start, or is not to be trusted.
    """

    opened: dict[int, Candidate] = {}

    def racer(place: int, given: Given) -> Racer:
        def values(places: range) -> Sequence[float]:
            if place not in opened:
                opened[place] = fitness.open(given)
            result = fitness.score(opened[place], places)
            if result.failure is not None:
                raise FitnessError(result.failure)
            return list(result.per_item.values())

        return values

    return race_values(
        [racer(place, candidate) for place, candidate in enumerate(candidates)],
        None if incumbent is None else racer(-1, incumbent),
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
        candidates: the challengers, in the order in which they are tried.
        incumbent: what they must beat; None: the first candidate.
        size: items in all.
        alpha: the chance, at most, of replacing an incumbent by one that is no better, in the whole race.
        drop: the chance, at most and for each challenger, of dropping one that is better.
        undecided: what to do where all items are used and nothing is shown: "keep" the incumbent, or take the one with
            the "higher" mean, as a full evaluation would, which alpha does not cover.
        first_block: items of the first block; each next one doubles what was asked.
        on_out: told of each candidate that is out, so that its weights can be forgotten.

    Raises:
        FitnessError: there is no candidate, alpha or drop is not between 0 and 1, or the given incumbent fails.
    """
    if not candidates:
        raise FitnessError("a race needs a candidate", field="candidates")
    for name, level in (("alpha", alpha), ("drop", drop)):
        if not 0 < level < 1:
            raise FitnessError(f"must lie between 0 and 1, not {level}", field=name)
    racers: dict[int, Racer] = dict(enumerate(candidates)) | ({} if incumbent is None else {-1: incumbent})
    known: dict[int, list[float]] = {}

    def values(place: int, end: int) -> list[float]:
        have = known.setdefault(place, [])
        if len(have) < end:
            have += racers[place](range(len(have), end))
        return have[:end]

    best = -1 if incumbent is not None else 0
    own_alpha = alpha / max(len(racers) - 1, 1)
    duels: list[Duel] = []
    complete = True
    for challenger in (place for place in range(len(candidates)) if place != best):
        try:
            duel = _duel(values, challenger, best, size, own_alpha, drop, undecided, first_block)
        except BudgetError:
            complete = False
            duels.append(Duel(challenger, best, "out of budget", 0, 0, 0))
            break
        duels.append(duel)
        promoted = duel.decision in ("better", "higher")
        on_out(best if promoted else challenger)
        best = challenger if promoted else best
    items = sum(map(len, known.values()))
    return RaceResult(best, tuple(duels), items, size * len(racers), complete)


def _duel(
    values: Callable[[int, int], list[float]],
    challenger: int,
    best: int,
    size: int,
    alpha: float,
    drop: float,
    undecided: str,
    first_block: int,
) -> Duel:
    evidence, end = Evidence(), 0

    def ended(decision: Decision, failure: str | None = None) -> Duel:
        return Duel(challenger, best, decision, evidence.wins, evidence.losses, end, failure)

    while end < size:
        start, end = end, min(size, max(first_block, 2 * end))
        theirs = values(best, end)[start:]
        try:
            ours = values(challenger, end)[start:]
        except JaevalError as error:
            end = start
            if fatal(error):
                raise
            return ended("failed", str(error))
        evidence.add(our - their for our, their in zip(ours, theirs, strict=True))
        if evidence.is_better(alpha):
            return ended("better")
        if evidence.is_worse(drop):
            return ended("worse")
        if undecided == "keep" and not evidence.can_still_win(size - end, alpha):
            return ended("not better")
    if undecided == "higher" and sum(values(challenger, size)) > sum(values(best, size)):
        return ended("higher")
    return ended("not better")

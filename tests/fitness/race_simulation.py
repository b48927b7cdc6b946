"""Races on item results that are known in full: how many items they save, and whether they find the same winner.

Run as a script, on invented results, or on those that searches recorded:

    python tests/fitness/race_simulation.py [SEARCH-FOLDER ...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from jaeval.fitness.racing import race_values
from jaeval.fitness.search.plugs import read_matrix

Floats = NDArray[np.float64]
REPEATS = 2000


@dataclass(frozen=True)
class Outcome:
    """Over all races.

    Attributes:
        saved: the mean share of items that were not needed.
        same: the share of races whose winner is that of the full evaluation (or ties with it).
        regret: by how much the full score of the race's winner lies below the best one's, in points, on average.
        false_switches: the share of races that replace an incumbent by a candidate whose true score is no higher.
    """

    saved: float
    same: float
    regret: float
    false_switches: float

    def __str__(self) -> str:
        return (
            f"saved {self.saved:.1%}, same winner {self.same:.1%}, regret {self.regret:.2f} points, "
            f"false switches {self.false_switches:.1%}"
        )


Draw = Callable[[np.random.Generator], tuple[Floats, Floats]]
"""Draws one race: values (candidates × items) and the candidates' true scores."""


def simulate(draw: Draw, repeats: int, *, seed: int = 0, incumbent: bool = False, **settings: object) -> Outcome:
    """Race `repeats` times.

    Args:
        draw: draws a race.
        repeats: how many.
        seed: of the draws.
        incumbent: the first candidate is the incumbent that the others must beat; else the best is looked for.
        settings: of `race_values`.
    """
    random = np.random.default_rng(seed)
    saved, same, regret, false = [], 0, [], 0
    for _ in range(repeats):
        values, truth = draw(random)
        racers = [lambda places, row=row: row[places.start : places.stop].tolist() for row in values]
        first = racers.pop(0) if incumbent else None
        result = race_values(racers, first, values.shape[1], **settings)  # type: ignore[arg-type]
        winner = result.winner + incumbent  # the incumbent, -1, is row 0
        full = values.mean(axis=1)
        saved.append(result.saved)
        same += bool(full[winner] >= full.max() - 1e-12)
        regret.append(100 * float(full.max() - full[winner]))
        replaced = incumbent and winner > 0 and result.duels[result.winner].decision == "better"
        false += bool(replaced and truth[winner] <= truth[0])
    return Outcome(float(np.mean(saved)), same / repeats, float(np.mean(regret)), false / repeats)


def invented(candidates: int, items: int, spread: float, *, shared: float = 0.6) -> Draw:
    """Rights and wrongs of candidates that are relatives.

    Args:
        candidates, items: how many.
        spread: standard deviation of the true scores around one half, in points; 0: all are alike.
        shared: the share of variance that is the items' difficulty, the same for all candidates.
    """

    def draw(random: np.random.Generator) -> tuple[Floats, Floats]:
        truth = np.clip(0.5 + spread / 100 * random.standard_normal(candidates), 0.02, 0.98)
        difficulty = random.standard_normal(items)
        own = random.standard_normal((candidates, items))
        noise = np.sqrt(shared) * difficulty + np.sqrt(1 - shared) * own
        return (noise < norm.ppf(truth)[:, None]).astype(float), truth

    return draw


def recorded(matrix: Floats, candidates: int) -> Draw:
    """Races of some of the recorded candidates, on their items in another order; all items are the whole truth."""

    def draw(random: np.random.Generator) -> tuple[Floats, Floats]:
        chosen = random.choice(len(matrix), min(candidates, len(matrix)), replace=False)
        values = matrix[chosen][:, random.permutation(matrix.shape[1])]
        return values, values.mean(axis=1)

    return draw


def main() -> None:
    for incumbent in (False, True):
        kind = "against an incumbent" if incumbent else "for the best"
        for folder in sys.argv[1:]:
            matrix = read_matrix(folder).values
            outcome = simulate(recorded(matrix, 12), REPEATS, incumbent=incumbent)
            print(f"{Path(folder).name}, {matrix.shape[0]} candidates, {matrix.shape[1]} items, {kind}: {outcome}")
        if sys.argv[1:]:
            continue
        for spread in (10, 5, 2, 0):
            print(f"{kind}, spread {spread}: {simulate(invented(12, 1069, spread), REPEATS, incumbent=incumbent)}")


if __name__ == "__main__":
    main()

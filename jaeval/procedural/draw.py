"""The stream of chances from which one problem is drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from jaeval.procedural.names import GIVEN_NAMES, SURNAMES

T = TypeVar("T")


class Draw:
    """Reproducible choices for one problem.

    Built on `random.Random(…).random()` alone, the one sequence that Python promises to keep between versions;
    `choice`, `sample` and `shuffle` of the standard library carry no such promise.

    Args:
        seed: any non-negative integer; the same seed gives the same choices in every process.
        difficulty: the number of steps that the problem shall take, 1 to 6; each has its own stream.
    """

    __slots__ = ("_next", "difficulty")

    def __init__(self, seed: int, difficulty: int) -> None:
        self._next = random.Random(8 * seed + difficulty).random
        self.difficulty = difficulty

    def below(self, n: int) -> int:
        """A whole number in 0 … n − 1."""
        return int(self._next() * n)

    def integer(self, low: int, high: int, step: int = 1) -> int:
        """One of low, low + step, … up to and including high."""
        return low + step * self.below((high - low) // step + 1)

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[self.below(len(options))]

    def sample(self, options: Sequence[T], k: int) -> list[T]:
        """`k` different places of `options`, in random order.

        Raises:
            ValueError: there are fewer than `k`.
        """
        if k > len(options):
            raise ValueError(f"cannot draw {k} of {len(options)}")
        pool = list(options)
        for place in range(k):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:k]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of `options` in random order."""
        return self.sample(options, len(options))

    def person(self) -> str:
        """A name with さん."""
        return self.people(1)[0]

    def people(self, k: int) -> list[str]:
        """`k` different names with さん, all given names or all surnames."""
        return [f"{name}さん" for name in self.sample(self.choice((GIVEN_NAMES, SURNAMES)), k)]

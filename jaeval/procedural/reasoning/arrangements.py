"""Arrangements of people in places, and clues about them: which sets of clues leave exactly one arrangement.

An arrangement gives each person (0 … n − 1) a place (0 … n − 1). For each clue, the arrangements that it allows are
the set bits of one integer; clues are combined with `&`, so that a puzzle costs microseconds.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from jaeval.procedural.draw import Draw

Places = tuple[int, ...]


class Clue(NamedTuple):
    """A relation of `RELATIONS` between person `a` and `b`, a person or a place; `c` is a second place."""

    relation: str
    a: int
    b: int
    c: int = 0


RELATIONS: Mapping[str, Callable[[Places, Clue], bool]] = {
    "before": lambda places, clue: places[clue.a] < places[clue.b],
    "just-before": lambda places, clue: places[clue.a] + 1 == places[clue.b],
    "beside": lambda places, clue: abs(places[clue.a] - places[clue.b]) == 1,
    "not-beside": lambda places, clue: abs(places[clue.a] - places[clue.b]) != 1,
    "at": lambda places, clue: places[clue.a] == clue.b,
    "not-at": lambda places, clue: places[clue.a] != clue.b,
    "either": lambda places, clue: places[clue.a] in (clue.b, clue.c),
}
OF_TWO_PEOPLE = frozenset({"before", "just-before", "beside", "not-beside"})
SYMMETRIC = frozenset({"beside", "not-beside"})


@functools.cache
def arrangements(n: int) -> tuple[Places, ...]:
    """All n! arrangements of n people."""
    return tuple(itertools.permutations(range(n)))


@functools.cache
def _allowed(n: int, clue: Clue) -> int:
    holds = RELATIONS[clue.relation]
    return sum(1 << bit for bit, places in enumerate(arrangements(n)) if holds(places, clue))


@functools.cache
def _clues(n: int, relations: tuple[str, ...]) -> tuple[Clue, ...]:
    found = []
    for relation in relations:
        for a, b in itertools.product(range(n), repeat=2):
            if relation == "either":
                found += [Clue(relation, a, b, c) for c in range(b + 1, n)]
            elif relation not in OF_TWO_PEOPLE or a < b or (a > b and relation not in SYMMETRIC):
                found.append(Clue(relation, a, b))
    return tuple(found)


def counts(n: int, clues: Iterable[Clue]) -> list[int]:
    """How many arrangements are left after each of `clues`, taken one after the other."""
    left, found = -1, []
    for clue in clues:
        left &= _allowed(n, clue)
        found.append(left.bit_count())
    return found


def puzzle(draw: Draw, n: int, relations: tuple[str, ...], size: int) -> tuple[Places, list[Clue]]:
    """An arrangement of n people and `size` clues of those relations that allow it and no other.

    No clue can be spared.
    """
    everything = arrangements(n)
    while True:
        answer = draw.below(len(everything))
        true = [clue for clue in _clues(n, relations) if _allowed(n, clue) >> answer & 1]
        clues = _sufficient(n, draw.shuffled(true))
        if len(clues) == size:
            return everything[answer], draw.shuffled(clues)


def _sufficient(n: int, true: Sequence[Clue]) -> list[Clue]:
    """The first of the true clues that leave one arrangement, without those that the others make idle."""
    left, chosen = -1, []
    for clue in true:
        fewer = left & _allowed(n, clue)
        if fewer != left:
            left = fewer
            chosen.append(clue)
        if left.bit_count() == 1:
            break
    for clue in list(chosen):
        others = [other for other in chosen if other is not clue]
        if others and counts(n, others)[-1] == 1:
            chosen = others
    return chosen


def narrowing(n: int, clues: Sequence[Clue], noun: str) -> list[str]:
    """The worked solution: how many arrangements (`noun`) are left after each clue."""
    return [
        f"{number}つ目の条件{'に合う' if number == 1 else 'も使うと、'}{noun}は{count}通りです。"
        for number, count in enumerate(counts(n, clues), 1)
    ]

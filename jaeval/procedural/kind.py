"""What the room knows of one kind of problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem.

    Attributes:
        name: its name, unique in its domain ("shopping-change").
        write: writes one problem from a draw, at the draw's difficulty.
        difficulties: the numbers of steps that `write` knows, ascending.
        free: whether the answer can be asked for without showing choices.
        choices: whether it comes with wrong answers to choose among.
    """

    name: str
    write: Callable[[Draw], Problem]
    difficulties: tuple[int, ...]
    free: bool = True
    choices: bool = False

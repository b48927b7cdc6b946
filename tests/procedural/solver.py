"""An independent solver: recomputes the answer of any item from its facts, without the question or the generator."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import solver_finance
import solver_mathematics
import solver_reasoning

from jaeval.procedural import Item

SOLVERS: dict[str, dict[str, Any]] = {
    "math": dict(solver_mathematics.SOLVERS),
    "finance": dict(solver_finance.SOLVERS),
    "reasoning": dict(solver_reasoning.SOLVERS),
}


def agrees(item: Item) -> bool:
    """Whether the item's answer, and the one of its choices marked right, are what the facts give.

    Raises:
        AssertionError: the facts allow no answer, or more than one.
    """
    if item.kind == "which-follows":
        certain = solver_reasoning.certain_statements(item.facts)
        right = [index for index, choice in enumerate(item.choices or ()) if choice in certain]
        return item.answer in certain and right == [item.answer_index]
    solved = SOLVERS[item.domain][item.kind](item.facts)
    if item.unit:
        return Fraction(solved) == Fraction(item.answer) and _marked(item)
    return bool(solved == item.answer) and _marked(item)


def _marked(item: Item) -> bool:
    """Whether the marked choice, and no other, writes the answer."""
    if item.choices is None or item.answer_index is None:
        return item.choices is None and item.answer_index is None
    plain = [choice.replace(",", "").replace("△", "-") for choice in item.choices]
    return [index for index, choice in enumerate(plain) if choice == item.answer + item.unit] == [item.answer_index]

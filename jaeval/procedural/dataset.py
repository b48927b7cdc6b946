"""The generated items as data sets, for task YAML: `custom_dataset: !function jaeval.procedural.dataset.load`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jaeval.procedural.catalogue import kinds
from jaeval.procedural.generation import generate
from jaeval.procedural.item import SPLITS, Domain, Item

if TYPE_CHECKING:
    from datasets import Dataset


STEPS: dict[str, tuple[int, ...]] = {"easy": (1, 2), "medium": (3,), "hard": (4, 5, 6)}
"""How many steps the solutions of each level of difficulty have."""


def load(
    *,
    procedural_domain: Domain,
    items: int,
    seed: int = 0,
    procedural_choices: bool = False,
    procedural_difficulty: str | None = None,
    **_: object,
) -> dict[str, Dataset]:
    """Generates the three splits of one task.

    Args:
        procedural_domain: "math", "finance" or "reasoning".
        items: how many items each split has.
        seed: the seed of the stream.
        procedural_choices: take the kinds that come with choices; by default those that can be asked without.
        procedural_difficulty: "easy", "medium" or "hard" (see `STEPS`); by default items of any difficulty.
        **_: the task's header, which lm-eval passes along.

    Returns:
        Split name to `datasets.Dataset` with the columns of `row`.

    Raises:
        ValueError: the domain or the difficulty is unknown, or there are no such kinds or too few questions.
    """
    from datasets import Dataset

    if procedural_difficulty not in (None, *STEPS):
        raise ValueError(f"unknown difficulty {procedural_difficulty!r}: choose one of {', '.join(STEPS)}")
    steps = STEPS[procedural_difficulty] if procedural_difficulty else None
    names = kinds(procedural_domain, choices=procedural_choices)
    return {
        split: Dataset.from_list(
            [row(item) for item in generate(procedural_domain, split, items, seed=seed, kinds=names, difficulty=steps)]
        )
        for split in SPLITS
    }


def row(item: Item) -> dict[str, Any]:
    """One item as a row of a table: its fields, `facts` as JSON, and `source_id`, which for these items is the id."""
    return {
        "id": item.id,
        "source_id": item.id,
        "domain": item.domain,
        "kind": item.kind,
        "difficulty": item.difficulty,
        "split": item.split,
        "seed": item.seed,
        "question": item.question,
        "solution": item.solution,
        "answer": item.answer,
        "unit": item.unit,
        "choices": list(item.choices or ()),
        "answer_index": -1 if item.answer_index is None else item.answer_index,
        "facts": json.dumps(item.facts, ensure_ascii=False),
    }

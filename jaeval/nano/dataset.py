"""The family's tasks as data sets, for task YAML: `custom_dataset: !function jaeval.nano.dataset.load`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaeval.nano.problems import SIGN, Language, write_problem
from jaeval.nano.splits import OWNERS, Owner, owner
from jaeval.nano.texts import write_comprehension
from jaeval.procedural.draw import Draw

if TYPE_CHECKING:
    from datasets import Dataset

SPLITS: tuple[Owner, ...] = OWNERS[1:]
"""The splits that evaluate: search, selection, report."""


def load(
    *, nano_language: Language, items: int, seed: int, nano_comprehension: bool = False, **_: object
) -> dict[str, Dataset]:
    """Generates the three splits of one task.

    Args:
        nano_language: "ja" or "en".
        items: how many items each split has.
        seed: another seed gives other items; no seed puts a question into two splits, or into training.
        nano_comprehension: questions whose answer stands in the text, instead of word problems.
        **_: the task's header, which lm-eval passes along.

    Returns:
        Split name to `datasets.Dataset` with the columns of `problems` or `comprehensions`.
    """
    from datasets import Dataset

    make = comprehensions if nano_comprehension else problems
    return {split: Dataset.from_list(make(nano_language, split, items, seed)) for split in SPLITS}


def problems(language: Language, split: Owner, n: int, seed: int) -> list[dict[str, Any]]:
    """The first `n` word problems of a split, the kinds in turn, each question once.

    Columns: `id`, `source_id`, `kind`, `language`, `prompt`, `question`, `solution`, `answer` (the number).
    """
    draw, kinds = _stream(seed, split), tuple(SIGN)
    rows: dict[str, dict[str, Any]] = {}
    while len(rows) < n:
        item = write_problem(draw, language, kinds[len(rows) % len(kinds)])
        if owner(item.question) == split and item.question not in rows:
            rows[item.question] = _row(
                f"nano-{language}-{item.kind}/{split}/{seed}-{len(rows)}",
                kind=item.kind,
                language=language,
                prompt=item.prompt,
                question=item.question,
                solution=f"{item.expression} {item.answer}{item.closing(item.answer)}",
                answer=item.answer,
            )
    return list(rows.values())


def comprehensions(language: Language, split: Owner, n: int, seed: int) -> list[dict[str, Any]]:
    """The first `n` questions of a split whose answer stands in the text, each once.

    Columns: `id`, `source_id`, `language`, `prompt`, `question`, `answer` (a sentence).
    """
    draw = _stream(seed, split)
    rows: dict[str, dict[str, Any]] = {}
    while len(rows) < n:
        item = write_comprehension(draw, language)
        if owner(item.question) == split and item.question not in rows:
            rows[item.question] = _row(
                f"nano-{language}-comprehension/{split}/{seed}-{len(rows)}",
                language=language,
                prompt=item.prompt,
                question=item.question,
                answer=item.answer,
            )
    return list(rows.values())


def _stream(seed: int, split: Owner) -> Draw:
    return Draw(seed * len(OWNERS) + OWNERS.index(split), 1)  # training texts draw from streams of difficulty 0


def _row(id: str, **columns: Any) -> dict[str, Any]:
    return {"id": id, "source_id": id, **columns}

"""From measured scores to a row's cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jaeval.leaderboard.board import Cell, Column, Provenance
from jaeval.leaderboard.chance import above_chance, no_better
from jaeval.leaderboard.collect import Entrant, Found, Given
from jaeval.leaderboard.columns import Slot
from jaeval.leaderboard.item_table import ColumnItems
from jaeval.leaderboard.measure import Measured

NOT_ASKED = "no submission has it"
NO_VALUE = "its source has no number"


def settled(slot: Slot, entrants: Sequence[Entrant]) -> Column:
    """The column with what its scores turned out to have: the most frequent metric and filter, one chance level."""
    scores = [
        found.score
        for entrant in entrants
        for prompt in slot.names
        if (found := entrant.found.get((slot.column.key, prompt))) is not None
    ]
    if not scores:
        return slot.column
    counts = Counter((score.metric, score.filter) for score in scores)
    metric, filter = max(counts, key=lambda pair: (counts[pair], pair))
    chances = {score.chance for score in scores if score.metric == metric}
    told = chances.pop() if len(chances) == 1 else None
    if told is not None and not 0 <= told < 1:
        told = None
    chance = slot.column.chance if slot.column.chance is not None else told
    scale = slot.metrics.get(metric, slot.column.scale)
    return replace(slot.column, metric=metric, filter=filter, chance=chance, scale=scale)


def constant_level(column: Column, items: ColumnItems | None) -> float | None:
    """What guessing, or the best answer that is always the same, scores, in the column's unit; None where unknown."""
    majority = None
    if items is not None and items.answers and all(answers.binary for answers in items.answers.values()):
        majority = items.majority
    known = [level for level in (column.chance, majority) if level is not None]
    return max(known) * 100 / column.scale if known and column.higher_is_better else None


class Origins:
    """Where numbers came from; what is the same is made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Provenance] = {}

    def of_model(self, given: Given) -> Provenance:
        """A submission's."""
        key = (id(given.submission),)
        if key not in self._known:
            submission = given.submission
            self._known[key] = Provenance(
                source=given.label,
                format=submission.format,
                harness=submission.harness,
                harness_version=submission.harness_version,
                date=submission.date.isoformat() if submission.date else "",
                weight_hash=submission.weight_hash,
                settings=dict(submission.settings),
            )
        return self._known[key]

    def of_score(self, found: Found) -> Provenance:
        """A score's."""
        score = found.score
        key = (id(found.given.submission), score.version, score.num_fewshot, score.data_hash)
        if key not in self._known:
            self._known[key] = replace(
                self.of_model(found.given),
                task_version=score.version,
                num_fewshot=score.num_fewshot,
                data_hash=score.data_hash,
            )
        return self._known[key]


def make_cell(
    column: Column,
    prompt: str,
    entrant: Entrant,
    measured: Mapping[tuple[str, str], Measured],
    level: float | None,
    origins: Origins,
) -> Cell:
    """A model's cell.

    Args:
        column: settled.
        prompt: the version of the prompt that the row shows.
        entrant: the model.
        measured: its scores with their uncertainty.
        level: what guessing or a constant answer scores.
        origins: of the board.
    """
    found, score = entrant.found.get((column.key, prompt)), measured.get((column.key, prompt))
    if found is None or score is None:
        return Cell(None, prompt=prompt, reason=NOT_ASKED)
    if score.value is None:
        return Cell(None, n=score.n, prompt=prompt, reason=score.reason or NO_VALUE, failed=found.score.failed)
    tried: list[float] = []
    if prompt:
        versions = (measured.get((column.key, version)) for version in column.prompts)
        tried = [own.value for own in versions if own is not None and own.value is not None]
    return Cell(
        value=score.value,
        stderr=score.stderr,
        low=score.low,
        high=score.high,
        method=score.method,
        n=score.n,
        normalised=None
        if column.chance is None
        else above_chance(score.value * column.scale / 100, column.chance or 0.0),
        failed=found.score.failed,
        truncated=found.score.truncated,
        prompt=prompt,
        tried=len(tried) or 1,
        prompt_mean=math.fsum(tried) / len(tried) if tried else None,
        constant=level is not None and no_better(score.value, score.low, level),
        constant_level=level,
        metric="" if found.score.metric == column.metric else found.score.metric,
        filter="" if found.score.filter == column.filter else found.score.filter,
        provenance=origins.of_score(found),
    )

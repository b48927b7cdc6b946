"""Puzzles of reasoning, each with exactly one solution."""

from __future__ import annotations

from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning import (
    counting,
    culprits,
    kinship,
    lineups,
    matching,
    moves,
    ranking,
    schedules,
    syllogisms,
    weekdays,
)

KINDS: tuple[Kind, ...] = (
    *lineups.KINDS,
    *kinship.KINDS,
    *syllogisms.KINDS,
    *schedules.KINDS,
    *culprits.KINDS,
    *matching.KINDS,
    *weekdays.KINDS,
    *ranking.KINDS,
    *counting.KINDS,
    *moves.KINDS,
)

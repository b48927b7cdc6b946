"""Word problems of school mathematics."""

from __future__ import annotations

from jaeval.procedural.kind import Kind
from jaeval.procedural.mathematics import (
    averages,
    crane_tortoise,
    differences,
    discounts,
    durations,
    geometry,
    motion,
    numerals,
    patterns,
    planting,
    proportion,
    sharing,
    shopping,
    solutions,
    stock,
    work,
)

KINDS: tuple[Kind, ...] = (
    *shopping.KINDS,
    *stock.KINDS,
    *crane_tortoise.KINDS,
    *durations.KINDS,
    *proportion.KINDS,
    *motion.KINDS,
    *averages.KINDS,
    *numerals.KINDS,
    *discounts.KINDS,
    *sharing.KINDS,
    *differences.KINDS,
    *planting.KINDS,
    *work.KINDS,
    *geometry.KINDS,
    *solutions.KINDS,
    *patterns.KINDS,
)

"""Items of every kind, generated once for all tests of this room."""

from __future__ import annotations

import functools

import pytest

from jaeval.procedural import DOMAINS, SPLITS, Item, generate, kinds

ALL_KINDS = [(domain, kind) for domain in DOMAINS for kind in kinds(domain)]


@functools.cache
def sample(domain: str, kind: str, split: str) -> tuple[Item, ...]:
    """The first 300 items of one kind in one split."""
    return tuple(generate(domain, split, 300, seed=11, kinds=[kind]))  # type: ignore[arg-type]


@pytest.fixture(params=ALL_KINDS, ids="/".join)
def items(request: pytest.FixtureRequest) -> dict[str, tuple[Item, ...]]:
    """300 items of one kind in each split."""
    return {split: sample(*request.param, split) for split in SPLITS}

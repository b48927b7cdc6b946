"""Blocks hand out every place once, in order, and smaller ones towards the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.cluster.blocks import LARGEST, SMALLEST, Blocks


def test_blocks_shrink_towards_the_end() -> None:
    blocks = Blocks(range(20_000), workers=3)
    sizes = []
    while blocks:
        sizes.append(len(blocks.take()))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == LARGEST
    assert SMALLEST in sizes
    assert sum(sizes) == 20_000


def test_what_is_given_back_comes_next_and_in_order() -> None:
    blocks = Blocks(range(100), workers=1)
    first = blocks.take()
    blocks.give_back(first[10:])
    assert blocks.take()[: len(first) - 10] == first[10:]


@given(st.integers(0, 5000), st.integers(1, 40), st.sets(st.integers(0, 30)))
def test_every_place_is_handed_out_once(count: int, workers: int, lost: set[int]) -> None:
    blocks, answered, turn = Blocks(range(count), workers), [], 0
    while blocks:
        taken = blocks.take()
        kept = len(taken) // 2 if turn in lost else len(taken)
        answered += taken[:kept]
        blocks.give_back(taken[kept:])
        turn += 1
    assert answered == list(range(count))
    assert blocks.take() == []

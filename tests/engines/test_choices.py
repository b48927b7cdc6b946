"""Log-likelihoods gathered from a trie equal those computed choice by choice."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.choices import MOST_CHILDREN, Costs, Gathered, Node, Prefix, cheapest, trie
from jaeval.engines.protocol import ChoiceRequest

CONTINUATIONS = st.lists(st.lists(st.integers(0, 3), max_size=5).map(tuple), min_size=1, max_size=8)


def distribution(prefix: Prefix, vocabulary: int = 4, *, tied: bool = False) -> list[float]:
    """A made-up next-token distribution: any function of the prefix will do."""
    if tied:
        return [math.log(1 / vocabulary)] * vocabulary
    draw = random.Random(repr(prefix))
    weights = [draw.random() + 0.01 for _ in range(vocabulary)]
    return [math.log(weight / sum(weights)) for weight in weights]


def gather(continuations: Sequence[Prefix], vocabulary: int = 4, *, tied: bool = False) -> Gathered:
    nodes = trie(continuations)
    gathered = Gathered(ChoiceRequest((9,), tuple(continuations)), waiting=len(nodes))
    for node in nodes:
        row = distribution(node.prefix, vocabulary, tied=tied)
        gathered.add(node.prefix, {token: row[token] for token in node.children}, max(row))
    return gathered


def directly(continuation: Prefix, vocabulary: int = 4) -> tuple[float, bool]:
    rows = [distribution(continuation[:place], vocabulary) for place in range(len(continuation))]
    picked = [row[token] for row, token in zip(rows, continuation, strict=True)]
    return sum(picked), all(value == max(row) for value, row in zip(picked, rows, strict=True))


@given(CONTINUATIONS)
def test_sums_equal_the_direct_sums(continuations: list[Prefix]) -> None:
    totals, greedy = gather(continuations).sums()
    for continuation, total, best in zip(continuations, totals, greedy, strict=True):
        expected, expected_best = directly(continuation)
        assert total == pytest.approx(expected, abs=1e-12)
        assert best == expected_best


def test_shared_prefixes_duplicates_and_a_prefix_of_another() -> None:
    continuations = [(1, 2, 3), (1, 2), (1, 2, 3), (1, 3), (2,)]
    nodes = trie(continuations)
    assert {node.prefix: set(node.children) for node in nodes} == {(): {1, 2}, (1,): {2, 3}, (1, 2): {3}}
    totals, _ = gather(continuations).sums()
    assert totals[0] == totals[2] < totals[1]


def test_a_node_with_many_children_is_asked_in_parts() -> None:
    size = 2 * MOST_CHILDREN + 44
    continuations = [(token,) for token in range(size)]
    nodes = trie(continuations)
    assert [len(node.children) for node in nodes] == [MOST_CHILDREN, MOST_CHILDREN, 44]
    totals, greedy = gather(continuations, size).sums()
    assert totals == pytest.approx(distribution((), size))
    assert sum(greedy) == 1
    assert greedy[totals.index(max(totals))]


def test_the_likeliest_token_of_a_node_asked_in_parts_is_the_likeliest_of_all_parts() -> None:
    gathered = Gathered(ChoiceRequest((9,), ((1,), (2,))), waiting=2)
    gathered.add((), {1: -0.5}, -0.5)
    gathered.add((), {2: -0.7}, -0.4)
    assert gathered.sums() == ((-0.5, -0.7), (False, False))


@given(CONTINUATIONS)
def test_ties_count_as_greedy(continuations: list[Prefix]) -> None:
    _, greedy = gather(continuations, tied=True).sums()
    assert all(greedy)


def test_an_empty_continuation_is_certain() -> None:
    assert gather([(), ()]).sums() == ((0.0, 0.0), (True, True))


@given(CONTINUATIONS)
def test_a_node_comes_after_its_parent(continuations: list[Prefix]) -> None:
    seen: set[Prefix] = {()}
    for node in trie(continuations):
        assert node.prefix in seen
        assert len(set(node.children)) == len(node.children) > 0
        seen |= {(*node.prefix, child) for child in node.children}


CHAINED = st.lists(st.lists(st.integers(0, 5), max_size=7).map(tuple), min_size=1, max_size=6)


@given(CHAINED)
def test_chains_ask_the_same_as_their_nodes(continuations: list[Prefix]) -> None:
    """Each (prefix, token) of the trie is asked exactly once, and each chain can tell its tokens apart."""
    single = {(node.prefix, token) for node in trie(continuations) for token in node.children}
    chained = []
    for node in trie(continuations, chains=True):
        assert set(node.forced).isdisjoint(node.children)
        chained += [(node.prefix + node.forced[:place], token) for place, token in enumerate(node.forced)]
        chained += [(node.prefix + node.forced, token) for token in node.children]
    assert len(chained) == len(set(chained))
    assert set(chained) == single


def test_a_chain_is_one_prompt() -> None:
    assert trie([(1, 2, 3), (1, 2, 4)], chains=True) == [Node((), (3, 4), (1, 2))]
    assert trie([(1, 2), (1, 2, 3)], chains=True) == [Node((), (3,), (1, 2))]
    assert trie([(1, 2, 3), (4, 5)], chains=True) == [Node((), (1, 4)), Node((1,), (3,), (2,)), Node((4,), (5,))]
    assert trie([(1, 1)], chains=True) == [Node((), (1,)), Node((1,), (1,))]


LETTERS = tuple((token,) for token in range(4))
TEXTS = tuple(tuple(range(10 * start, 10 * start + 9)) for start in range(4))
CONTEXT = tuple(range(200))


@pytest.mark.parametrize(
    ("continuations", "costs", "way"),
    [
        (LETTERS, Costs(row=0.03), "nodes"),
        (LETTERS, Costs(row=0.03, scores=True), "nodes"),
        (LETTERS, Costs(row=2.5, scores=True), "nodes"),
        (TEXTS, Costs(row=0.03), "whole"),  # a large model without forcing
        (TEXTS, Costs(row=0.03, forces=True), "nodes"),
        (TEXTS, Costs(row=2.5), "nodes"),  # a small one, whose rows are dear: the context's rows too
        (TEXTS, Costs(row=0.03, scores=True), "whole"),  # rows are nearly free: no need to ask what is likeliest
        (TEXTS, Costs(row=0.3, scores=True), "scored"),
        (TEXTS, Costs(row=2.5, scores=True), "scored"),
    ],
)
def test_the_cheapest_way(continuations: tuple[Prefix, ...], costs: Costs, way: str) -> None:
    assert cheapest(ChoiceRequest(CONTEXT, continuations), costs) == way


def test_the_likeliest_answer_tells_what_is_greedy() -> None:
    gathered = Gathered(ChoiceRequest((9,), ((1, 2), (1,), (1, 3), ())), waiting=0, likeliest=(1, 2))
    for prefix, token in [((), 1), ((1,), 2), ((1,), 3)]:
        gathered.add(prefix, {token: -0.5}, -0.5)
    assert gathered.sums() == ((-1.0, -0.5, -1.0, 0.0), (True, True, False, True))

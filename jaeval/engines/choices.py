"""Log-likelihoods of choices from as little computation as possible.

lm-eval sends one prompt for each choice and asks for the log-probabilities of every prompt token. The same numbers
follow from less. The choices of one context form a trie of tokens; at each inner node the next-token log-probabilities
of the node's children are wanted, nothing else. There are three ways to them:

- nodes: one prompt for each node (context + prefix). Letters and digits need one for all choices together. Where an
  engine can be made to generate given tokens, a chain of nodes with one child each is one prompt too.
- whole: one prompt for each choice with prompt log-probabilities. Cheap where a row of them is: in large models with
  small vocabularies.
- scored: one prompt for each choice, with log-probabilities of the wanted tokens alone, where an engine offers that.

`cheapest` chooses by what each way computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from jaeval.engines.protocol import ChoiceRequest

MOST_CHILDREN = 128
"""vLLM's limit on `logprob_token_ids`; a node with more children is asked in several parts."""

Prefix = tuple[int, ...]
Way = Literal["nodes", "whole", "scored"]


@dataclass(frozen=True, slots=True)
class Node:
    """One prompt of a trie: context + `prefix`, made to go on with `forced`, then asked for `children`."""

    prefix: Prefix
    children: tuple[int, ...]
    forced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Costs:
    """What decides which way is cheapest.

    Attributes:
        block: tokens of a block of the prefix cache; what is left over at a prompt's end is computed each time.
        row: the cost of log-probabilities over the vocabulary for one token, in prompt tokens.
        forces: the engine can be made to generate given tokens.
        scores: the engine gives log-probabilities of given prompt tokens alone.
    """

    block: int = 32
    row: float = 1.0
    forces: bool = False
    scores: bool = False


def trie(continuations: Sequence[tuple[int, ...]], *, chains: bool = False) -> list[Node]:
    """The inner nodes of the trie of some continuations, shortest prefix first.

    Args:
        continuations: the choices.
        chains: join nodes that follow one another without a branch.

    Example:
        >>> [(node.prefix, node.children) for node in trie([(1, 2), (1, 3)])]
        [((), (1,)), ((1,), (2, 3))]
        >>> trie([(1, 2), (1, 3)], chains=True)
        [Node(prefix=(), children=(2, 3), forced=(1,))]
    """
    children: dict[Prefix, dict[int, None]] = {}
    for continuation in continuations:
        for place, token in enumerate(continuation):
            children.setdefault(continuation[:place], {})[token] = None
    nodes = []
    joined: set[Prefix] = set()
    for prefix in sorted(children, key=len):
        if prefix in joined:
            continue
        end = prefix
        chain = [end]
        while chains and len(children[end]) == 1 and (below := (*end, *children[end])) in children:
            end = below
            chain.append(end)
        forced = end[len(prefix) :]
        if len(children[end]) > MOST_CHILDREN or not set(forced).isdisjoint(children[end]):
            end, forced, chain = prefix, (), [prefix]  # such an answer would not tell the two apart
        joined.update(chain)
        tokens = tuple(children[end])
        nodes += [
            Node(prefix, tokens[start : start + MOST_CHILDREN], forced)
            for start in range(0, len(tokens), MOST_CHILDREN)
        ]
    return nodes


def cheapest(request: ChoiceRequest, costs: Costs) -> Way:
    """The way that computes least for a request, in units of one prompt token."""
    start = len(request.context)
    asked = [choice for choice in request.continuations if choice]
    longest = max(map(len, asked), default=0)

    def left(length: int) -> int:
        """Tokens of a prompt that are computed when all of its whole blocks are cached."""
        return length - (length - 1) // costs.block * costs.block

    def of_choice(length: int) -> int:
        whole_blocks = start // costs.block * costs.block
        return start + length - (whole_blocks if whole_blocks < start else 0)

    prices: dict[Way, float] = {
        "nodes": sum(
            left(start + len(node.prefix)) + len(node.forced) + (len(node.forced) + 1) * costs.row
            for node in trie(asked, chains=costs.forces)
        ),
        # The first choice computes a row for each token of the context as well.
        "whole": start * costs.row + sum(of_choice(len(choice)) * (1 + costs.row) for choice in asked),
    }
    if costs.scores:  # and one answer that shows which tokens are the likeliest
        path = left(start) + longest * (1 + costs.row)
        prices["scored"] = path + sum(of_choice(len(choice)) + len(choice) * costs.row for choice in asked)
    return min(prices, key=lambda way: prices[way])


@dataclass(slots=True)
class Gathered:
    """Collects the next-token log-probabilities of a request's nodes until every continuation can be summed.

    Attributes:
        request: the request.
        waiting: how many prompts have not come back.
        prefilled_tokens: prompt tokens computed so far.
        likeliest: what greedy decoding gives after the context, where that was asked instead of each node's best.
    """

    request: ChoiceRequest
    waiting: int
    prefilled_tokens: int = 0
    log_probabilities: dict[tuple[Prefix, int], float] = field(default_factory=dict)
    best: dict[Prefix, float] = field(default_factory=dict)
    likeliest: tuple[int, ...] | None = None

    def add(self, prefix: Prefix, log_probabilities: dict[int, float], best: float) -> None:
        """Take one node's answer: its children's log-probabilities, and that of the likeliest token of all."""
        for token, value in log_probabilities.items():
            self.log_probabilities[prefix, token] = value
        self.best[prefix] = max(best, self.best.get(prefix, best))

    def sums(self) -> tuple[tuple[float, ...], tuple[bool, ...]]:
        """Each continuation's log-likelihood, and whether every token was the likeliest (ties count, as in lm-eval)."""
        totals, greedy = [], []
        for continuation in self.request.continuations:
            steps = [(continuation[:i], token) for i, token in enumerate(continuation)]
            totals.append(sum(self.log_probabilities[step] for step in steps))
            if self.likeliest is None:
                greedy.append(all(self.log_probabilities[step] >= self.best[step[0]] for step in steps))
            else:
                greedy.append(self.likeliest[: len(continuation)] == continuation)
        return tuple(totals), tuple(greedy)

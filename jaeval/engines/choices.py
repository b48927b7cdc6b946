"""Log-likelihoods of choices from as little computation as possible.

lm-eval sends one prompt for each choice and asks for the log-probabilities of every prompt token. The same numbers
follow from less. The choices of one context form a trie of tokens; each inner node is one prompt (context + prefix)
whose *next-token* log-probabilities, for the node's children only, are wanted. Letters and digits need one prompt for
all choices together, and the prefix cache serves the context to all nodes after the first. Where the trie has many
more nodes than there are choices (long texts), one prompt for each choice with prompt log-probabilities is cheaper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jaeval.engines.protocol import ChoiceRequest

MOST_NODES_PER_CHOICE = 12
"""Above this many trie nodes for each choice, whole-choice prompts are cheaper. Measured on two CPU cores; see docs."""
MOST_CHILDREN = 128
"""vLLM's limit on `logprob_token_ids`; a node with more children is asked in several parts."""

Prefix = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One prompt of a trie: context + `prefix`, asked for the log-probabilities of `children`."""

    prefix: Prefix
    children: tuple[int, ...]


def trie(continuations: Sequence[tuple[int, ...]]) -> list[Node]:
    """The inner nodes of the trie of some continuations, shortest prefix first.

    Example:
        >>> [(node.prefix, node.children) for node in trie([(1, 2), (1, 3)])]
        [((), (1,)), ((1,), (2, 3))]
    """
    children: dict[Prefix, dict[int, None]] = {}
    for continuation in continuations:
        for place, token in enumerate(continuation):
            children.setdefault(continuation[:place], {})[token] = None
    return [
        Node(prefix, tuple(tokens)[start : start + MOST_CHILDREN])
        for prefix, tokens in sorted(children.items(), key=lambda entry: len(entry[0]))
        for start in range(0, len(tokens), MOST_CHILDREN)
    ]


def prefers_trie(request: ChoiceRequest) -> bool:
    """Whether the trie is the cheaper of the two ways for this request."""
    return len(trie(request.continuations)) <= MOST_NODES_PER_CHOICE * len(request.continuations)


@dataclass(slots=True)
class Gathered:
    """Collects the next-token log-probabilities of a request's nodes until every continuation can be summed.

    Attributes:
        request: the request.
        waiting: how many prompts have not come back.
        prefilled_tokens: prompt tokens computed so far.
    """

    request: ChoiceRequest
    waiting: int
    prefilled_tokens: int = 0
    log_probabilities: dict[tuple[Prefix, int], float] = field(default_factory=dict)
    best: dict[Prefix, float] = field(default_factory=dict)

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
            greedy.append(all(self.log_probabilities[step] >= self.best[step[0]] for step in steps))
        return tuple(totals), tuple(greedy)

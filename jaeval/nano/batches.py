"""Training texts as batches of token ids: texts of about one length share a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jaeval.nano.corpus import Member, Text, write_text
from jaeval.nano.words import BOS, EOS, PAD
from jaeval.procedural.draw import Draw

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

POOL = 1024
"""Texts that are drawn, sorted by length and cut into batches at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids and their weights in the loss, both of shape (texts, tokens); padding has weight 0."""

    tokens: torch.Tensor
    weights: torch.Tensor


def encode(tokenizer: Tokenizer, text: Text) -> tuple[list[int], list[float]]:
    """One text between BOS and EOS: token ids, and the weight of each as a target."""
    tokens, weights = [BOS], [0.0]
    for piece, weight in text.pieces:
        ids = tokenizer.encode(piece, add_special_tokens=False).ids
        tokens += ids
        weights += [weight] * len(ids)
    return [*tokens, EOS], [*weights, 1.0]


def batches(tokenizer: Tokenizer, member: Member, draw: Draw, size: int) -> Iterator[Batch]:
    """Batches without end.

    Args:
        tokenizer: the family's tokenizer.
        member: whose texts.
        draw: the stream of chances.
        size: tokens a batch, padding included, at most.
    """
    while True:
        pool = sorted((encode(tokenizer, write_text(draw, member)) for _ in range(POOL)), key=lambda text: len(text[0]))
        cut: list[list[tuple[list[int], list[float]]]] = [[]]
        for text in pool:
            if len(text[0]) * (len(cut[-1]) + 1) > size:
                cut.append([])
            cut[-1].append(text)
        yield from map(_batch, draw.shuffled(cut[:-1]))


def _batch(texts: list[tuple[list[int], list[float]]]) -> Batch:
    import torch

    longest = max(len(tokens) for tokens, _ in texts)
    return Batch(
        torch.tensor([tokens + [PAD] * (longest - len(tokens)) for tokens, _ in texts]),
        torch.tensor([weights + [0.0] * (longest - len(weights)) for _, weights in texts]),
    )

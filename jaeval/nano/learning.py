"""The training loop: AdamW on batches of one member's corpus, in float32 on the processor."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jaeval.nano.batches import batches
from jaeval.nano.corpus import Member
from jaeval.procedural.draw import Draw

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

WARM_UP = 50
FLOOR = 0.05
"""The last learning rate, as a share of the highest."""
WINDOW = 50
"""The reported loss is the mean of so many steps."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one member is trained.

    Attributes:
        steps: optimiser steps.
        learning_rate: the highest, after `WARM_UP` steps; it falls along a cosine to its `FLOOR`.
        batch: tokens a batch at most.
        weight_decay: AdamW's.
        noise: standard deviation of the normal noise on every matrix element, drawn anew for each step and taken back
            after it: the weights that are found bear what another parent's share does to them in a merge.
        reach: None, or the range of a random factor, drawn for each step, on how far the weights have moved from the
            start: weights that serve at part of the way, as in an average, and somewhat beyond it.
    """

    steps: int
    learning_rate: float
    batch: int
    weight_decay: float = 0.0
    noise: float = 0.0
    reach: tuple[float, float] | None = None


def learn(
    model: LlamaForCausalLM,
    tokenizer: Tokenizer,
    member: Member,
    course: Course,
    seed: int,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Trains `model` in place.

    Args:
        model: the start: fresh for the base, a copy of the base for the others.
        tokenizer: the family's.
        member: whose corpus.
        course: steps and rates.
        seed: of the texts and their order.
        report: called after every step with its number from 1 and its loss.

    Returns:
        The mean loss of each `WINDOW` steps.
    """
    import torch

    model.train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=course.weight_decay)
    losses: list[float] = []
    start = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    chance = torch.Generator().manual_seed(seed)
    stream = batches(tokenizer, member, Draw(seed, 0), course.batch)
    for step, batch in enumerate(itertools.islice(stream, course.steps), start=1):
        for group in optimiser.param_groups:
            group["lr"] = course.learning_rate * pace(step, course.steps)
        weights_now = disturbed(model, start, course, chance)
        logits = torch.func.functional_call(model, weights_now, (batch.tokens[:, :-1],)).logits
        each = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch.tokens[:, 1:].flatten(), reduction="none")
        weights = batch.weights[:, 1:].flatten()
        loss = (each * weights).sum() / weights.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        report(step, losses[-1])
    model.eval()
    windows = (losses[place : place + WINDOW] for place in range(0, len(losses), WINDOW))
    return [sum(window) / len(window) for window in windows]


def disturbed(
    model: LlamaForCausalLM, start: Mapping[str, torch.Tensor], course: Course, chance: torch.Generator
) -> dict[str, torch.Tensor]:
    """The weights that one step is computed with: see `Course.noise` and `Course.reach`; vectors stay as they are."""
    import torch

    factor = 1.0
    if course.reach:
        low, high = course.reach
        factor = low + (high - low) * torch.rand((), generator=chance).item()
    weights: dict[str, torch.Tensor] = {}
    for name, weight in model.named_parameters():
        moved = weight if factor == 1.0 or weight.ndim < 2 else torch.lerp(start[name], weight, factor)
        noisy = course.noise and weight.ndim > 1
        weights[name] = moved + course.noise * torch.randn(weight.shape, generator=chance) if noisy else moved
    return weights


def pace(step: int, steps: int) -> float:
    """The learning rate of a step (from 1) as a share of the highest."""
    cosine = 0.5 + 0.5 * math.cos(math.pi * (step - 1) / steps)
    return min(1.0, step / WARM_UP) * (FLOOR + (1 - FLOOR) * cosine)

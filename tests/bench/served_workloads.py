"""Requests for `bench_served.py`: drawn anew for each measurement, so that no prefix cache knows them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from jaeval.engines import ChoiceRequest, GenerationRequest
from jaeval.engines.protocol import Request

SHOTS = 200
"""Tokens that all prompts of a workload begin with, as few-shot examples do."""


def workload(name: str, count: int, seed: int, vocabulary: int) -> list[Request]:
    """Some requests of like size.

    Args:
        name: "letters" (choices of one token), "texts" (four choices of four tokens) or "answers" (generated).
        count: how many.
        seed: another one gives other tokens.
        vocabulary: token ids are below it.
    """
    draw = random.Random(f"{name} {seed}")

    def some(length: int) -> tuple[int, ...]:
        return tuple(draw.randrange(10, vocabulary) for _ in range(length))

    shots = some(SHOTS)
    if name == "answers":
        return [GenerationRequest((*shots, *some(40)), 48) for _ in range(count)]
    length = 1 if name == "letters" else 4
    return [ChoiceRequest((*shots, *some(60)), tuple(some(length) for _ in range(4))) for _ in range(count)]


def tokens_of(requests: Sequence[Request]) -> int:
    """New tokens that some requests may ask for."""
    return sum(request.max_tokens for request in requests if isinstance(request, GenerationRequest))

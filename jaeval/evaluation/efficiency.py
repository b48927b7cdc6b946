"""How much of what the engine computed was needed."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence

from jaeval.engines.protocol import ChoiceRequest, FailedResponse, GenerationResponse, Request, Response
from jaeval.results.schema import Efficiency


def efficiency(
    requests: Sequence[Request], responses: Iterable[Response], seconds: float, busy: float | None
) -> Efficiency:
    """Compare what was computed with the least that would have done.

    Args:
        requests: what was asked.
        responses: what came back.
        seconds: how long the engine worked.
        busy: see `Efficiency`.
    """
    prefilled = generated = 0
    for response in responses:
        if not isinstance(response, FailedResponse):
            prefilled += response.prefilled_tokens
            generated += response.generated_tokens if isinstance(response, GenerationResponse) else 0
    return Efficiency(
        prefilled=prefilled, least=least_prefill(requests), generated=generated, seconds=seconds, busy=busy
    )


def least_prefill(requests: Sequence[Request]) -> int:
    """The fewest prompt tokens that answer all requests: each distinct beginning of a prompt computed once.

    A choice's last token is never computed: its log-probability comes from the row before it.
    """
    tokens = 0
    contexts = []
    for request in requests:
        if isinstance(request, ChoiceRequest):
            contexts.append(_ordered(request.context))
            tokens += len({choice[:end] for choice in request.continuations for end in range(1, len(choice))})
        else:
            contexts.append(_ordered(request.prompt))
    contexts.sort()
    before = b""
    for context in contexts:
        tokens += (len(context) - _shared(before, context)) // 4
        before = context
    return tokens


def _ordered(tokens: Sequence[int]) -> bytes:
    """Token ids as bytes that sort as the ids do."""
    packed = array("i", tokens)
    if sys.byteorder == "little":
        packed.byteswap()
    return packed.tobytes()


def _shared(first: bytes, second: bytes) -> int:
    """Bytes of the whole tokens that two prompts begin with."""
    size = min(len(first), len(second))
    differing = int.from_bytes(first[:size], "big") ^ int.from_bytes(second[:size], "big")
    return (size - (differing.bit_length() + 7) // 8) // 4 * 4

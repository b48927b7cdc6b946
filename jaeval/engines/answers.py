"""From a generated text to a response, the same for every engine."""

from __future__ import annotations

from jaeval.engines.protocol import GenerationRequest, GenerationResponse
from jaeval.engines.reasoning import cut_at_stop, part


def generation_response(
    request: GenerationRequest, text: str, cut: bool, generated: int, prefilled: int = 0
) -> GenerationResponse:
    """Make a response of a generated text: reasoning apart, stop texts cut off, truncation noted.

    Args:
        request: what was asked.
        text: what the model generated.
        cut: it ended because `max_tokens` were reached.
        generated: number of new tokens.
        prefilled: prompt tokens computed.

    Returns:
        The response. A reasoning part that was never closed leaves an empty answer.
    """
    reasoning, answer = None, text
    if request.think:
        parted = part(text, request.think, thinking=request.thinking)
        reasoning = parted.reasoning
        answer = parted.answer if parted.answer is not None else "" if parted.reasoning is not None else text
    answer, stopped = cut_at_stop(answer, request.stop)
    return GenerationResponse(answer, "length" if cut and not stopped else "stop", reasoning, generated, prefilled)

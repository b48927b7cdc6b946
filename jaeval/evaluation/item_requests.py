"""From a document's prompts to requests in tokens, read by the rules of lm-eval 0.4.13."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jaeval.engines.protocol import ChoiceRequest, GenerationRequest, Request
from jaeval.engines.tokenizer import Tokenizer
from jaeval.errors import TaskError
from jaeval.evaluation.encode import Encoder, Tokens, move_spaces

DEFAULT_MAX_TOKENS = 256
"""lm-eval's limit on a generated answer where a task names none."""
SAMPLING = ("top_p", "top_k", "min_p", "repetition_penalty")
NEUTRAL = {"num_beams": 1, "num_return_sequences": 1, "use_cache": None, "early_stopping": None, "do_sample": None}
"""Generation settings that change nothing here: allowed at this value (None: at any)."""

Place = tuple[int, int]
"""Where an answer stands: which of an item's requests, and for choices which of its continuations (else -1)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one item asks.

    Attributes:
        requests: its distinct requests.
        places: for each of lm-eval's instances, where its answers stand: one for each repeat, or the windows of a
            rolling text.
        truncated: prompts that lost tokens on the left.
    """

    requests: list[Request]
    places: list[list[Place]]
    truncated: int


def texts_of(instances: Iterable[Any]) -> Iterator[str]:
    """The texts that `wanted` will encode, so that those of many items can be encoded together."""
    for instance in instances:
        text = instance.args[0]
        if instance.request_type == "loglikelihood" and text:
            context, continuation = move_spaces(text, instance.args[1])
            yield context
            yield context + continuation
        elif text:
            yield text


def wanted(
    instances: Sequence[Any], encoder: Encoder, tokenizer: Tokenizer, *, seed: int, repeats: int, task: str
) -> Wanted:
    """The requests of one item.

    Args:
        instances: lm-eval's, all of one request type.
        encoder: of the tokenizer.
        tokenizer: the checkpoint's.
        seed: seeds sampled answers; a repeat adds its number.
        repeats: how often a generation is asked.
        task: for errors.

    Raises:
        TaskError: a request type or a generation setting is not supported.
    """
    before = encoder.truncated
    numbers: dict[Request, int] = {}
    kinds = {instance.request_type for instance in instances}
    if kinds == {"loglikelihood"}:
        places = [[place] for place in _choices([encoder.pair(*instance.args) for instance in instances], numbers)]
    elif kinds == {"loglikelihood_rolling"}:
        places = [_choices(encoder.rolling(instance.args[0]), numbers) for instance in instances]
    elif kinds == {"generate_until"}:
        places = []
        for instance in instances:
            text, settings = instance.args
            asked = [
                generation_request(text, settings, encoder, tokenizer, seed + repeat, task) for repeat in range(repeats)
            ]
            places.append([(numbers.setdefault(request, len(numbers)), -1) for request in asked])
    else:
        raise TaskError(f"requests of type {', '.join(sorted(kinds))} are not supported", file=task)
    return Wanted(list(numbers), places, encoder.truncated - before)


def _choices(pairs: list[tuple[Tokens, Tokens]], numbers: dict[Request, int]) -> list[Place]:
    """Gather continuations of one context into one request, and say where each answer stands."""
    by_context: dict[Tokens, dict[Tokens, int]] = {}
    for context, continuation in pairs:
        group = by_context.setdefault(context, {})
        group.setdefault(continuation, len(group))
    number = {
        context: numbers.setdefault(ChoiceRequest(context, tuple(group)), len(numbers))
        for context, group in by_context.items()
    }
    return [(number[context], by_context[context][continuation]) for context, continuation in pairs]


def generation_request(
    text: str, settings: dict[str, Any], encoder: Encoder, tokenizer: Tokenizer, seed: int, task: str
) -> GenerationRequest:
    """A request from lm-eval's `generation_kwargs`, read as lm-eval 0.4.13 reads them for vLLM.

    Raises:
        TaskError: a setting that would change the answer is not supported.
    """
    given = dict(settings)
    until = given.pop("until", None) or []
    stops = [until] if isinstance(until, str) else list(until)
    if tokenizer.end_text and tokenizer.end_text not in stops:
        stops.append(tokenizer.end_text)
    names = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
    limits = [value for name in names if (value := given.pop(name, None)) is not None]
    sampled = given.get("do_sample")
    # Sampling without a temperature is vLLM's default, 1; a temperature of 0 is greedy whatever `do_sample` says.
    temperature = float(given.pop("temperature", 1.0 if sampled else 0.0))
    if sampled is False:
        temperature = 0.0
    sampling = {name: given.pop(name) for name in SAMPLING if name in given}
    for name, value in given.items():
        if name not in NEUTRAL or NEUTRAL[name] not in (None, value):
            raise TaskError(f"is not supported (value {value!r})", file=task, field=f"generation_kwargs.{name}")
    prompt, max_tokens = encoder.prompt(text, int(limits[0]) if limits else DEFAULT_MAX_TOKENS)
    greedy = temperature <= 0
    penalty = {"repetition_penalty": sampling["repetition_penalty"]} if "repetition_penalty" in sampling else {}
    return GenerationRequest(
        prompt,
        max_tokens,
        tuple(stops),
        temperature,
        seed=None if greedy else seed,
        think=tokenizer.think,
        thinking=tokenizer.think is not None and text.rstrip().endswith(tokenizer.think.open),
        **(penalty if greedy else sampling),
    )

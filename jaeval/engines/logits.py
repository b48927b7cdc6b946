"""An engine from any function that maps token ids to logits: the door for models that no serving engine knows.

A recurrent "continuous thought" network, a state-space model of your own, an ensemble: give its forward pass and a
tokenizer, and it is scored like any checkpoint. Nothing is cached between tokens, so generation costs a full forward
pass for each new token; a model with a cache overrides `_generate`, as the transformers engine does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jaeval.engines.answers import generation_response
from jaeval.engines.protocol import (
    ChoiceRequest,
    ChoiceResponse,
    FailedResponse,
    Fingerprint,
    GenerationRequest,
    GenerationResponse,
    Request,
    Response,
)
from jaeval.engines.reasoning import StopWatch
from jaeval.engines.tokenizer import Tokenizer

if TYPE_CHECKING:
    import torch


class LogitsEngine:
    """See `jaeval.engines.protocol.Engine`.

    Args:
        logits: maps token ids `[batch, length]` (int64, padded on the right) to logits `[batch, length, vocabulary]`.
            Row t may depend on tokens 0 … t only. Called without gradients.
        tokenizer: the model's tokenizer.
        weight_hash: names the weights: change it whenever they change, or the cache serves old answers.
        max_length: the most tokens of prompt and answer together.
        end_token: the id that ends an answer; None where there is none.
        batch_size: sequences in one forward pass.
        device: where `logits` wants its input.
        name: the engine's name in the fingerprint, with `**details`.
    """

    def __init__(
        self,
        logits: Callable[[torch.Tensor], torch.Tensor],
        tokenizer: Tokenizer,
        *,
        weight_hash: str,
        max_length: int = 2048,
        end_token: int | None = None,
        batch_size: int = 16,
        device: str = "cpu",
        name: str = "logits",
        **details: str | int | float | bool | None,
    ) -> None:
        self._logits = logits
        self._weight_hash = weight_hash
        self._end_token = end_token
        self._batch_size = batch_size
        self._device = device
        self._fingerprint: Fingerprint = {"engine": name, "batch_size": batch_size, "device": device, **details}
        self.tokenizer = tokenizer
        self.max_length = max_length

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._weight_hash

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`."""
        return dict(self._fingerprint)

    def start(self) -> None:
        """See `Engine.start`. Nothing to do: the caller's function is ready."""

    def close(self) -> None:
        """See `Engine.close`. Nothing is held."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`. Sequences of like length share a forward pass, the longest first."""
        import torch

        choices = [(i, request) for i, request in enumerate(requests) if isinstance(request, ChoiceRequest)]
        generations = []
        for index, request in enumerate(requests):
            if isinstance(request, GenerationRequest):
                if request.min_p or request.repetition_penalty not in (None, 1.0):
                    yield index, FailedResponse("this engine knows neither min_p nor repetition_penalty")
                else:
                    generations.append((index, request))
        with torch.inference_mode():
            yield from self._answer_choices(choices)
            yield from self._answer_generations(generations)

    def _answer_choices(self, choices: list[tuple[int, ChoiceRequest]]) -> Iterator[tuple[int, Response]]:
        jobs = [
            (len(request.context) + len(continuation), place, number)
            for place, (_, request) in enumerate(choices)
            for number, continuation in enumerate(request.continuations)
        ]
        jobs.sort(reverse=True)
        found: dict[tuple[int, int], tuple[float, bool] | FailedResponse] = {}
        waiting = {place: len(request.continuations) for place, (_, request) in enumerate(choices)}
        for start in range(0, len(jobs), self._batch_size):
            batch = [(place, number) for _, place, number in jobs[start : start + self._batch_size]]
            pairs = [(choices[p][1].context, choices[p][1].continuations[n]) for p, n in batch]
            for key, answer in zip(batch, self._score(pairs), strict=True):
                found[key] = answer
                waiting[key[0]] -= 1
            for place in sorted({place for place, _ in batch}):
                if waiting[place] == 0:
                    index, request = choices[place]
                    parts = [found.pop((place, n)) for n in range(len(request.continuations))]
                    yield index, _choice_response(request, parts)

    def _score(
        self, pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]
    ) -> list[tuple[float, bool] | FailedResponse]:
        import torch

        texts = [context + continuation for context, continuation in pairs]
        if max(map(len, texts)) > self.max_length:
            return [FailedResponse(f"prompt is longer than {self.max_length} tokens")] * len(pairs)
        ids = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.int64)
        for row, tokens in enumerate(texts):
            ids[row, : len(tokens)] = torch.tensor(tokens)
        logits = self._logits(ids.to(self._device))
        answers: list[tuple[float, bool] | FailedResponse] = []
        for row, (context, continuation) in enumerate(pairs):
            rows = logits[row, len(context) - 1 : len(context) + len(continuation) - 1].float().log_softmax(-1)
            picked = rows.gather(-1, torch.tensor(continuation, device=rows.device)[:, None])[:, 0]
            answers.append((float(picked.double().sum()), bool((picked >= rows.max(-1).values).all())))
        return answers

    def _answer_generations(self, generations: list[tuple[int, GenerationRequest]]) -> Iterator[tuple[int, Response]]:
        generations.sort(key=lambda entry: len(entry[1].prompt), reverse=True)
        for start in range(0, len(generations), self._batch_size):
            batch = generations[start : start + self._batch_size]
            answers = self._generate([request for _, request in batch])
            yield from ((index, answer) for (index, _), answer in zip(batch, answers, strict=True))

    def _generate(self, requests: Sequence[GenerationRequest]) -> Sequence[GenerationResponse]:
        import torch

        grown = [list(request.prompt) for request in requests]
        running = set(range(len(requests)))
        cut: set[int] = set()
        while running:
            rows = sorted(running)
            ids = torch.zeros(len(rows), max(len(grown[row]) for row in rows), dtype=torch.int64)
            for place, row in enumerate(rows):
                ids[place, : len(grown[row])] = torch.tensor(grown[row])
            logits = self._logits(ids.to(self._device))
            for place, row in enumerate(rows):
                request = requests[row]
                step = len(grown[row]) - len(request.prompt)
                token = pick_token(logits[place, len(grown[row]) - 1].float(), request, step)
                if token == self._end_token:
                    running.discard(row)
                    continue
                grown[row].append(token)
                if self.is_finished(request, grown[row][len(request.prompt) :]):
                    running.discard(row)
                elif step + 1 >= request.max_tokens or len(grown[row]) >= self.max_length:
                    running.discard(row)
                    cut.add(row)
        return [
            self.response(request, grown[row][len(request.prompt) :], row in cut)
            for row, request in enumerate(requests)
        ]

    def is_finished(self, request: GenerationRequest, tokens: Sequence[int]) -> bool:
        """Whether the new tokens hold a stop text (in the answer part, for a reasoning model)."""
        watch = StopWatch(request.stop, request.think, thinking=request.thinking)
        return watch.feed(self.tokenizer.decode(tokens))

    def response(self, request: GenerationRequest, tokens: Sequence[int], cut: bool) -> GenerationResponse:
        """The response made of the new tokens; `cut` says that `max_tokens` ended them."""
        return generation_response(request, self.tokenizer.decode(tokens), cut, len(tokens), len(request.prompt))


def pick_token(logits: torch.Tensor, request: GenerationRequest, step: int) -> int:
    """The next token from logits `[vocabulary]`: the likeliest, or drawn by temperature, top-k and top-p."""
    import torch

    if request.temperature <= 0:
        return int(logits.argmax())
    logits = logits / request.temperature
    if request.top_k and request.top_k > 0:
        logits = logits.masked_fill(logits < logits.topk(min(request.top_k, logits.numel())).values[-1], float("-inf"))
    if request.top_p is not None and request.top_p < 1:
        ordered, places = logits.sort(descending=True)
        before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
        logits = logits.index_fill(0, places[before >= request.top_p], float("-inf"))
    # A seed of its own for each prompt and step: the draw does not depend on what else is in the batch.
    generator = torch.Generator(device=logits.device)
    generator.manual_seed(hash((request.seed or 0, step, *request.prompt[-64:])) & 0x7FFF_FFFF_FFFF_FFFF)
    return int(torch.multinomial(logits.softmax(-1), 1, generator=generator))


def _choice_response(request: ChoiceRequest, answers: list[tuple[float, bool] | FailedResponse]) -> Response:
    for answer in answers:
        if isinstance(answer, FailedResponse):
            return answer
    scored: Any = answers
    computed = sum(len(request.context) + len(continuation) for continuation in request.continuations)
    return ChoiceResponse(tuple(value for value, _ in scored), tuple(greedy for _, greedy in scored), computed)

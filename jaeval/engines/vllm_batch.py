"""One batch of vLLM: requests go in as tokens so that its batch is always full, answers are gathered as they come."""

from __future__ import annotations

import math
import time
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jaeval.engines.answers import generation_response
from jaeval.engines.choices import Costs, Gathered, Node, Way, cheapest, trie
from jaeval.engines.protocol import (
    ChoiceRequest,
    ChoiceResponse,
    FailedResponse,
    GenerationRequest,
    Request,
    Response,
)
from jaeval.engines.reasoning import StopWatch
from jaeval.engines.tokenizer import TextStream, Tokenizer
from jaeval.errors import EngineError

FORCED = "jaeval_forced"
"""The key of `SamplingParams.extra_args` that holds what `jaeval.engines.forced` makes vLLM generate."""
AHEAD = 4
"""Prompts handed to vLLM in advance, as a multiple of `max_num_seqs`: enough to fill each batch, little memory."""


@dataclass(slots=True)
class _Prompt:
    """One prompt on its way through vLLM, and what it is for."""

    request: int
    tokens: tuple[int, ...]
    node: Node | None = None
    choice: int | None = None
    way: Way = "nodes"
    answer: _Answer | None = None


class _Answer:
    """A generated answer as it grows."""

    def __init__(self, request: GenerationRequest, tokenizer: Tokenizer) -> None:
        self.tokens: list[int] = []
        self._stream: TextStream = tokenizer.stream()
        self._watch = StopWatch(request.stop, request.think, thinking=request.thinking)

    def feed(self, tokens: Sequence[int]) -> bool:
        """Add tokens; whether a stop text ends the answer now."""
        self.tokens += tokens
        return self._watch.feed(self._stream.feed(tokens))


class Batch:
    """The requests of one `respond`, fed to vLLM so that its batch is always full, and gathered as they come back.

    Args:
        engine: vLLM's `LLMEngine`.
        tokenizer: the checkpoint's.
        requests: what is asked.
        costs: decides how choices are scored.
        first_id: makes the names of this batch's prompts differ from those of other batches.

    Attributes:
        busy_seconds: how long vLLM itself has computed.
    """

    def __init__(
        self, engine: Any, tokenizer: Tokenizer, requests: Sequence[Request], *, costs: Costs, first_id: int
    ) -> None:
        self.busy_seconds = 0.0
        self._costs = costs
        self._engine = engine
        self._tokenizer = tokenizer
        self._requests = requests
        self._prefix = f"{first_id}-"
        self._under_way: dict[str, _Prompt] = {}
        self._gathered: dict[int, Gathered] = {}
        self._queue = deque(self._order())
        self._ready: deque[tuple[int, Response]] = deque()
        self._count = 0
        self._ahead = AHEAD * int(self._engine.vllm_config.scheduler_config.max_num_seqs)

    def _order(self) -> list[int]:
        # Keys in four bytes a token: the requests may be packed, and more than would fit unpacked.
        choices: list[tuple[bytes, int]] = []
        generations: list[tuple[int, bytes, int]] = []
        for place, request in enumerate(self._requests):
            if isinstance(request, ChoiceRequest):
                choices.append((array("I", request.context).tobytes(), place))
            else:  # the longest answers first: a long one that starts last would run alone at the end
                generations.append((-request.max_tokens, array("I", request.prompt).tobytes(), place))
        return [place for _, _, place in sorted(generations)] + [place for _, place in sorted(choices)]

    def run(self) -> Iterator[tuple[int, Response]]:
        """Yield each response, with its request's place, as it is finished; see `Engine.respond`."""
        try:
            while self._queue or self._under_way:
                while self._queue and len(self._under_way) < self._ahead:
                    self._submit(self._queue.popleft())
                if self._under_way:
                    began = time.monotonic()
                    outputs = self._engine.step()
                    self.busy_seconds += time.monotonic() - began
                    for output in outputs:
                        self._take(output)
                while self._ready:
                    yield self._ready.popleft()
        except Exception as error:
            raise EngineError(f"vLLM died ({last_line(error)})", remedy="Run again with --resume") from error
        finally:
            if self._under_way:
                self._engine.abort_request(list(self._under_way))

    def _submit(self, index: int) -> None:
        request = self._requests[index]
        try:
            if isinstance(request, GenerationRequest):
                prompt = _Prompt(index, request.prompt, answer=_Answer(request, self._tokenizer))
                self._send(prompt, _generation_params(request, self._tokenizer.end_tokens))
                return
            if not any(request.continuations):  # nothing to ask
                self._ready.append((index, ChoiceResponse(*Gathered(request, waiting=0).sums())))
                return
            self._submit_choices(index, request, cheapest(request, self._costs))
        except _refusals() as error:  # of this one prompt: too long, or a token outside the vocabulary
            self._gathered.pop(index, None)
            self._drop(index)
            self._ready.append((index, FailedResponse(last_line(error))))

    def _submit_choices(self, index: int, request: ChoiceRequest, way: Way) -> None:
        if way == "nodes":
            nodes = trie(request.continuations, chains=self._costs.forces)
            self._gathered[index] = Gathered(request, waiting=len(nodes))
            for node in nodes:
                self._send(_Prompt(index, request.context + node.prefix, node=node), _node_params(node))
            return
        asked = [choice for choice, continuation in enumerate(request.continuations) if continuation]
        self._gathered[index] = Gathered(request, waiting=len(asked) + (way == "scored"))
        if way == "scored":
            longest = max(map(len, request.continuations))
            self._send(_Prompt(index, request.context, way=way), _greedy_params(longest))
        for choice in asked:
            prompt = _Prompt(index, request.context + request.continuations[choice], choice=choice, way=way)
            self._send(prompt, _choice_params(request, prompt, cached=True))

    def _send(self, prompt: _Prompt, params: Any) -> None:
        from vllm import TokensPrompt

        self._count += 1
        name = f"{self._prefix}{self._count}"
        self._engine.add_request(name, TokensPrompt(prompt_token_ids=list(prompt.tokens)), params)
        self._under_way[name] = prompt

    def _drop(self, index: int) -> None:
        if names := [name for name, prompt in self._under_way.items() if prompt.request == index]:
            self._engine.abort_request(names)
            for name in names:
                del self._under_way[name]

    def _take(self, output: Any) -> None:
        name = output.request_id
        prompt = self._under_way.get(name)
        if prompt is None:
            return
        request = self._requests[prompt.request]
        if isinstance(request, GenerationRequest):
            self._take_generation(name, prompt, request, output)
        elif output.finished:
            del self._under_way[name]
            self._take_choice(prompt, output)

    def _take_generation(self, name: str, prompt: _Prompt, request: GenerationRequest, output: Any) -> None:
        completion, answer = output.outputs[0], prompt.answer
        assert answer is not None
        ends = self._tokenizer.end_tokens
        new = list(completion.token_ids)
        ended = bool(new) and new[-1] in ends
        stopped = answer.feed(new[:-1] if ended else new)
        if not (output.finished or stopped):
            return
        if not output.finished:
            self._engine.abort_request([name])
        del self._under_way[name]
        cut = output.finished and not ended and completion.finish_reason == "length"
        prefilled = len(prompt.tokens) - (output.num_cached_tokens or 0)
        text = self._tokenizer.decode(answer.tokens)
        generated = len(answer.tokens) + ended
        self._ready.append((prompt.request, generation_response(request, text, cut, generated, prefilled)))

    def _take_choice(self, prompt: _Prompt, output: Any) -> None:
        gathered = self._gathered[prompt.request]
        cached = output.num_cached_tokens or 0
        gathered.prefilled_tokens += len(prompt.tokens) - cached
        if prompt.node is not None:
            gathered.prefilled_tokens += len(prompt.node.forced)
            _take_node(gathered, prompt.node, output.outputs[0])
        elif prompt.choice is None:
            gathered.likeliest = tuple(output.outputs[0].token_ids)
            gathered.prefilled_tokens += len(gathered.likeliest) - 1
        else:
            continuation = gathered.request.continuations[prompt.choice]
            start = len(prompt.tokens) - len(continuation)
            if cached >= start:  # vLLM leaves the rows of cached tokens unset: ask again without the cache
                self._send(prompt, _choice_params(gathered.request, prompt, cached=False))
                return
            if prompt.way == "scored":
                for place, (token, row) in enumerate(zip(continuation, output.prompt_token_id_logprobs, strict=True)):
                    gathered.add(continuation[:place], {token: float(row[0])}, float(row[0]))
            else:
                rows = output.prompt_logprobs[-len(continuation) :]
                for place, (token, row) in enumerate(zip(continuation, rows, strict=True)):
                    best = max(float(entry.logprob) for entry in row.values())
                    gathered.add(continuation[:place], {token: float(row[token].logprob)}, best)
        gathered.waiting -= 1
        if gathered.waiting == 0:
            totals, greedy = gathered.sums()
            del self._gathered[prompt.request]
            self._ready.append((prompt.request, ChoiceResponse(totals, greedy, gathered.prefilled_tokens)))


def _take_node(gathered: Gathered, node: Node, completion: Any) -> None:
    for place, token in enumerate(node.forced):
        entry = completion.logprobs[place][token]
        value = float(entry.logprob)
        # Another token was likelier, or as likely: of a forced one vLLM tells the rank, not the best of all.
        best = value if entry.rank == 1 else math.inf
        gathered.add(node.prefix + node.forced[:place], {token: value}, best)
    row = {token: float(entry.logprob) for token, entry in completion.logprobs[-1].items()}
    values = {token: row[token] for token in node.children}
    gathered.add(node.prefix + node.forced, values, row[completion.token_ids[-1]])


def _refusals() -> tuple[type[Exception], ...]:
    from vllm import exceptions

    return ValueError, getattr(exceptions, "VLLMClientError", ValueError)


def _generation_params(request: GenerationRequest, end_tokens: Sequence[int]) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    optional = {
        name: value
        for name in ("top_p", "top_k", "min_p", "repetition_penalty", "seed")
        if (value := getattr(request, name)) is not None
    }
    # Stop texts are watched for here (`_Answer`), because in a reasoning model they may stand inside the reasoning.
    return SamplingParams(
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        stop_token_ids=list(end_tokens),
        detokenize=False,
        output_kind=RequestOutputKind.DELTA,
        **optional,
    )


def _node_params(node: Node) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        max_tokens=1 + len(node.forced),
        temperature=0.0,
        detokenize=False,
        ignore_eos=True,
        logprobs=len(node.children),
        logprob_token_ids=list(node.children),
        output_kind=RequestOutputKind.FINAL_ONLY,
        extra_args={FORCED: list(node.forced)} if node.forced else None,
    )


def _greedy_params(length: int) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        max_tokens=length,
        temperature=0.0,
        detokenize=False,
        ignore_eos=True,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _choice_params(request: ChoiceRequest, prompt: _Prompt, *, cached: bool) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    wanted: dict[str, Any] = {"prompt_logprobs": 1}
    if prompt.way == "scored":  # row i is the prediction of prompt token `prompt_logprob_start` + i + 1
        assert prompt.choice is not None
        wanted = {
            "prompt_logprob_token_ids": [[token] for token in request.continuations[prompt.choice]],
            "prompt_logprob_start": len(request.context) - 1,
        }
    return SamplingParams(
        max_tokens=1,
        temperature=0.0,
        detokenize=False,
        skip_reading_prefix_cache=not cached,
        output_kind=RequestOutputKind.FINAL_ONLY,
        **wanted,
    )


def last_line(error: BaseException) -> str:
    """The last line of an error's message: vLLM puts the cause there."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1][:300]

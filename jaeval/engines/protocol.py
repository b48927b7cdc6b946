"""What an engine is asked, what it answers, and the one protocol that all engines share.

Everything here is token ids and plain values: no engine, tokenizer or task is imported. The plan makes requests, an
engine turns them into responses, the journal stores those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from jaeval.engines.reasoning import ThinkTags
from jaeval.engines.tokenizer import Tokenizer

if TYPE_CHECKING:
    import torch

Fingerprint = dict[str, str | int | float | bool | None]
"""What besides weights and prompt may move a number: engine, versions, dtype, batch limits. Flat, JSON values."""


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """How likely is each continuation after one context?

    Attributes:
        context: token ids, at least one.
        continuations: token ids of each choice. One that the tokenizer merges into its context is empty; as in lm-eval
        its log-likelihood is 0, and it is greedy.
    """

    context: tuple[int, ...]
    continuations: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Continue a prompt.

    Attributes:
        prompt: token ids, at least one.
        max_tokens: the most new tokens.
        stop: texts that end the answer; they are not part of it.
        temperature: 0 is greedy.
        top_p, top_k, min_p, repetition_penalty: sampling, by vLLM's names; None is the engine's default.
        seed: for sampled answers; None where greedy.
        think: the tags of a reasoning model; stop texts are then looked for in the answer only, never in the reasoning.
        thinking: the prompt has already opened the reasoning part.
    """

    prompt: tuple[int, ...]
    max_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    think: ThinkTags | None = None
    thinking: bool = False


Request = ChoiceRequest | GenerationRequest


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """Answer to a `ChoiceRequest`, in the order of its continuations.

    Attributes:
        log_likelihoods: natural logarithms, summed over a continuation's tokens.
        greedy: whether the continuation is what greedy decoding would have given.
        prefilled_tokens: prompt tokens that the engine computed for it (not served from a prefix cache).
    """

    log_likelihoods: tuple[float, ...]
    greedy: tuple[bool, ...]
    prefilled_tokens: int = 0


@dataclass(frozen=True, slots=True)
class GenerationResponse:
    """Answer to a `GenerationRequest`.

    Attributes:
        text: the answer, without stop text and without reasoning.
        finish: "stop" (a stop text or the end token) or "length" (cut at `max_tokens`: a truncated answer).
        reasoning: what stood between the think tags; None where there was none.
        generated_tokens: new tokens, reasoning included.
        prefilled_tokens: prompt tokens computed.
    """

    text: str
    finish: Literal["stop", "length"]
    reasoning: str | None = None
    generated_tokens: int = 0
    prefilled_tokens: int = 0


@dataclass(frozen=True, slots=True)
class FailedResponse:
    """The engine could not answer this request; others go on.

    Attributes:
        error: why, in one line.
    """

    error: str


Response = ChoiceResponse | GenerationResponse | FailedResponse


@runtime_checkable
class Engine(Protocol):
    """A checkpoint that answers requests.

    Making an engine is cheap; what is heavy (importing torch, loading weights) waits for `start`, so that a run whose
    answers are all in the cache never starts it. An engine is started and asked in one thread, which need not be the
    one that made it.
    """

    @property
    def tokenizer(self) -> Tokenizer:
        """Text to tokens and back."""
        ...

    @property
    def max_length(self) -> int:
        """The most tokens of prompt and answer together."""
        ...

    def weight_hash(self) -> str:
        """The sha256 of what determines the answers: weights, architecture and tokenizer, wherever they are stored."""
        ...

    def fingerprint(self) -> Fingerprint:
        """What besides the weights may move a number. Must be known before the engine starts, and not change after."""
        ...

    def start(self) -> None:
        """Load the weights. A second call does nothing; `respond` calls it where nobody has.

        Raises:
            EngineError: the engine cannot start.
        """
        ...

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer all requests in one batch, yielding `(index, response)` as each is finished, in any order.

        Raises:
            EngineError: the engine cannot start, or died.
        """
        ...

    def close(self) -> None:
        """Free memory and devices. Safe to call twice."""
        ...


@runtime_checkable
class Reloadable(Protocol):
    """An engine whose weights can be changed while it runs."""

    def reload(self, weights: Path | Iterable[tuple[str, torch.Tensor]], *, weight_hash: str) -> None:
        """Change every weight in place, and forget whatever was computed with the old ones.

        Args:
            weights: a checkpoint folder, or tensors by their names in a checkpoint. All of them, in the shapes of the
                checkpoint that the engine was made with: nobody else checks that.
            weight_hash: what `Engine.weight_hash` says from now on.

        Raises:
            EngineError: they cannot be loaded. What the engine then holds is unknown: close it.
        """
        ...

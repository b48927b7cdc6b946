"""An engine that answers by a script: for testing what stands around an engine. Its answers are no model's."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

from jaeval.engines.answers import generation_response
from jaeval.engines.protocol import (
    ChoiceRequest,
    ChoiceResponse,
    Fingerprint,
    GenerationRequest,
    Request,
    Response,
)
from jaeval.engines.reasoning import ThinkTags
from jaeval.engines.tokenizer import Redecoded, TextStream

END = 0
"""The end token of `CharacterTokenizer`: the character NUL."""


class CharacterTokenizer:
    """One token for each character; its id is the character's code point."""

    end_text: str = "\0"
    end_tokens: tuple[int, ...] = (END,)
    prefix_token: int = END

    def __init__(self, think: ThinkTags | None = None) -> None:
        self.think = think

    def encode(self, texts: Sequence[str], *, special_tokens: bool | None = None) -> list[list[int]]:
        """See `Tokenizer.encode`."""
        return [[ord(character) for character in text] for text in texts]

    def decode(self, tokens: Sequence[int]) -> str:
        """See `Tokenizer.decode`."""
        return "".join(map(chr, tokens))

    def stream(self) -> TextStream:
        """See `Tokenizer.stream`."""
        return Redecoded(self.decode)

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """See `Tokenizer.apply_chat_template`: `[role]content` in lines."""
        turns = "".join(f"[{turn['role']}]{turn['content']}\n" for turn in messages)
        return turns + "[assistant]" if add_generation_prompt else turns.rstrip("\n")


class ScriptedEngine:
    """See `jaeval.engines.protocol.Engine`.

    Args:
        generate: maps a prompt's text to the text that the "model" generates; the default repeats the prompt's end.
        likelihood: maps (context, continuation) to a log-likelihood; the default is a checksum, fixed and arbitrary.
        name: stands for the weights.
        think: tags of a "reasoning model".
        max_length: the most tokens of prompt and answer together.
    """

    def __init__(
        self,
        generate: Callable[[str], str] = lambda prompt: prompt[-8:],
        likelihood: Callable[[str, str], float] | None = None,
        *,
        name: str = "scripted",
        think: ThinkTags | None = None,
        max_length: int = 1_000_000,
    ) -> None:
        self._generate = generate
        self._likelihood = likelihood or _checksum
        self._name = name
        self.tokenizer = CharacterTokenizer(think)
        self.max_length = max_length
        self.answered = 0
        """How many requests it has answered."""

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._name

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`."""
        return {"engine": "scripted"}

    def start(self) -> None:
        """See `Engine.start`."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`."""
        for index, request in enumerate(requests):
            self.answered += 1
            yield index, self._answer(request)

    def _answer(self, request: Request) -> Response:
        if isinstance(request, ChoiceRequest):
            context = self.tokenizer.decode(request.context)
            values = tuple(self._likelihood(context, self.tokenizer.decode(c)) for c in request.continuations)
            return ChoiceResponse(values, tuple(value == max(values) for value in values), len(request.context))
        return self._grow(request)

    def _grow(self, request: GenerationRequest) -> Response:
        text = self._generate(self.tokenizer.decode(request.prompt))
        cut = len(text) > request.max_tokens
        text = text[: request.max_tokens]
        return generation_response(request, text, cut, len(text), len(request.prompt))

    def close(self) -> None:
        """See `Engine.close`."""


def _checksum(context: str, continuation: str) -> float:
    return -(zlib.crc32(f"{context}\0{continuation}".encode()) % 10_000) / 1000 - 0.001

"""An OpenAI-compatible server whose "model" is a checksum: for testing what asks it. It behaves as vLLM 0.32 does."""

from __future__ import annotations

import asyncio
import zlib
from array import array
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from jaeval.engines import ChoiceRequest, ChoiceResponse
from jaeval.engines.answers import generation_response
from jaeval.engines.protocol import Request, Response
from jaeval.engines.server.loop import Loop
from jaeval.engines.server.process import free_port
from jaeval.engines.tokenizer import Tokenizer

VOCABULARY = 400
MAX_LENGTH = 512
END = 2


def likeliest(prompt: Sequence[int]) -> int:
    """The token that the "model" generates."""
    return zlib.crc32(array("I", prompt).tobytes()) % VOCABULARY


def log_probability(prompt: Sequence[int], token: int) -> float:
    if token == likeliest(prompt):
        return -0.0005
    return -(zlib.crc32(array("I", [*prompt, token]).tobytes()) % 10_000) / 1000 - 0.001


def generate(prompt: Sequence[int], length: int) -> list[int]:
    tokens: list[int] = []
    while len(tokens) < length and (not tokens or tokens[-1] != END):
        tokens.append(likeliest([*prompt, *tokens]))
    return tokens


def expected(request: Request, tokenizer: Tokenizer) -> Response:
    """What an engine with this "model" answers, its costs aside."""
    if isinstance(request, ChoiceRequest):
        sums, greedy = [], []
        for continuation in request.continuations:
            steps = [(request.context + continuation[:i], token) for i, token in enumerate(continuation)]
            sums.append(sum(log_probability(*step) for step in steps))
            greedy.append(all(likeliest(prefix) == token for prefix, token in steps))
        return ChoiceResponse(tuple(sums), tuple(greedy))
    tokens = generate(request.prompt, request.max_tokens)
    ended = tokens[-1] == END
    return generation_response(request, tokenizer.decode(tokens[:-1] if ended else tokens), not ended, len(tokens))


class Served:
    """An aiohttp application in a thread of its own, on a loopback port. A context manager."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._loop: Loop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def application(self) -> web.Application:
        raise NotImplementedError

    def start(self) -> None:
        self._loop = Loop()
        self._loop.wait(self._listen())

    async def _listen(self) -> None:
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    def stop(self) -> None:
        """Stop as a killed process does: connections break."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.wait(self._runner.cleanup())
            loop.close()

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class ScriptedServer(Served):
    """The server.

    Args:
        tokenizer: makes texts of what is "generated".
        name: the model's.
        root: the folder that it says to serve from.
        key: what clients must send.
        kind: "vllm"; "old" knows no named tokens; "plain" gives neither tokens nor log-probabilities, as others do.
        fingerprint: what it calls its settings.
        delay: seconds for each answer.
        most: the most requests under way; more are refused with 429.
        retry_after: the header of a refusal.

    Attributes:
        bodies: what it was asked at `completions`.
        highest: the most requests that were under way at once.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        *,
        name: str = "model",
        root: str = "organisation/model",
        key: str | None = None,
        kind: str = "vllm",
        fingerprint: str | None = "scripted-1",
        delay: float = 0.0,
        most: int = 10_000,
        retry_after: str | None = None,
        port: int | None = None,
    ) -> None:
        super().__init__(port)
        self.tokenizer, self.name, self.root, self.key, self.kind = tokenizer, name, root, key, kind
        self.fingerprint, self.delay, self.most, self.retry_after = fingerprint, delay, most, retry_after
        self.bodies: list[dict[str, Any]] = []
        self.under_way = self.highest = self.refused = 0

    def application(self) -> web.Application:
        application = web.Application(client_max_size=2**26)
        application.router.add_get("/v1/models", self._models)
        application.router.add_post("/v1/completions", self._completions)
        return application

    def _denied(self, request: web.Request) -> web.Response | None:
        if self.key is None or request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        return web.json_response({"error": "Unauthorized"}, status=401)

    async def _models(self, request: web.Request) -> web.Response:
        card = {"id": self.name, "object": "model", "root": self.root, "max_model_len": MAX_LENGTH}
        return self._denied(request) or web.json_response({"object": "list", "data": [card]})

    async def _completions(self, request: web.Request) -> web.Response:
        if (denied := self._denied(request)) is not None:
            return denied
        body = await request.json()
        if self.under_way >= self.most:
            self.refused += 1
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.json_response({"error": {"type": "rate_limit"}}, status=429, headers=headers)
        self.bodies.append(body)
        self.under_way += 1
        self.highest = max(self.highest, self.under_way)
        try:
            await asyncio.sleep(self.delay)
            return self._answer(body)
        finally:
            self.under_way -= 1

    def _answer(self, body: dict[str, Any]) -> web.Response:
        prompts = body["prompt"] if isinstance(body["prompt"][0], list) else [body["prompt"]]
        if any(len(prompt) + body["max_tokens"] > MAX_LENGTH for prompt in prompts):
            error = {"message": f"too long: {prompts}", "type": "BadRequestError", "param": "input_tokens"}
            return web.json_response({"error": error}, status=400)
        if self.kind == "old" and "logprob_token_ids" in body:
            return web.json_response({"error": {"message": f"unknown: {body}", "type": "invalid"}}, status=422)
        choices = [self._choice(index, prompt, body) for index, prompt in enumerate(prompts)]
        usage = {"prompt_tokens": sum(map(len, prompts)), "completion_tokens": sum(c.pop("count") for c in choices)}
        return web.json_response(
            {"id": "1", "choices": choices, "usage": usage, "system_fingerprint": self.fingerprint}
        )

    def _choice(self, index: int, prompt: list[int], body: dict[str, Any]) -> dict[str, Any]:
        tokens, finish, text = self._generate(prompt, body)
        choice: dict[str, Any] = {"index": index, "text": text, "finish_reason": finish, "count": len(tokens)}
        if self.kind == "plain":
            return choice
        if body.get("return_token_ids"):
            choice["token_ids"] = tokens
        if wanted := body.get("logprob_token_ids"):
            row = {f"token_id:{token}": log_probability(prompt, token) for token in {*wanted, tokens[0]}}
            best = row[f"token_id:{tokens[0]}"]
            choice["logprobs"] = {"token_logprobs": [best], "top_logprobs": [row]}
        if body.get("prompt_logprobs"):
            choice["prompt_logprobs"] = [None, *(self._row(prompt[:i], prompt[i]) for i in range(1, len(prompt)))]
        return choice

    def _generate(self, prompt: list[int], body: dict[str, Any]) -> tuple[list[int], str, str]:
        tokens = generate(prompt, body["max_tokens"])
        for place in range(1, len(tokens) + 1):  # a stop text ends the answer with the token that completes it
            text = self.tokenizer.decode(tokens[:place])
            if found := [at for stop in body.get("stop", ()) if (at := text.find(stop)) >= 0]:
                return tokens[:place], "stop", text[: min(found)]
        ended = tokens[-1] == END
        return tokens, "stop" if ended else "length", self.tokenizer.decode(tokens[:-1] if ended else tokens)

    def _row(self, prompt: list[int], token: int) -> dict[str, Any]:
        return {str(t): {"logprob": log_probability(prompt, t)} for t in (token, likeliest(prompt))}

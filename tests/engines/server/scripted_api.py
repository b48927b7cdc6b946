"""A chat service: what litellm talks to in the tests."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from aiohttp import web
from scripted_server import Served


class ScriptedApi(Served):
    """Answers with the last turn's last character, three times.

    Args:
        key: what clients must send.

    Attributes:
        bodies: what it was asked.
        statuses: what the next requests are answered with, instead of an answer.
        delay: seconds for each answer.
        finish, reasoning: of every answer.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.bodies: list[dict[str, Any]] = []
        self.statuses: itertools.chain[int] = itertools.chain()
        self.delay, self.finish, self.reasoning = 0.0, "stop", None

    def application(self) -> web.Application:
        application = web.Application(client_max_size=2**26)
        application.router.add_post("/v1/chat/completions", self._chat)
        return application

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            error = {"message": f"bad key {request.headers.get('Authorization')}", "type": "invalid_request_error"}
            return web.json_response({"error": error}, status=401)
        self.bodies.append(body)
        if (status := next(self.statuses, None)) is not None:
            error = {"message": f"you said {body['messages']}", "type": "some_error", "code": "x"}
            return web.json_response({"error": error}, status=status, headers={"Retry-After": "0"})
        await asyncio.sleep(self.delay)
        message = {"role": "assistant", "content": 3 * body["messages"][-1]["content"][-1]}
        if self.reasoning:
            message["reasoning_content"] = self.reasoning
        return web.json_response(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": self.finish}],
                "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
                "system_fingerprint": "fp",
            }
        )

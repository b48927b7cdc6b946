"""Stands for a server on a machine of its own: so many answers at a time, each after a fixed time, no model.

`python child_elsewhere.py PORT AT_ONCE SECONDS`. What is measured with it is the client alone.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web


class Elsewhere:
    """The server.

    Args:
        at_once: how many answers it works on; others wait.
        seconds: how long it works on one.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._room, self._seconds = asyncio.Semaphore(at_once), seconds

    def application(self) -> web.Application:
        """Its addresses."""
        application = web.Application(client_max_size=2**26)
        application.router.add_get("/v1/models", self._models)
        application.router.add_post("/v1/completions", self._completions)
        return application

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "elsewhere", "root": "elsewhere", "max_model_len": 2**20}]})

    async def _completions(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        async with self._room:
            await asyncio.sleep(self._seconds)
        tokens = [7] * body["max_tokens"]
        choice: dict[str, Any] = {"index": 0, "text": "x", "finish_reason": "length", "token_ids": tokens}
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": len(tokens)}
        return web.json_response({"choices": [choice], "usage": usage, "system_fingerprint": "elsewhere"})


if __name__ == "__main__":
    web.run_app(
        Elsewhere(int(sys.argv[2]), float(sys.argv[3])).application(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        print=None,
        access_log=None,
    )

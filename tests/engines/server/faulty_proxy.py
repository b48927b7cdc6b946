"""A proxy that spoils some of what passes through it: errors, stalls, broken connections, garbage."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import aiohttp
from aiohttp import web
from scripted_server import Served

KINDS = ("429", "500", "502", "503", "stall", "reset", "reset in mid-body", "garbage", "half", "not json", "empty")
GARBAGE = {
    "garbage": b'{"choices": [{"index": 0, "text": 7, "finish_reason": "stop"}], "system_fingerprint": null}',
    "half": b'{"choices": [{"index": 0, "te',
    "not json": b"<html>\xff\xfe\x00</html>",
    "empty": b"",
}


def some_faults(share: float, seed: int = 0, kinds: tuple[str, ...] = KINDS) -> Callable[[], str | None]:
    """Draws a fault for a given share of all requests."""
    draw = random.Random(seed)
    return lambda: draw.choice(kinds) if draw.random() < share else None


class FaultyProxy(Served):
    """The proxy.

    Args:
        target: the server behind it.
        fault: draws what happens to the next request: one of `KINDS`, or None to let it pass.
        stall: seconds for which a stalled answer is held back; it then comes.

    Attributes:
        seen: how often each fault happened; None counts what passed.
    """

    def __init__(self, target: str, fault: Callable[[], str | None], *, stall: float = 2.0) -> None:
        super().__init__()
        self.target, self.fault, self.stall = target, fault, stall
        self.seen: Counter[str | None] = Counter()

    def application(self) -> web.Application:
        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{path:.*}", self._pass)
        return application

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault()
        self.seen[fault] += 1
        if fault == "stall":
            await asyncio.sleep(self.stall)
        elif fault == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        elif fault in GARBAGE:
            return web.Response(body=GARBAGE[fault], content_type="application/json")
        elif fault is not None and fault.isdigit():
            headers = {"Retry-After": "0.05"} if fault == "429" else {}
            return web.Response(status=int(fault), headers=headers, text="<html>overloaded</html>")
        content = await request.read()
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.request(
                    request.method, f"{self.target}{request.path}", data=content, headers=headers
                ) as answer,
            ):
                found, status = await answer.read(), answer.status
        except aiohttp.ClientError:
            return web.Response(status=502)
        if fault == "reset in mid-body":
            broken = web.StreamResponse(status=200, headers={"Content-Length": str(len(found))})
            await broken.prepare(request)
            await broken.write(found[: len(found) // 2])
            assert request.transport is not None
            request.transport.abort()
            return broken
        return web.Response(body=found, status=status, content_type="application/json")

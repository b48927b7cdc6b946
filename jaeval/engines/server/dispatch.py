"""Sends calls to whichever server has room, again where that is worth it, and takes dead servers out."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from jaeval.engines.protocol import ChoiceRequest, FailedResponse, Request, Response
from jaeval.engines.server.calls import Call, answer_to_nothing
from jaeval.engines.server.endpoint import Endpoint
from jaeval.engines.server.probe import pause
from jaeval.engines.server.trouble import DeniedError, NotAnsweredError, RefusedError
from jaeval.errors import EngineError

if TYPE_CHECKING:
    import aiohttp

MOST_TRIES = 12
"""A call that failed so often makes its request fail; with one fault in five that is one call in 250 million."""
AHEAD = 64
"""Calls made before they can be sent: while a server works there is time, and when it has answered there is none."""
LEAVE_S = 5.0
"""How long requests under way may take to notice that nobody waits for them."""
FAILURES_IN_A_ROW = 4
"""Then a server is taken out until it says that it is well."""


@dataclass(slots=True)
class Tally:
    """What happened between here and the servers.

    Attributes:
        calls: HTTP requests sent.
        repeated: of these, those that had been sent before.
        seconds: how long each answered one took.
    """

    calls: int = 0
    repeated: int = 0
    seconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """As `jaeval.results.schema.Service` has it: of the seconds the median, the 95th percentile and the longest."""
        ordered = sorted(self.seconds)
        shares = {"median": 0.5, "p95": 0.95, "longest": 1.0} if ordered else {}
        latency = {name: ordered[math.ceil(share * len(ordered)) - 1] for name, share in shares.items()}
        return {"calls": self.calls, "repeated": self.repeated, "latency": latency}


class Dispatch:
    """Answers the requests of one `respond`. All its work happens in one event loop.

    Args:
        session: for HTTP; None where the endpoints need none.
        endpoints: the servers.
        calls_of: what has to be asked for a request; raises `RefusedError`.
        check: asks whether a server that was out is there again, and still the same; raises `NotAnsweredError` or
            `DeniedError`.
        fingerprint: what each answer must say that its server is.
        patience: seconds for which all servers may be away.
        tally: is kept up to date.
        give: takes each response with its request's place.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession | None,
        endpoints: Sequence[Endpoint],
        *,
        calls_of: Callable[[int, Request], list[Call]],
        check: Callable[[Any], Any],
        fingerprint: str,
        patience: float,
        tally: Tally,
        give: Callable[[tuple[int, Response]], None],
    ) -> None:
        self._session, self._endpoints = session, endpoints
        self._calls_of, self._check, self._fingerprint = calls_of, check, fingerprint
        self._patience, self._tally, self._give = patience, tally, give
        self._fresh: deque[Call] = deque()
        self._again: list[tuple[float, int, Call]] = []
        self._count = itertools.count()
        self._settled: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._revivals: dict[Endpoint, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._fatal: EngineError | None = None
        self._alone_since: float | None = None
        self._over = False

    async def run(self, requests: Sequence[Request]) -> None:
        """Answer all requests.

        Raises:
            EngineError: no server answers any more, or one answers no request of ours.
        """
        waiting = iter(in_order(requests))
        try:
            for endpoint in self._endpoints:
                if endpoint.out:
                    self._take_out(endpoint)
            while True:
                self._wake.clear()
                self._fill(requests, waiting)
                self._check_patience()
                if self._fatal is not None or len(self._settled) == len(requests):
                    break
                if len(self._fresh) < AHEAD and self._prepare(requests, waiting):
                    await asyncio.sleep(0)
                else:
                    await self._sleep()
        finally:
            self._over = True
            if under_way := [*self._tasks, *self._revivals.values()]:
                for task in under_way:
                    task.cancel()
                await asyncio.wait(under_way, timeout=LEAVE_S)
        if self._fatal is not None:
            raise self._fatal

    def _fill(self, requests: Sequence[Request], waiting: Iterator[int]) -> None:
        """Send as much as the servers have room for."""
        now = asyncio.get_running_loop().time()
        while room := [endpoint for endpoint in self._endpoints if endpoint.has_room(now)]:
            call = self._next(requests, waiting, now)
            if call is None:
                return
            endpoint = min(room, key=lambda endpoint: endpoint.under_way / endpoint.window.size)
            endpoint.under_way += 1
            task = asyncio.create_task(self._send(endpoint, call))
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, endpoint))

    def _next(self, requests: Sequence[Request], waiting: Iterator[int], now: float) -> Call | None:
        if self._again and self._again[0][0] <= now:
            return heapq.heappop(self._again)[2]
        while not self._fresh:
            if not self._prepare(requests, waiting):
                return None
        return self._fresh.popleft()

    def _prepare(self, requests: Sequence[Request], waiting: Iterator[int]) -> bool:
        """Make the calls of the next request, ahead of time where there is time; False where there is none left."""
        index = next(waiting, None)
        if index is None:
            return False
        request = requests[index]
        try:
            calls = self._calls_of(index, request)
        except RefusedError as refused:
            self._settle(index, FailedResponse(str(refused)))
            return True
        self._fresh.extend(calls)
        if not calls and isinstance(request, ChoiceRequest):
            self._settle(index, answer_to_nothing(request))
        return True

    def _ended(self, endpoint: Endpoint, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        endpoint.under_way -= 1
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fatal = self._fatal or EngineError(f"the engine has a fault ({type(error).__name__})")
        self._wake.set()

    async def _send(self, endpoint: Endpoint, call: Call) -> None:
        loop = asyncio.get_running_loop()
        sent = loop.time()
        self._tally.calls += 1
        self._tally.repeated += call.tries > 0
        try:
            if call.index in self._settled:  # another of its calls has failed for good
                return
            answer = await endpoint.post(self._session, "completions", call.body, call.content)
            self._check_fingerprint(answer)
            response = call.read(answer)
        except NotAnsweredError as trouble:
            self._troubled(endpoint, call, trouble, sent)
        except RefusedError as refused:
            endpoint.failures = 0
            self._settle(call.index, FailedResponse(str(refused)))
        except DeniedError as denied:
            self._fatal = EngineError(str(denied), file=endpoint.url)
        else:
            self._tally.seconds.append(loop.time() - sent)
            endpoint.failures, endpoint.refusing = 0, False
            endpoint.window.succeeded(endpoint.under_way)
            if response is not None:
                self._settle(call.index, response)

    def _check_fingerprint(self, answer: Any) -> None:
        found = answer.get("system_fingerprint") if isinstance(answer, dict) else None
        if self._fingerprint and not isinstance(found, str):
            raise NotAnsweredError("the answer is incomplete")
        if (found or "") != self._fingerprint:
            raise DeniedError("its settings differ from what they were, or from the other servers'")

    def _settle(self, index: int, response: Response) -> None:
        if index not in self._settled:
            self._settled.add(index)
            self._give((index, response))

    def _troubled(self, endpoint: Endpoint, call: Call, trouble: NotAnsweredError, sent: float) -> None:
        now = asyncio.get_running_loop().time()
        endpoint.trouble = trouble.reason
        if trouble.busy:
            endpoint.window.congested(sent, now)
        if trouble.wait is not None:
            endpoint.paused_until = max(endpoint.paused_until, now + trouble.wait)
            if endpoint.under_way == 1:  # otherwise it may be at work on the others
                endpoint.refusing = True
        else:
            endpoint.failures += 1
        if not trouble.unreachable and trouble.wait is None:
            call.tries += 1
        if call.tries >= MOST_TRIES:
            self._settle(call.index, FailedResponse(f"not answered in {MOST_TRIES} tries: {trouble.reason}"))
        else:
            again = now + (0.0 if trouble.wait is not None else pause(call.tries))
            heapq.heappush(self._again, (again, next(self._count), call))
        if endpoint.failures >= FAILURES_IN_A_ROW and not endpoint.out:
            endpoint.out = True
            self._take_out(endpoint)

    def _take_out(self, endpoint: Endpoint) -> None:
        self._revivals[endpoint] = asyncio.create_task(self._revive(endpoint))

    async def _revive(self, endpoint: Endpoint) -> None:
        for tried in itertools.count():
            if self._over:  # whatever is called below may have swallowed the cancellation
                return
            try:
                await self._check(endpoint)
            except NotAnsweredError as trouble:
                endpoint.trouble = trouble.reason
                await asyncio.sleep(0.2 + pause(tried, most=5.0))
            except (DeniedError, EngineError) as error:
                self._fatal = error if isinstance(error, EngineError) else EngineError(str(error), file=endpoint.url)
                self._wake.set()
                return
            else:
                endpoint.out, endpoint.failures = False, 0
                self._wake.set()
                return

    def _check_patience(self) -> None:
        """Give up where all servers have been away, or have refused everything, for too long."""
        now = asyncio.get_running_loop().time()
        if not all(endpoint.out or endpoint.refusing for endpoint in self._endpoints):
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since >= self._patience:
            told = "; ".join(f"{endpoint.url}: {endpoint.trouble}" for endpoint in self._endpoints)
            self._fatal = EngineError(
                f"no server has answered for {self._patience:g} s ({told})",
                field="--base-url",
                remedy="What was answered is kept: start a server and run again with --out and --resume",
            )

    async def _sleep(self) -> None:
        """Until something happens, or a call or a server is due."""
        now = asyncio.get_running_loop().time()
        due = [1.0]
        if self._again:
            due.append(self._again[0][0] - now)
        due += [endpoint.paused_until - now for endpoint in self._endpoints if endpoint.paused_until > now]
        timer = asyncio.get_running_loop().call_later(max(min(due), 0.001), self._wake.set)  # cheaper than wait_for
        await self._wake.wait()
        timer.cancel()


def in_order(requests: Sequence[Request]) -> list[int]:
    """The places of requests in the order to ask them: the longest answers first, then choices by context.

    A long answer that starts last would run alone at the end; contexts side by side share a prefix cache.
    """
    choices: list[tuple[bytes, int]] = []
    generations: list[tuple[int, bytes, int]] = []
    for place, request in enumerate(requests):
        if isinstance(request, ChoiceRequest):
            choices.append((array("I", request.context).tobytes(), place))
        else:  # in four bytes a token: the requests may be packed, and more than would fit unpacked
            generations.append((-request.max_tokens, array("I", request.prompt).tobytes(), place))
    return [place for _, _, place in sorted(generations)] + [place for _, place in sorted(choices)]

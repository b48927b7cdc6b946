"""Requests answered by OpenAI-compatible servers: one, or several with the same checkpoint.

A checkpoint folder stands beside the servers: its tokenizer makes the prompts and its weights give the run its name.
Answers are the model's, whichever server gave them, so nothing here depends on how many there are.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.choices import Costs
from jaeval.engines.protocol import ChoiceRequest, Fingerprint, Request, Response
from jaeval.engines.server.calls import Call, Offer, calls_of
from jaeval.engines.server.dispatch import Dispatch, Tally
from jaeval.engines.server.endpoint import Endpoint, base_urls, encoded
from jaeval.engines.server.keys import read_key
from jaeval.engines.server.loop import Loop
from jaeval.engines.server.probe import find_model, find_offer
from jaeval.engines.server.trouble import DeniedError, NotAnsweredError
from jaeval.engines.server.window import Window
from jaeval.engines.tokenizer import CheckpointTokenizer
from jaeval.engines.vllm import DEFAULT_LENGTH, row_cost
from jaeval.errors import EngineError

if TYPE_CHECKING:
    import aiohttp


class ServerEngine:
    """See `jaeval.engines.protocol.Engine`.

    Args:
        checkpoint: what the servers serve.
        base_url: their addresses, separated by commas.
        chat_template_args: see `CheckpointTokenizer`.
        seed: unused here; sampled answers carry their own.
        model: the served model's name; None where each server has only one.
        max_model_len: the most tokens of prompt and answer together; None takes the configuration's.
        api_key_env, api_key_file: where the key is; see `read_key`.
        concurrency: the most requests under way at each server. Fewer are where a server asks for that.
        request_timeout: seconds for one request.
        patience: seconds for which all servers may be away before the run gives up.

    Raises:
        EngineError: an address or key cannot be read, or aiohttp is not installed.
    """

    counts_prefill = False
    """A server does not say for each prompt what it took from its cache."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        base_url: str | list[str] | None = None,
        chat_template_args: dict[str, Any] | None = None,
        seed: int = 0,
        model: str | None = None,
        max_model_len: int | None = None,
        api_key_env: str | None = None,
        api_key_file: str | None = None,
        concurrency: int = 256,
        request_timeout: float = 600.0,
        patience: float = 300.0,
    ) -> None:
        if find_spec("aiohttp") is None:
            raise EngineError("aiohttp is not installed", remedy="Install `jaeval[server]` with pip")
        if not base_url:
            raise EngineError("names no server", field="--base-url", remedy="Give --base-url http://HOST:PORT/v1")
        for name, value in (("concurrency", concurrency), ("request_timeout", request_timeout), ("patience", patience)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise EngineError("must be a number above 0", field=f"--engine-arg {name}")
        key = read_key(api_key_env, api_key_file)
        self._checkpoint = checkpoint
        self._model = model
        self._patience = float(patience)
        self._endpoints = [
            Endpoint(url, key, timeout=float(request_timeout), window=Window(int(concurrency)))
            for url in base_urls(base_url)
        ]
        self._lock = threading.Lock()
        self._loop: Loop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._offer: Offer | None = None
        self._tally = Tally()
        self._costs = Costs(row=row_cost(checkpoint.config))
        self.tokenizer = CheckpointTokenizer(checkpoint.path, chat_template_args=chat_template_args)
        self.max_length = int(max_model_len or checkpoint.max_length or DEFAULT_LENGTH)

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`: the folder's. A server on this machine is asked whether it serves that folder."""
        return self._checkpoint.model_hash

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`: what the servers call their software and settings. They are asked.

        Raises:
            EngineError: no server answers.
        """
        return {"engine": "server", "server": self._connect().fingerprint or "unknown"}

    def start(self) -> None:
        """See `Engine.start`.

        Raises:
            EngineError: no server answers, or what they serve is not the checkpoint or not the same.
        """
        self._connect()

    def _connect(self) -> Offer:
        with self._lock:
            if self._offer is None:
                self._loop = self._loop or Loop()
                self._offer = self._loop.wait(self._find_servers())
            return self._offer

    async def _find_servers(self) -> Offer:
        import aiohttp

        if self._session is None:
            # Connections are as many as the windows allow. Proxies and .netrc of the environment are left alone.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=False)
        found = await asyncio.gather(*map(self._ask_server, self._endpoints))
        offers = [offer for offer in found if offer is not None]
        if not offers:
            told = "; ".join(f"{endpoint.url}: {endpoint.trouble}" for endpoint in self._endpoints)
            raise EngineError(f"no server answers ({told})", field="--base-url", remedy="Is it started, and ready?")
        if len(set(offers)) > 1:
            raise EngineError(
                f"the servers differ ({', '.join(sorted({offer.fingerprint or 'unknown' for offer in offers}))})",
                field="--base-url",
                remedy="Start them with the same version and settings: their numbers must not depend on who was asked",
            )
        return offers[0]

    async def _ask_server(self, endpoint: Endpoint) -> Offer | None:
        """What one server offers; None, and it is out, where it does not answer now."""
        try:
            offer = await self._check(endpoint)
        except NotAnsweredError as trouble:
            endpoint.out, endpoint.trouble = True, trouble.reason
            return None
        except DeniedError as denied:
            raise EngineError(str(denied), file=endpoint.url) from None
        endpoint.out = False
        return offer

    async def _check(self, endpoint: Endpoint) -> Offer:
        assert self._session is not None
        endpoint.model = await find_model(self._session, endpoint, self._checkpoint, self._model, self.max_length)
        offer = await find_offer(self._session, endpoint, (self.tokenizer.prefix_token,))
        if self._offer is not None and offer != self._offer:
            raise DeniedError("its settings differ from what they were, or from the other servers'")
        return offer

    def require_choices(self) -> None:
        """See `Choosy`. The servers are asked."""
        if not self._connect().scores:
            raise EngineError(
                "gives no log-probabilities of given tokens, so choices cannot be scored",
                file=self._endpoints[0].url,
                remedy="Serve it with vLLM, or ask for letters: the task's twin with _asked behind its name",
            )

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`.

        Raises:
            EngineError: no server answers any more, one of them changed, or none can score choices.
        """
        offer = self._connect()
        if not offer.scores and any(isinstance(request, ChoiceRequest) for request in requests):
            self.require_choices()
        assert self._loop is not None
        session = self._session
        assert session is not None

        def calls(index: int, request: Request) -> list[Call]:
            made = calls_of(index, request, offer, self.tokenizer, self._costs)
            for call in made:
                call.content = encoded(call.body)
            return made

        def work(give: Callable[[tuple[int, Response]], None]) -> Coroutine[Any, Any, None]:
            return Dispatch(
                session,
                self._endpoints,
                calls_of=calls,
                check=self._check,
                fingerprint=offer.fingerprint,
                patience=self._patience,
                tally=self._tally,
                give=give,
            ).run(requests)

        yield from self._loop.stream(work)

    def service(self) -> dict[str, Any]:
        """What the answers took, as `jaeval.results.schema.Service` has it."""
        return self._tally.summary()

    def close(self) -> None:
        """See `Engine.close`. The servers go on."""
        with self._lock:
            loop, self._loop, session, self._session = self._loop, None, self._session, None
            self._offer = None
        if loop is not None:
            if session is not None:
                loop.wait(session.close())
            loop.close()

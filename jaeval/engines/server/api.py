"""Models that are only behind an API: they generate, they cost money, and nobody sees their weights.

Everything that a service is asked goes through litellm, which speaks the dialects of OpenAI, Anthropic, Gemini and
others and knows their prices. Pace, repetition and patience are those of `jaeval.engines.server`.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jaeval.engines.answers import generation_response
from jaeval.engines.protocol import ChoiceRequest, Fingerprint, GenerationRequest, Request, Response
from jaeval.engines.server.api_endpoint import ApiEndpoint
from jaeval.engines.server.api_text import ConversationTokenizer, messages_of, shown_stops
from jaeval.engines.server.calls import MOST_STOPS, Call
from jaeval.engines.server.dispatch import Dispatch, Tally
from jaeval.engines.server.endpoint import base_urls
from jaeval.engines.server.keys import read_key
from jaeval.engines.server.loop import Loop
from jaeval.engines.server.trouble import RefusedError
from jaeval.engines.server.window import Window
from jaeval.errors import EngineError

MAX_LENGTH = 10_000_000
"""Characters. What is too long for a model the service says itself."""


class ApiEngine:
    """See `jaeval.engines.protocol.Engine`. It generates; it has no log-probabilities, so it cannot score choices.

    Args:
        model: as litellm names it, for example "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "gemini/...".
        base_url: another address of the service.
        api_key_env, api_key_file: where the key is; see `read_key`. Neither: the variable that litellm looks for; with
            a `base_url` none.
        max_cost: US dollars that the run may cost, its earlier parts included; None: no limit. An answer is asked for
            only where the dearest answer that its prompt and `max_tokens` allow can still be paid.
        concurrency, request_timeout, patience: see `ServerEngine`.
        settings: further arguments of each request, such as `reasoning_effort="low"`.

    Raises:
        EngineError: litellm is not installed, a limit makes no sense, or the model's price is unknown and `max_cost`
            is given.
    """

    counts_prefill = False

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key_env: str | None = None,
        api_key_file: str | None = None,
        max_cost: float | None = None,
        concurrency: int = 64,
        request_timeout: float = 600.0,
        patience: float = 300.0,
        **settings: Any,
    ) -> None:
        if find_spec("litellm") is None:
            raise EngineError("litellm is not installed", remedy="Install `jaeval[api]` with pip")
        for name in ("api_key", "messages", "model", "n", "stream"):
            if name in settings:
                raise EngineError("may not be set", field=f"--engine-arg {name}")
        for name, value in {"concurrency": concurrency, "patience": patience, "max_cost": max_cost}.items():
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not value > 0):
                raise EngineError("must be a number above 0", field=f"--engine-arg {name}")
        if base_url:
            (base_url,) = base_urls(base_url)
        self._model, self._settings, self._patience = model, settings, float(patience)
        self._endpoint = ApiEndpoint(
            model,
            read_key(api_key_env, api_key_file),
            base_url=base_url,
            timeout=float(request_timeout),
            window=Window(int(concurrency)),
            max_cost=max_cost,
        )
        self._tally = Tally()
        self._loop: Loop | None = None
        self.tokenizer = ConversationTokenizer()
        self.max_length = MAX_LENGTH

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`: of the model's name. What stands behind it may change without notice."""
        return hashlib.sha256(f"api\0{self._model}".encode()).hexdigest()

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`."""
        given = {
            name: value if isinstance(value, str | int | float) else repr(value)
            for name, value in self._settings.items()
        }
        return {"engine": "api", "model": self._model, "litellm": version("litellm"), **given}

    def start(self) -> None:
        """See `Engine.start`. Nothing is asked yet.

        Raises:
            EngineError: the model's price is not known and its cost is limited.
        """
        if self._loop is None:
            self._endpoint.open(load_litellm())
            self._loop = Loop()

    def require_choices(self) -> None:
        """See `Choosy`: no service scores choices."""
        raise EngineError(
            f"{self._model} gives no log-probabilities of given tokens, so choices cannot be scored",
            field="--engine api",
            remedy="Ask for letters: --suite ja-core-asked, or the task's twin with _asked behind its name",
        )

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`.

        Raises:
            EngineError: the service does not answer, wants another key, or has cost as much as it may.
        """
        if any(isinstance(request, ChoiceRequest) for request in requests):
            self.require_choices()
        self.start()
        assert self._loop is not None

        def work(give: Callable[[tuple[int, Response]], None]) -> Coroutine[Any, Any, None]:
            return Dispatch(
                None,
                [self._endpoint],
                calls_of=self._calls,
                check=lambda endpoint: endpoint.check(),
                fingerprint="",
                patience=self._patience,
                tally=self._tally,
                give=give,
            ).run(requests)

        yield from self._loop.stream(work)

    def _calls(self, index: int, request: Request) -> list[Call]:
        assert isinstance(request, GenerationRequest)
        given = {name: getattr(request, name) for name in ("top_p", "seed") if getattr(request, name) is not None}
        if unknown := [name for name in ("top_k", "min_p", "repetition_penalty") if getattr(request, name) is not None]:
            raise RefusedError(f"a service does not know {', '.join(unknown)}")
        body: dict[str, Any] = {
            "messages": messages_of(self.tokenizer.decode(request.prompt)),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            **given,
            **self._settings,
        }
        if stops := shown_stops(request.stop):
            body["stop"] = stops[:MOST_STOPS]
        return [Call(index, body, lambda answer: _read(answer, request))]

    def service(self) -> dict[str, Any]:
        """See `Served`: with tokens and cost."""
        return self._tally.summary() | self._endpoint.spent()

    def keep_accounts(self, file: Path) -> None:
        """See `Paid`."""
        self._endpoint.spending.keep_in(file)

    def close(self) -> None:
        """See `Engine.close`."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()


def _read(answer: Any, request: GenerationRequest) -> Response:
    finish, text = answer["finish"], answer["text"]
    if finish not in ("stop", "length") or (not isinstance(text, str) and finish != "length"):
        # Not asked again: it was paid for, and would end the same.
        raise RefusedError(f"the service ended the answer ({str(finish)[:40]!a})")
    response = generation_response(request, text or "", finish == "length", answer["generated"], answer["prompt"])
    return replace(response, reasoning=answer["reasoning"]) if answer["reasoning"] else response


def load_litellm() -> Any:
    """The library, told to ask nobody but the service: no list of prices, no statistics, no callbacks."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_LOG", "ERROR")
    litellm: Any = import_module("litellm")
    litellm.telemetry, litellm.suppress_debug_info, litellm.turn_off_message_logging = False, True, True
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "openai", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they log prompts, and keys by half
    litellm.success_callback, litellm.failure_callback, litellm.callbacks = [], [], []
    return litellm

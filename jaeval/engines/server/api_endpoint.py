"""A service that is paid for: asked through litellm, with an eye on what it has cost."""

from __future__ import annotations

import asyncio
from typing import Any

from jaeval.engines.server.endpoint import Endpoint
from jaeval.engines.server.keys import Key
from jaeval.engines.server.spending import Spending
from jaeval.engines.server.trouble import DeniedError, NotAnsweredError, RefusedError, raise_for_status
from jaeval.engines.server.window import Window
from jaeval.errors import EngineError, RunError

GLANCE_S = 0.2
NO_KEY = "none"
"""Goes to another address where no key was named: the one in litellm's own variable is not meant for it."""
FRAME = 16
"""Tokens that a service may put around a turn."""


class ApiEndpoint(Endpoint):
    """See `Endpoint`.

    Args:
        model: as litellm names it.
        key, timeout, window: see `Endpoint`.
        base_url: another address of the service.
        max_cost: US dollars that may be spent.
    """

    def __init__(
        self,
        model: str,
        key: Key | None,
        *,
        base_url: str | None,
        timeout: float,
        window: Window,
        max_cost: float | None,
    ) -> None:
        super().__init__(base_url or model, key, timeout=timeout, window=window)
        self.model = model
        self._base_url, self._max_cost = base_url, max_cost
        self._litellm: Any = None
        self._prices_known = False
        self._dearest = 0.0
        self.spending = Spending()
        """What was paid so far."""

    def open(self, litellm: Any) -> None:
        """Take the library, and look up the model's price.

        Raises:
            EngineError: it is not known, and the cost is limited.
        """
        self._litellm = litellm
        self._prices_known = self._price(1, 1) is not None
        if self._max_cost is not None and not self._prices_known:
            raise EngineError(f"the price of {self.model} is not known", field="--max-cost", remedy="Leave it out")

    def _price(self, prompt: int, generated: int) -> float | None:
        try:
            return float(
                sum(self._litellm.cost_per_token(self.model, prompt_tokens=prompt, completion_tokens=generated))
            )
        except Exception:  # litellm raises whatever its parts raise
            return None

    def spent(self) -> dict[str, Any]:
        """Tokens, and US dollars where the price is known."""
        found = self.spending
        cost = found.cost if self._prices_known else None
        return {"prompt_tokens": found.prompt_tokens, "generated_tokens": found.generated_tokens, "cost": cost}

    def _most(self, body: dict[str, Any]) -> float:
        """What an answer costs at most: a token is a byte or more, and the answer may take all that it is allowed."""
        prompt = sum(len(str(turn.get("content")).encode()) + FRAME for turn in body["messages"])
        allowed = body.get("max_completion_tokens") or body.get("max_tokens") or 0
        return self._price(prompt, int(allowed)) or 0.0

    def _fits(self, answers: int) -> bool:
        """Whether so many answers can be paid, each as dear as the dearest asked for, or as the mean so far."""
        if self._max_cost is None:
            return True
        mean = self.spending.cost / self.spending.answers if self.spending.answers else 0.0
        return self.spending.cost + answers * max(self._dearest, mean) <= self._max_cost

    def has_room(self, now: float) -> bool:
        """See `Endpoint`. Where money is short, what is under way is waited for first."""
        if not super().has_room(now):
            return False
        # Until one was asked for, nobody can say what several would cost.
        known = self._max_cost is None or self._dearest > 0.0 or self.spending.answers > 0
        return self.under_way == 0 or (known and self._fits(self.under_way + 1))

    async def check(self) -> None:
        """Ask for one token; raises as `post`."""
        await self.post(None, "", {"messages": [{"role": "user", "content": "1"}], "max_tokens": 1})

    async def post(self, session: Any, path: str, body: dict[str, Any], content: bytes = b"") -> Any:
        """See `Endpoint`. Session, path and content are litellm's affair."""
        self._dearest = max(self._dearest, self._most(body)) if self._max_cost is not None else 0.0
        if not self._fits(max(self.under_way, 1)):
            if self.under_way > 1:
                raise NotAnsweredError("what is under way may use up the money", wait=GLANCE_S)
            raise DeniedError(
                f"{self.spending.cost:.4f} of {self._max_cost:g} US dollars are spent; the rest may not pay an answer "
                f"of up to {self._dearest:.4f}. What was answered is kept: raise --max-cost and run again with --out "
                "and --resume"
            )
        secret = {} if self._base_url is None else {"api_key": NO_KEY}
        if self._key is not None:
            secret = {"api_key": self._key.headers()["Authorization"].removeprefix("Bearer ")}
        try:
            answer = await asyncio.wait_for(
                self._litellm.acompletion(
                    model=self.model,
                    api_base=self._base_url,
                    timeout=self._timeout,
                    num_retries=0,
                    max_retries=0,
                    **secret,
                    **body,
                ),
                self._timeout,
            )
        except TimeoutError:
            raise NotAnsweredError(f"no answer within {self._timeout:g} s", busy=True) from None
        except Exception as error:  # litellm raises whatever its parts raise; their texts may hold prompts and keys
            _raise_kind(error)
        return self._plain(answer)

    def _plain(self, answer: Any) -> dict[str, Any]:
        try:
            choice, usage = answer.choices[0], answer.usage
            prompt, generated = int(usage.prompt_tokens), int(usage.completion_tokens)
            found = {
                "text": choice.message.content,
                "finish": choice.finish_reason,
                "reasoning": getattr(choice.message, "reasoning_content", None),
                "prompt": prompt,
                "generated": generated,
            }
        except (AttributeError, IndexError, TypeError, ValueError):
            raise NotAnsweredError("the answer is incomplete") from None
        try:
            self.spending.add(prompt, generated, self._price(prompt, generated) or 0.0)
        except RunError as error:
            raise DeniedError(str(error)) from error
        return found


def _raise_kind(error: Exception) -> None:
    """Raise what an error of litellm means, by its status and the name of its kind alone."""
    kind = type(error).__name__
    status = getattr(error, "status_code", None)
    if kind in ("APIConnectionError", "Timeout") or not isinstance(status, int):
        raise NotAnsweredError(f"the service did not answer ({kind})", busy=kind == "Timeout") from None
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        raise_for_status(status, headers, {"type": kind})
    except (NotAnsweredError, RefusedError, DeniedError) as meant:
        raise meant from None
    raise NotAnsweredError(f"the service did not answer ({kind})") from None

"""What a server is and what it offers, found by asking it."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from jaeval.engines.checkpoint import Checkpoint, open_checkpoint
from jaeval.engines.server.calls import Offer
from jaeval.engines.server.endpoint import Endpoint
from jaeval.engines.server.trouble import NotAnsweredError, RefusedError
from jaeval.errors import CheckpointError, EngineError

if TYPE_CHECKING:
    import aiohttp

TRIES = 6


async def find_model(
    session: aiohttp.ClientSession, endpoint: Endpoint, checkpoint: Checkpoint, wanted: str | None, max_length: int
) -> str:
    """The name by which a server knows its model.

    Args:
        session: for HTTP.
        endpoint: the server.
        checkpoint: what it should serve.
        wanted: the name, where the caller knows it.
        max_length: the most tokens of prompt and answer together.

    Raises:
        NotAnsweredError, DeniedError: the server does not answer.
        EngineError: it serves several models, not the one wanted, another checkpoint, or too short a context.
    """
    by_name = await insist(lambda: _cards(session, endpoint))
    if not by_name:
        raise EngineError("names no model", file=f"{endpoint.url}/models")
    known = f"It serves {', '.join(sorted(by_name)[:5])}"
    if wanted is None and len(by_name) > 1:
        raise EngineError(
            "serves several models", file=endpoint.url, remedy=f"Name one: --engine-arg model=NAME. {known}"
        )
    if wanted is not None and wanted not in by_name:
        raise EngineError(f"does not serve {wanted!a}", file=endpoint.url, remedy=known)
    name = wanted or next(iter(by_name))
    length = by_name[name].get("max_model_len")
    if isinstance(length, int) and length < max_length:
        raise EngineError(
            f"its context holds {length:,} tokens, {max_length:,} are wanted",
            file=endpoint.url,
            remedy=f"Add --engine-arg max_model_len={length}, or start the server with more",
        )
    await asyncio.to_thread(_check_same, endpoint, checkpoint, by_name[name].get("root"))
    return name


async def _cards(session: aiohttp.ClientSession, endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """What a server says of its models, by name."""
    found = await endpoint.get(session, "models")
    cards = found.get("data") if isinstance(found, dict) else None
    if not isinstance(cards, list) or not all(isinstance(card, dict) and "id" in card for card in cards):
        raise NotAnsweredError("the answer is incomplete")
    return {str(card["id"]): card for card in cards}


def _check_same(endpoint: Endpoint, checkpoint: Checkpoint, root: Any) -> None:
    """A server on this machine says from which folder it serves: its weights must be the checkpoint's."""
    if not isinstance(root, str) or not root.startswith("/"):
        return
    try:
        served = open_checkpoint(root)
        same = served.path == checkpoint.path or served.model_hash == checkpoint.model_hash
    except CheckpointError:  # a folder of another machine
        return
    if not same:
        raise EngineError(
            f"serves other weights ({root})", file=endpoint.url, remedy="Name the checkpoint that it serves"
        )


async def find_offer(session: aiohttp.ClientSession, endpoint: Endpoint, prompt: tuple[int, ...]) -> Offer:
    """What a server takes and gives.

    Args:
        session: for HTTP.
        endpoint: the server; its `model` is known.
        prompt: token ids that the model knows.

    Raises:
        NotAnsweredError, DeniedError: the server does not answer.
        EngineError: it does not take prompts as token ids.
    """
    body = {"prompt": list(prompt), "max_tokens": 1, "temperature": 0.0}
    wanted = [0, 1]
    named = {"logprobs": len(wanted), "logprob_token_ids": wanted, "return_tokens_as_token_ids": True}
    answers: list[Any] = []
    for extra in (named, {"prompt_logprobs": 1}, {"return_token_ids": True}, {}):
        try:
            answers.append(await insist(lambda extra=extra: _ask(session, endpoint, body | extra)))
        except RefusedError:
            answers.append({})
    if not answers[3]:
        raise EngineError(
            "takes no prompts as token ids",
            file=endpoint.url,
            remedy="vLLM does. For servers of texts alone: jaeval run openai/MODEL --engine api --base-url URL",
        )
    fingerprint = answers[3]["fingerprint"]
    row = _first((answers[0].get("logprobs") or {}).get("top_logprobs"))
    return Offer(
        tokens=isinstance(answers[2].get("token_ids"), list),
        nodes=isinstance(row, dict) and {f"token_id:{token}" for token in wanted} <= row.keys(),
        whole=isinstance(answers[1].get("prompt_logprobs"), list) and len(answers[1]["prompt_logprobs"]) == len(prompt),
        fingerprint=fingerprint if isinstance(fingerprint, str) else "",
    )


async def _ask(session: aiohttp.ClientSession, endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
    """The first choice of an answer, with the server's fingerprint."""
    answer = await endpoint.post(session, "completions", body)
    choice = _first(answer.get("choices")) if isinstance(answer, dict) else None
    if not isinstance(choice, dict) or not isinstance(choice.get("text"), str):
        raise NotAnsweredError("the answer is incomplete")
    return {**choice, "fingerprint": answer.get("system_fingerprint")}


def _first(found: Any) -> Any:
    return found[0] if isinstance(found, list) and found else None


async def insist(ask: Any) -> Any:
    """Ask a server a few times, with growing pauses.

    Raises:
        NotAnsweredError: it was never answered.
        RefusedError, DeniedError: at once.
    """
    for tried in range(TRIES):
        try:
            return await ask()
        except NotAnsweredError as trouble:
            if tried + 1 == TRIES or trouble.unreachable:
                raise
            await asyncio.sleep(min(trouble.wait or pause(tried), 10.0))
    raise AssertionError


def pause(tried: int, *, first: float = 0.25, most: float = 10.0) -> float:
    """Seconds before the next try: drawn from 0 to a limit that doubles, so that clients do not march in step."""
    return random.uniform(0.0, min(most, first * 2.0**tried))

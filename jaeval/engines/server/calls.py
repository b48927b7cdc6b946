"""From a request to what a server is asked over HTTP, and from its answer back to a response.

Prompts go as token ids, so that the model sees what the plan holds. All that a request needs is asked together: the
prompts of a choice's nodes share one HTTP request, because each costs a server a millisecond or more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jaeval.engines.answers import generation_response
from jaeval.engines.choices import Costs, Gathered, Node, trie
from jaeval.engines.protocol import ChoiceRequest, ChoiceResponse, GenerationRequest, Request, Response
from jaeval.engines.server.trouble import NotAnsweredError, RefusedError
from jaeval.engines.tokenizer import Tokenizer

MOST_PROMPTS, MOST_TOKENS = 64, 2**17
"""Prompts in one HTTP request, and tokens of all of them together."""
MOST_WANTED = 128
"""vLLM's limit on `logprob_token_ids`."""
MOST_STOPS = 4
"""Stop texts that a server which is no vLLM takes; the others are cut off here."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server takes and gives, found by asking it.

    Attributes:
        tokens: it gives the tokens that it generated: a vLLM server, which takes vLLM's sampling settings.
        nodes: it gives log-probabilities of named tokens.
        whole: it gives log-probabilities of a prompt's tokens.
        fingerprint: what it calls its software and settings.
    """

    tokens: bool
    nodes: bool
    whole: bool
    fingerprint: str

    @property
    def scores(self) -> bool:
        """Whether choices can be scored."""
        return self.nodes or self.whole


@dataclass(slots=True)
class Call:
    """One HTTP request.

    Attributes:
        index: the place of the request that it is for.
        body: what is sent to `completions`.
        read: takes the answer; gives the response once it is whole. Raises `NotAnsweredError` where it is no answer.
        content: the body as bytes, where they were made ahead of time.
        tries: how often it was asked in vain.
    """

    index: int
    body: Json
    read: Callable[[Any], Response | None]
    content: bytes = b""
    tries: int = 0


def calls_of(index: int, request: Request, offer: Offer, tokenizer: Tokenizer, costs: Costs) -> list[Call]:
    """What has to be asked for one request; empty where nothing has (see `answer_to_nothing`).

    Args:
        index: the request's place.
        request: what is asked.
        offer: what the server takes and gives.
        tokenizer: the checkpoint's.
        costs: decides how choices are scored.

    Raises:
        RefusedError: the server does not know a setting of the request.
    """
    if isinstance(request, GenerationRequest):
        body = _generation(request, offer, tokenizer)
        return [Call(index, body, lambda answer: _generated(answer, request, offer, tokenizer))]
    nodes = trie(request.continuations)
    if not nodes:
        return []
    asked = [choice for choice, tokens in enumerate(request.continuations) if tokens]
    if offer.whole and (not offer.nodes or _whole_is_cheaper(request, nodes, costs)):
        room = _room(request)
        parts = [asked[start : start + room] for start in range(0, len(asked), room)]
        gathered = Gathered(request, waiting=len(parts))
        return [Call(index, _whole(request, part), _reader(gathered, part, _take_whole)) for part in parts]
    groups = _groups(nodes, _room(request))
    gathered = Gathered(request, waiting=len(groups))
    return [Call(index, _nodes(request, group), _reader(gathered, group, _take_nodes)) for group in groups]


def answer_to_nothing(request: ChoiceRequest) -> ChoiceResponse:
    """The response where every continuation is empty."""
    return ChoiceResponse(*Gathered(request, waiting=0).sums())


def _whole_is_cheaper(request: ChoiceRequest, nodes: Sequence[Node], costs: Costs) -> bool:
    # Over HTTP, prompt log-probabilities are never read from the prefix cache: each choice computes its whole prompt.
    start = len(request.context)

    def left(length: int) -> int:
        return length - (length - 1) // costs.block * costs.block

    of_nodes = start + sum(left(start + len(node.prefix)) + costs.row for node in nodes)
    of_whole = sum((start + len(choice)) * (1 + costs.row) for choice in request.continuations if choice)
    return of_whole < of_nodes


def _room(request: ChoiceRequest) -> int:
    """How many of a request's prompts share an HTTP request."""
    longest = len(request.context) + max(map(len, request.continuations))
    return max(1, min(MOST_PROMPTS, MOST_TOKENS // longest))


def _groups(nodes: Sequence[Node], room: int) -> list[list[Node]]:
    """Nodes that share an HTTP request, and so one list of wanted tokens."""
    groups: list[list[Node]] = [[]]
    wanted: set[int] = set()
    for node in nodes:
        if groups[-1] and (len(groups[-1]) == room or len(wanted | set(node.children)) > MOST_WANTED):
            groups.append([])
            wanted = set()
        groups[-1].append(node)
        wanted |= set(node.children)
    return groups


def _generation(request: GenerationRequest, offer: Offer, tokenizer: Tokenizer) -> Json:
    settings = {name: getattr(request, name) for name in ("top_p", "top_k", "min_p", "repetition_penalty", "seed")}
    given = {name: value for name, value in settings.items() if value is not None}
    # In a reasoning model a stop text may stand inside the reasoning: there it is cut off here, not by the server.
    stops = [] if request.think else [stop for stop in request.stop if stop]
    body: Json = {
        "prompt": list(request.prompt),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
    }
    if not offer.tokens:
        if unknown := sorted(given.keys() - {"top_p", "seed"}):
            raise RefusedError(f"the server does not know {', '.join(unknown)}")
        return body | given | ({"stop": stops[:MOST_STOPS]} if stops else {})
    # Named in full, or the server takes them from the checkpoint's generation_config.json.
    defaults: Json = {"top_p": 1.0, "top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    return {
        **body,
        **defaults,
        **given,
        "stop": stops,
        "stop_token_ids": list(tokenizer.end_tokens),
        "skip_special_tokens": False,
        "return_token_ids": True,
    }


def _generated(answer: Any, request: GenerationRequest, offer: Offer, tokenizer: Tokenizer) -> Response:
    (choice,) = _choices(answer, 1)
    finish, text = choice.get("finish_reason"), choice.get("text")
    if finish not in ("stop", "length") or not isinstance(text, str):
        raise NotAnsweredError("the answer is incomplete")
    prefilled, generated = _usage(answer)
    if not offer.tokens:
        return generation_response(request, text, finish == "length", generated, prefilled)
    tokens = choice.get("token_ids")
    if not isinstance(tokens, list) or not all(type(token) is int for token in tokens):
        raise NotAnsweredError("the answer is incomplete")
    ended = bool(tokens) and tokens[-1] in tokenizer.end_tokens
    text = tokenizer.decode(tokens[:-1] if ended else tokens)
    return generation_response(request, text, finish == "length" and not ended, len(tokens), prefilled)


def _nodes(request: ChoiceRequest, nodes: Sequence[Node]) -> Json:
    wanted = sorted({token for node in nodes for token in node.children})
    return {
        "prompt": [list(request.context + node.prefix) for node in nodes],
        "max_tokens": 1,
        "temperature": 0.0,
        "ignore_eos": True,
        "logprobs": len(wanted),
        "logprob_token_ids": wanted,
        "return_tokens_as_token_ids": True,
    }


def _whole(request: ChoiceRequest, asked: Sequence[int]) -> Json:
    return {
        "prompt": [list(request.context + request.continuations[choice]) for choice in asked],
        "max_tokens": 1,
        "temperature": 0.0,
        "prompt_logprobs": 1,
    }


def _reader(
    gathered: Gathered, asked: Sequence[Any], take: Callable[[Gathered, Any, Json], list[tuple[Any, ...]]]
) -> Callable[[Any], Response | None]:
    def read(answer: Any) -> Response | None:
        rows = []
        for entry, choice in zip(asked, _choices(answer, len(asked)), strict=True):
            try:
                rows += take(gathered, entry, choice)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                raise NotAnsweredError("the answer is incomplete") from None
        prefilled, _ = _usage(answer)
        for row in rows:  # only now: an answer that is not whole leaves nothing behind
            gathered.add(*row)
        gathered.prefilled_tokens += prefilled
        gathered.waiting -= 1
        return None if gathered.waiting else ChoiceResponse(*gathered.sums(), gathered.prefilled_tokens)

    return read


def _take_nodes(gathered: Gathered, node: Node, choice: Json) -> list[tuple[Any, ...]]:
    given = choice["logprobs"]
    row, best = given["top_logprobs"][0], _log_probability(given["token_logprobs"][0])
    values = {token: _log_probability(row[f"token_id:{token}"]) for token in node.children}
    return [(node.prefix, values, best)]


def _take_whole(gathered: Gathered, asked: int, choice: Json) -> list[tuple[Any, ...]]:
    continuation = gathered.request.continuations[asked]
    given = choice["prompt_logprobs"]
    if len(given) != len(gathered.request.context) + len(continuation):
        raise ValueError
    found: list[tuple[Any, ...]] = []
    for place, (token, row) in enumerate(zip(continuation, given[-len(continuation) :], strict=True)):
        values = {int(name): _log_probability(entry["logprob"]) for name, entry in row.items()}
        found.append((continuation[:place], {token: values[token]}, max(values.values())))
    return found


def _log_probability(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value > 1e-3:
        raise ValueError
    return float(value)


def _choices(answer: Any, number: int) -> list[Json]:
    """The answer's parts in the order asked."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise NotAnsweredError("the answer is incomplete")
    if sorted(str(choice.get("index")) for choice in choices) != sorted(map(str, range(number))):
        raise NotAnsweredError("the answer is incomplete")
    return sorted(choices, key=lambda choice: int(choice["index"]))


def _usage(answer: Json) -> tuple[int, int]:
    """Prompt tokens that were computed, as far as the server says, and new tokens."""
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return 0, 0
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    numbers = [
        value if isinstance(value, int) else 0
        for value in (usage.get("prompt_tokens"), cached, usage.get("completion_tokens"))
    ]
    return max(numbers[0] - numbers[1], 0), numbers[2]

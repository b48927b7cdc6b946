"""What is asked over HTTP, and that an answer which is not whole leaves nothing behind."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest

from jaeval.engines import ChoiceRequest, ChoiceResponse, GenerationRequest, GenerationResponse, ScriptedEngine
from jaeval.engines.choices import Costs
from jaeval.engines.server.calls import MOST_PROMPTS, MOST_TOKENS, Offer, calls_of
from jaeval.engines.server.trouble import NotAnsweredError

VLLM = Offer(tokens=True, nodes=True, whole=True, fingerprint="x")
OLD = dataclasses.replace(VLLM, nodes=False)
TOKENIZER = ScriptedEngine().tokenizer


def bodies(request: ChoiceRequest, offer: Offer = VLLM, **costs: float) -> list[dict[str, Any]]:
    return [call.body for call in calls_of(0, request, offer, TOKENIZER, Costs(**costs))]  # type: ignore[arg-type]


def test_all_nodes_share_a_request_and_its_wanted_tokens() -> None:
    (body,) = bodies(ChoiceRequest((1, 2), ((3, 4), (3, 5), (6,))))
    assert body["prompt"] == [[1, 2], [1, 2, 3]]
    assert body["logprob_token_ids"] == [3, 4, 5, 6]
    assert body["logprobs"] == 4


def test_no_request_wants_more_tokens_than_a_server_allows() -> None:
    choices = tuple((first, 1000 + first) for first in range(300))
    found = bodies(ChoiceRequest((1,), choices))
    assert all(len(body["logprob_token_ids"]) <= 128 and len(body["prompt"]) <= MOST_PROMPTS for body in found)
    wanted = {
        (tuple(prompt), token) for body in found for prompt in body["prompt"] for token in body["logprob_token_ids"]
    }
    for first, second in choices:
        assert {((1,), first), ((1, first), second)} <= wanted


def test_long_contexts_go_in_several_requests() -> None:
    found = bodies(ChoiceRequest((1,) * 40_000, tuple((number, 7) for number in range(9))))
    assert [len(body["prompt"]) for body in found] == [3, 3, 3, 1]
    assert all(sum(map(len, body["prompt"])) <= MOST_TOKENS for body in found)


def test_a_text_as_a_whole_is_one_prompt() -> None:
    (body,) = bodies(ChoiceRequest((1,), (tuple(range(300)),)))
    assert len(body["prompt"]) == 1
    assert body["prompt_logprobs"] == 1


@pytest.mark.parametrize(("row", "key"), [(0.1, "prompt_logprobs"), (50.0, "logprob_token_ids")])
def test_dear_rows_of_the_vocabulary_are_avoided(row: float, key: str) -> None:
    (body,) = bodies(ChoiceRequest((1,) * 20, ((2, 3, 4), (5, 6, 7))), row=row)
    assert key in body


def test_an_old_server_is_asked_for_whole_prompts() -> None:
    (body,) = bodies(ChoiceRequest((1, 2), ((3,), (), (4, 5))), OLD)
    assert body["prompt"] == [[1, 2, 3], [1, 2, 4, 5]]


def test_nothing_to_ask() -> None:
    assert bodies(ChoiceRequest((1, 2), ((), ()))) == []


REQUEST = ChoiceRequest((1, 2), ((3, 4), (5,)))
ROWS = [{"token_id:3": -1.0, "token_id:5": -2.0, "token_id:4": -3.0, "token_id:9": -0.5}] * 2
NODES: dict[str, Any] = {
    "choices": [
        {"index": place, "text": "", "logprobs": {"token_logprobs": [-0.5], "top_logprobs": [row]}}
        for place, row in enumerate(ROWS)
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 2}},
}
WHOLE: dict[str, Any] = {
    "choices": [
        {
            "index": 0,
            "prompt_logprobs": [None, {"2": {"logprob": -9.0}}, {"3": {"logprob": -1.0}}, {"4": {"logprob": -3}}],
        },
        {
            "index": 1,
            "prompt_logprobs": [None, {"2": {"logprob": -9.0}}, {"5": {"logprob": -2.0}, "9": {"logprob": -0.5}}],
        },
    ]
}
GENERATED: dict[str, Any] = {"choices": [{"index": 0, "text": "ab", "finish_reason": "stop", "token_ids": [97, 98, 0]}]}


def spoiled(answer: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of an answer with one value put in, or taken out where the value is `...`."""
    made = copy.deepcopy(answer)
    place = made
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


@pytest.mark.parametrize(("offer", "answer", "prefilled"), [(VLLM, NODES, 3), (OLD, WHOLE, 0)])
def test_choices_are_read(offer: Offer, answer: Any, prefilled: int) -> None:
    (call,) = calls_of(0, REQUEST, offer, TOKENIZER, Costs())
    found = call.read(answer)
    assert found == ChoiceResponse((-4.0, -2.0), (False, False), prefilled)


LOGPROBS = ("choices", 1, "logprobs")


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        *(
            (VLLM, wrong)
            for wrong in (None, [], "text", 7, {}, {"choices": None}, {"choices": []}, {"choices": [7, 8]})
        ),
        (VLLM, spoiled(NODES, ("choices", 1), ...)),
        (VLLM, spoiled(NODES, ("choices", 1, "index"), 0)),
        (VLLM, spoiled(NODES, ("choices", 1, "index"), None)),
        (VLLM, spoiled(NODES, LOGPROBS, None)),
        (VLLM, spoiled(NODES, (*LOGPROBS, "top_logprobs"), [])),
        (VLLM, spoiled(NODES, (*LOGPROBS, "top_logprobs", 0, "token_id:4"), ...)),
        *(
            (VLLM, spoiled(NODES, (*LOGPROBS, "top_logprobs", 0, "token_id:4"), value))
            for value in (None, "x", True, float("nan"), float("-inf"), 1.0)
        ),
        (VLLM, spoiled(NODES, (*LOGPROBS, "token_logprobs", 0), None)),
        (OLD, spoiled(WHOLE, ("choices", 1, "prompt_logprobs"), None)),
        (OLD, spoiled(WHOLE, ("choices", 1, "prompt_logprobs", 0), ...)),
        (OLD, spoiled(WHOLE, ("choices", 1, "prompt_logprobs", 2, "5"), ...)),
        (OLD, spoiled(WHOLE, ("choices", 1, "prompt_logprobs", 2, "5"), {"logprob": None})),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_again_and_leaves_nothing_behind(offer: Offer, answer: Any) -> None:
    (call,) = calls_of(0, REQUEST, offer, TOKENIZER, Costs())
    with pytest.raises(NotAnsweredError):
        call.read(answer)
    assert call.read(NODES if offer is VLLM else WHOLE) == ChoiceResponse(
        (-4.0, -2.0), (False, False), 3 if offer is VLLM else 0
    )


def test_a_generated_answer_is_read() -> None:
    (call,) = calls_of(0, GenerationRequest((1,), 8), VLLM, TOKENIZER, Costs())
    assert call.read(GENERATED) == GenerationResponse("ab", "stop", generated_tokens=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("finish_reason", None),
        ("finish_reason", "abort"),
        ("text", ...),
        ("text", 7),
        ("token_ids", ...),
        ("token_ids", [97, "98"]),
        ("token_ids", [97, True]),
    ],
)
def test_a_generated_answer_that_is_not_whole_is_asked_again(name: str, value: Any) -> None:
    (call,) = calls_of(0, GenerationRequest((1,), 8), VLLM, TOKENIZER, Costs())
    with pytest.raises(NotAnsweredError):
        call.read(spoiled(GENERATED, ("choices", 0, name), value))

"""The least work is what one would compute by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines import ChoiceRequest, ChoiceResponse, FailedResponse, GenerationRequest, GenerationResponse
from jaeval.evaluation.efficiency import efficiency, least_prefill

TOKENS = st.lists(st.sampled_from([0, 1, 255, 256, 70_000]), min_size=1, max_size=6).map(tuple)


def test_shared_beginnings_count_once() -> None:
    few_shot = tuple(range(100))
    requests = [
        GenerationRequest((*few_shot, 1, 2), 8),
        GenerationRequest((*few_shot, 1, 3), 8),
        ChoiceRequest((*few_shot, 7), ((1,), (2, 3), (2, 4, 5))),
    ]
    # 100 shared, then 1, 2, 3 and 7, then the choices' tokens that are read before a wanted row: 2 and 2 4.
    assert least_prefill(requests) == 100 + 3 + 1 + 2


@given(st.lists(TOKENS, max_size=8))
def test_it_is_the_size_of_the_trie_of_prompts(prompts: list[tuple[int, ...]]) -> None:
    beginnings = {prompt[:end] for prompt in prompts for end in range(1, len(prompt) + 1)}
    assert least_prefill([GenerationRequest(prompt, 1) for prompt in prompts]) == len(beginnings)


def test_what_was_done_is_summed_and_failures_cost_nothing() -> None:
    responses = [
        ChoiceResponse((-1.0,), (True,), prefilled_tokens=7),
        GenerationResponse("答え", "stop", generated_tokens=5, prefilled_tokens=3),
        FailedResponse("out of memory"),
    ]
    found = efficiency([GenerationRequest((1, 2), 8)], responses, 2.0, 1.5)
    assert (found.prefilled, found.least, found.generated, found.seconds, found.busy) == (10, 2, 5, 2.0, 1.5)

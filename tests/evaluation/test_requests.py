"""Packed requests are the requests that went in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines import ChoiceRequest, GenerationRequest
from jaeval.engines.protocol import Request
from jaeval.engines.reasoning import ThinkTags
from jaeval.evaluation.requests import Requests, name_of

TOKENS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5).map(tuple)
CHOICES = st.builds(
    ChoiceRequest,
    TOKENS,
    st.lists(st.lists(st.integers(0, 300), max_size=4).map(tuple), max_size=4).map(tuple),
)
GENERATIONS = st.builds(
    GenerationRequest,
    TOKENS,
    st.integers(1, 500),
    stop=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    temperature=st.sampled_from([0.0, 0.7]),
    seed=st.none() | st.integers(0, 9),
    think=st.none() | st.just(ThinkTags()),
    thinking=st.booleans(),
)
REQUESTS = st.lists(CHOICES | GENERATIONS, max_size=12)


@given(REQUESTS)
def test_what_comes_out_is_what_went_in(given_requests: list[Request]) -> None:
    distinct = list(dict.fromkeys(given_requests))
    requests = Requests()
    numbers = [requests.add(request) for request in given_requests]
    assert list(requests) == distinct
    assert [requests[number] for number in numbers] == given_requests
    assert requests.names == [name_of(request) for request in distinct]
    assert len(requests) == len(distinct)


@given(REQUESTS)
def test_a_view_is_a_choice_of_them_in_its_order(given_requests: list[Request]) -> None:
    requests = Requests(given_requests)
    chosen = list(range(len(requests)))[::-2]
    view = requests.some(chosen)
    assert list(view) == [requests[number] for number in chosen]
    assert list(view[1:]) == list(view)[1:]


def test_one_may_be_expected_by_its_name_and_completed_later() -> None:
    first, second = ChoiceRequest((1,), ((2,),)), GenerationRequest((1,), 8)
    requests = Requests()
    assert requests.expect(name_of(first)) == 0
    assert requests.add(second) == 1
    assert (requests.is_whole(0), requests.is_whole(1)) == (False, True)
    with pytest.raises(KeyError):
        requests[0]
    assert requests.add(first) == 0
    assert list(requests) == [first, second]
    assert requests == Requests([first, second])

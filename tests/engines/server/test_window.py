"""A window grows while all goes well and halves once for each round that does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.server.window import FIRST, Window


def test_it_doubles_with_each_round_until_the_first_trouble() -> None:
    window = Window(most=100)
    for _ in range(FIRST):
        window.succeeded(window.size)
    assert window.size == 2 * FIRST


def test_after_trouble_it_grows_by_one_a_round() -> None:
    window = Window(most=100)
    window.congested(sent=0.0, now=1.0)
    assert window.size == FIRST // 2
    for _ in range(FIRST // 2 + 1):
        window.succeeded(window.size)
    assert window.size == FIRST // 2 + 1


def test_what_was_sent_before_the_last_halving_is_no_news() -> None:
    window = Window(most=100)
    window.congested(sent=0.0, now=1.0)
    window.congested(sent=0.5, now=2.0)
    assert window.size == FIRST // 2
    window.congested(sent=1.0, now=3.0)
    assert window.size == FIRST // 4


def test_it_does_not_grow_where_it_is_not_used() -> None:
    window = Window(most=100)
    for _ in range(1000):
        window.succeeded(FIRST // 2 - 1)
    assert window.size == FIRST


@given(st.lists(st.booleans(), max_size=400), st.integers(1, 64))
def test_it_stays_between_one_and_its_most(events: list[bool], most: int) -> None:
    window = Window(most)
    for now, good in enumerate(events):
        if good:
            window.succeeded(window.size)
        else:
            window.congested(now, now)
        assert 1 <= window.size <= most

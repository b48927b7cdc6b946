"""The frozen order: every beginning is a fair sample, and the beginning of any longer one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jaeval.fitness.order import frozen_order

SIZES = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 60), min_size=1)


@given(SIZES, st.integers(0, 5))
def test_each_item_comes_once_and_the_order_is_frozen(sizes: dict[str, int], seed: int) -> None:
    weights = dict.fromkeys(sizes, 1.0)
    order = frozen_order(sizes, weights, seed)
    assert sorted(order) == sorted((task, place) for task, size in sizes.items() for place in range(size))
    assert order == frozen_order(sizes, weights, seed)


@given(SIZES, st.lists(st.floats(0.05, 1.0), min_size=5, max_size=5))
def test_beginnings_hold_tasks_by_their_weights(sizes: dict[str, int], shares: list[float]) -> None:
    weights = dict(zip(sizes, shares, strict=False))
    order = frozen_order(sizes, weights, 0)
    whole = sum(weights.values())
    taken = dict.fromkeys(sizes, 0)
    for n, (task, _) in enumerate(order, 1):
        taken[task] += 1
        for name, count in taken.items():
            assert abs(count - n * weights[name] / whole) <= len(sizes)
        if any(taken[name] == size for name, size in sizes.items()):
            break


def test_a_tasks_own_order_does_not_depend_on_the_others() -> None:
    alone = [place for _, place in frozen_order({"a": 20}, {"a": 1.0}, 3)]
    among = [place for task, place in frozen_order({"b": 9, "a": 20}, {"b": 0.7, "a": 0.3}, 3) if task == "a"]
    assert alone == among
    assert alone != [place for _, place in frozen_order({"a": 20}, {"a": 1.0}, 4)]

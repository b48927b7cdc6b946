"""Two runs on the items that both answered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from invented_submissions import answered, items, score, submission
from scipy import stats

from jaeval.errors import BoardError
from jaeval.leaderboard.compare import compare, over_all
from jaeval.leaderboard.paired import paired_test

RANDOM = np.random.default_rng(9)


def test_tasks_are_joined_by_hash_whatever_their_order() -> None:
    first = (RANDOM.random(100) < 0.7).astype(float)
    second = (RANDOM.random(100) < 0.5).astype(float)
    theirs = items("a", list(second))[::-1][:80]
    found = compare(answered("A", {"a": list(first)}), submission("B", score("a", 0.5), items=lambda: iter(theirs)))
    task = found.tasks[0]
    assert (task.test.n, task.only_first, task.only_second) == (80, 20, 0)
    assert task.test.first == pytest.approx(first[20:].mean())
    assert task.test.second == pytest.approx(second[20:].mean())
    assert task.test.p == pytest.approx(paired_test(list(first[20:]), list(second[20:])).p)
    assert {item.first.item for item in found.differing} == {
        f"a-{place}" for place in range(20, 100) if first[place] != second[place]
    }


def test_all_tasks_are_corrected_together_and_averaged() -> None:
    first = {task: list((RANDOM.random(60) < 0.8).astype(float)) for task in "abc"}
    second = {task: list((RANDOM.random(60) < 0.6).astype(float)) for task in "abcd"}
    found = compare(answered("A", first), answered("B", second))
    assert [task.task for task in found.tasks] == ["a", "b", "c"]
    ps = [task.test.p for task in found.tasks]
    assert min(task.test.p_holm or 9 for task in found.tasks) == pytest.approx(min(1, 3 * min(p or 9 for p in ps)))
    differences = [np.array(first[task]) - np.array(second[task]) for task in "abc"]
    mean = float(np.mean([difference.mean() for difference in differences]))
    error = float(np.sqrt(sum(stats.sem(difference) ** 2 for difference in differences)) / 3)
    assert found.overall.difference == pytest.approx(mean)
    assert found.overall.stderr == pytest.approx(error)
    assert found.overall.p == pytest.approx(2 * stats.norm.sf(abs(mean) / error))


def test_one_task_can_be_asked_for() -> None:
    runs = answered("A", {"a": [1.0, 0.0], "b": [1.0, 1.0]}), answered("B", {"a": [0.0, 0.0], "b": [1.0, 0.0]})
    assert [task.task for task in compare(*runs, "b").tasks] == ["b"]
    with pytest.raises(BoardError, match="has no items of 'c' with a number"):
        compare(*runs, "c")


def test_another_number_stands_in_where_the_primary_one_has_none_for_an_item() -> None:
    def run(model: str, right: list[float]):
        parts = [replace(item, metric="f1", score=None) for item in items("a", right)]
        rows = [*parts, *items("a", right)]
        scores = score("a", 0.5, metric="f1"), score("a", 0.5, primary=False)
        return submission(model, *scores, items=lambda: iter(rows))

    found = compare(run("A", [1.0, 1.0, 0.0]), run("B", [0.0, 1.0, 0.0]))
    assert (found.tasks[0].metric, found.tasks[0].test.difference) == ("acc", pytest.approx(1 / 3))


def test_repeats_of_a_document_are_paired_in_their_order() -> None:
    def run(model: str, values: list[float]):
        rows = [replace(item, item="same") for item in items("a", values)]
        return submission(model, score("a", 0.5), items=lambda: iter(rows))

    assert compare(run("A", [1.0, 0.0, 1.0]), run("B", [1.0, 1.0])).tasks[0].test.n == 2


def test_runs_without_shared_items_are_refused() -> None:
    with pytest.raises(BoardError, match="has no items with a number"):
        compare(submission("A", score("a", 0.5)), answered("B", {"a": [1.0]}))
    other = [replace(item, item=f"other {item.item}") for item in items("a", [1.0, 0.0])]
    with pytest.raises(BoardError, match="share no item with a number"):
        compare(answered("A", {"a": [1.0, 0.0]}), submission("B", score("a", 0.5), items=lambda: iter(other)))


def test_failed_items_are_in_no_pair() -> None:
    rows = items("a", [1.0, None, 0.0])
    found = compare(answered("A", {"a": [1.0, 1.0, 1.0]}), submission("B", score("a", 0.5), items=lambda: iter(rows)))
    assert (found.tasks[0].test.n, found.tasks[0].only_first) == (2, 1)


def test_an_unknown_error_leaves_the_overall_one_unknown() -> None:
    found = over_all([paired_test([1.0], [0.0]), paired_test([1.0, 0.0], [0.0, 0.0])])
    assert (found.difference, found.stderr, found.p) == (0.75, None, None)

"""The family's tasks as lm-eval loads them, and how answers are scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jaeval.nano.answers import is_right, score_comprehension, score_problem
from jaeval.nano.dataset import SPLITS, comprehensions, problems
from jaeval.nano.splits import owner

TASKS = Path(__file__).parents[2] / "tasks"
NAMES = ["nano_ja_math", "nano_en_math", "nano_ja_comprehension"]


@pytest.fixture(scope="module")
def tasks() -> dict[str, Any]:
    from lm_eval.tasks import TaskManager

    loaded: dict[str, Any] = TaskManager(include_path=str(TASKS), include_defaults=False).load(NAMES)["tasks"]
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_a_task_has_its_three_splits(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    assert set(task.dataset) == set(SPLITS)
    for split in SPLITS:
        assert len(task.dataset[split]) == task.config.metadata["size"]
        assert {owner(question) for question in task.dataset[split]["question"]} == {split}
        assert len(set(task.dataset[split]["question"])) == len(task.dataset[split])
    assert len(task.eval_docs) == task.config.metadata["size"]


@pytest.mark.parametrize("name", NAMES)
def test_the_target_is_right_and_an_empty_answer_is_not(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    for doc in list(task.eval_docs)[:50]:
        assert task.doc_to_text(doc) == doc["prompt"]
        assert task.process_results(doc, [task.doc_to_target(doc)]) == {"acc": 1.0}
        assert task.process_results(doc, [""]) == {"acc": 0.0}


@pytest.mark.parametrize(
    ("response", "language", "right"),
    [
        ("3 + 4 = 7。答えは7個です。", "ja", True),
        ("答えは7個です。", "ja", True),
        (" 7個です。\n", "ja", True),
        ("3 + 4 = 7", "ja", False),
        ("7", "ja", False),
        ("3 + 4 = 7. The answer is 7 apples.", "ja", False),
        ("3 + 4 = 7。答えは8個です。", "ja", False),
        ("3 + 4 = 7。答えは7個で", "ja", False),
        ("3 + 4 = 7. The answer is 7 apples.", "en", True),
        ("3 + 4 = 7。答えは7個です。", "en", False),
        ("3 + 4 = 7. The answer is 17 apples.", "en", False),
        ("", "ja", False),
        ("", "en", False),
    ],
)
def test_what_counts_as_right(response: str, language: str, right: bool) -> None:
    assert is_right(response, 7, language) is right
    assert score_problem({"answer": 7, "language": language}, [response]) == {"acc": float(right)}


def test_a_question_about_a_text_wants_the_whole_sentence() -> None:
    doc = {"answer": "Tom has 3 apples."}
    assert score_comprehension(doc, [" Tom has 3 apples. "]) == {"acc": 1.0}
    assert score_comprehension(doc, ["3 apples."]) == {"acc": 0.0}


def test_the_same_seed_gives_the_same_items_and_a_longer_list_begins_with_the_shorter() -> None:
    for make in (problems, comprehensions):
        assert make("ja", "search", 8, 5) == make("ja", "search", 20, 5)[:8]
        assert make("ja", "search", 8, 5) != make("ja", "search", 8, 6)

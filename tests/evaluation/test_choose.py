"""Tasks, groups and suites: which are evaluated, and which numbers they make."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tasks import write_tasks

from jaeval.catalogue import Catalogue
from jaeval.engines import ScriptedEngine
from jaeval.errors import TaskError
from jaeval.evaluation.choose import choose_tasks
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run
from jaeval.suites import SUITES, Part, Suite, SuiteTask

GROUPS = """
group: both
task: [sums, inner]
aggregate_metric_list: [{metric: acc, aggregation: mean, weight_by_size: false}]
"""
INNER = """
group: inner
task: [letters, texts]
aggregate_metric_list: [{metric: acc, aggregation: mean}]
"""
SILENT = "group: silent\ntask: [letters, texts]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_tasks(tmp_path / "tasks")
    for name, text in {"both": GROUPS, "inner": INNER, "silent": SILENT}.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> Suite:
    made = Suite(
        "ours",
        "for these tests",
        (Part("sums", (SuiteTask("sums", limit=5),)), Part("facts", (SuiteTask("inner", limit=4),))),
        split="search",
        prompts=True,
    )
    monkeypatch.setitem(SUITES, "ours", made)
    return made


def run(folder: Path, tmp_path: Path, **settings: object) -> Run:
    settings = {"engine": ScriptedEngine(), "out": tmp_path / "run", "cache": False, **settings}
    return evaluate("x", tasks_dirs=[folder], trust_task_code=True, **settings)  # type: ignore[arg-type]


class TestGroups:
    def test_a_group_that_asks_for_a_score_has_one(self, folder: Path) -> None:
        chosen = choose_tasks(Catalogue([folder]), ["both"], None)
        assert [card.name for card in chosen.cards] == ["sums", "letters", "texts"]
        assert {record.name: record.weights for record in chosen.composites} == {
            "inner": {"letters": None, "texts": None},
            "both": {"sums": 1.0, "letters": 1.0, "texts": 1.0},
        }

    def test_one_that_does_not_has_none(self, folder: Path) -> None:
        assert choose_tasks(Catalogue([folder]), ["silent"], None).composites == []

    def test_its_score_is_in_the_run_and_read_back(self, folder: Path, tmp_path: Path) -> None:
        found = run(folder, tmp_path, tasks=["inner"])
        (inner,) = found.composites
        primary = [score.value for score in found.scores if score.primary]
        assert inner.value == pytest.approx(sum(value or 0 for value in primary) / 2)
        assert Run.open(found.path).composites == found.composites


class TestSuites:
    def test_its_limits_split_and_parts(self, folder: Path, tmp_path: Path, suite: Suite) -> None:
        found = run(folder, tmp_path, suite="ours")
        assert found.manifest.suite == "ours"
        assert {name: (task.n, task.split) for name, task in found.manifest.tasks.items()} == {
            "sums": (5, "search"),
            "letters": (4, "search"),
            "texts": (4, "search"),
        }
        names = [composite.name for composite in found.composites]
        assert names == ["ours: sums", "ours: facts", "ours: best prompt", "ours: mean over prompts"]
        assert [composite.n for composite in found.composites[:2]] == [5, 8]

    def test_a_smaller_limit_wins_and_a_larger_one_does_not(self, folder: Path, tmp_path: Path, suite: Suite) -> None:
        found = run(folder, tmp_path, suite="ours", limit=2)
        assert {task.n for task in found.manifest.tasks.values()} == {2}
        found = run(folder, tmp_path, suite="ours", limit=9, out=tmp_path / "second")
        assert found.manifest.tasks["sums"].n == 5

    def test_tasks_and_a_suite_are_not_both_named(self, folder: Path) -> None:
        with pytest.raises(TaskError, match="not both"):
            choose_tasks(Catalogue([folder]), ["sums"], "procedural")

    def test_an_unknown_suite_is_told_with_those_there_are(self, folder: Path) -> None:
        with pytest.raises(TaskError, match=r"no suite 'none'.*procedural"):
            choose_tasks(Catalogue([folder]), None, "none")

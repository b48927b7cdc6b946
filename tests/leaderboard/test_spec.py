"""Definitions: those that come with jaeval, and what is said of bad ones."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_submissions import spec

from jaeval.errors import BoardError
from jaeval.leaderboard.columns import slots_of
from jaeval.leaderboard.definitions import read_spec, shipped
from jaeval.suites import PFNET_BENCHMARKS, PFNET_PROMPTS, SUITES

TEXTS = {"title": {"ja": "表", "en": "board"}, "description": {"ja": "", "en": ""}}


def write(folder: Path, content: Any, name: str = "board.yaml") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return file


def test_five_boards_come_with_jaeval() -> None:
    assert set(shipped()) == {"ja-core", "ja-finance", "ja-math", "jp-stable", "pfnet-fin"}


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_board_has_titles_weights_licences_and_chance_levels(name: str) -> None:
    found = read_spec(name)
    assert found.name == name
    assert found.title.ja != found.title.en
    assert found.licences
    columns = [slot.column for slot in slots_of(found)]
    assert math.isclose(sum(column.weight for column in columns), 1.0)
    assert all(column.chance is not None for column in columns)
    assert all(column.title["ja"] and column.title["en"] and column.title["en"] != column.key for column in columns)


@pytest.mark.parametrize("name", ["ja-core", "ja-finance", "ja-math"])
def test_a_suites_board_weighs_as_the_suite_does(name: str) -> None:
    columns = [slot.column for slot in slots_of(read_spec(name))]
    parts = SUITES[name].parts
    for part in parts:
        own = {column.key: column for column in columns if column.domain == part.name}
        assert math.isclose(sum(column.weight for column in own.values()), 1 / len(parts))
        for entry in part.tasks:
            if entry.task in own and entry.weight is None:
                column = own[entry.task]
                items = sum(other.items or 0 for other in own.values())
                assert column.weight == pytest.approx((column.items or 0) / items / len(parts))
                assert entry.limit is None or (column.items or 0) <= entry.limit


def test_examination_questions_without_a_licence_are_withheld() -> None:
    withheld = {slot.column.key for slot in slots_of(read_spec("ja-core")) if slot.column.withheld}
    assert withheld == {"fin_cma_basics", "fin_security_sales_1", "fin_fp2"}
    assert {slot.column.key for slot in slots_of(read_spec("pfnet-fin")) if slot.column.withheld} == {
        "cma_basics",
        "fp2",
        "security_sales_1",
    }


def test_pfnets_board_knows_all_tasks_of_the_suite_and_its_stand_ins() -> None:
    columns = {slot.column.key: slot for slot in slots_of(read_spec("pfnet-fin"))}
    assert tuple(columns) == PFNET_BENCHMARKS
    for part, prompt in zip(SUITES["ja-fin-pfnet"].parts, PFNET_PROMPTS, strict=True):
        named = "default" if prompt == "0.0" else f"1.0-{prompt}"
        for benchmark, entry in zip(PFNET_BENCHMARKS, part.tasks, strict=True):
            assert entry.task in columns[benchmark].names[named]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({**TEXTS, "tasks": [{"task": "a", "weihgt": 2}]}, "tasks.0.weihgt: Extra inputs are not permitted"),
        ({**TEXTS, "tasks": [{"task": "a", "weight": -1}]}, "tasks.0.weight"),
        ({**TEXTS, "tasks": [{"task": "a", "chance": 1}]}, "tasks.0.chance"),
        ({**TEXTS}, "give tasks or a suite"),
        ({**TEXTS, "tasks": [{"task": "a"}], "suite": "ja-core"}, "give tasks or a suite"),
        ({**TEXTS, "tasks": [{"task": "a"}, {"task": "a"}]}, "'a' stands twice"),
        ({**TEXTS, "tasks": [{"task": "a", "weight": 0}]}, "every weight is 0"),
        ({**TEXTS, "tasks": [{"task": "a"}], "normalisation": "chance"}, "needs the chance of every task"),
        ({**TEXTS, "tasks": [{"task": "a", "higher_is_better": False}]}, "lower is better cannot be part of a mean"),
        ({**TEXTS, "tasks": [{"task": "a", "names": ["a"], "prompts": {"x": ["a"]}}]}, "names or prompts, not both"),
        ({**TEXTS, "tasks": [{"task": "a", "prompts": {"x": ["a"]}}, {"task": "b"}]}, "same versions of the prompt"),
        ({**TEXTS, "tasks": [{"task": "a"}], "models": {"m": {"url": "javascript:alert(1)"}}}, "models.m.url"),
        ({**TEXTS, "tasks": [{"task": "a"}], "missing": "zero"}, "missing: Extra inputs"),
        ({"tasks": [{"task": "a"}]}, "title: Field required"),
        ("- a\n- b", "is not a mapping"),
        ("a: [", "is no YAML"),
        ("a: !!python/object/apply:os.system ['true']", "is no YAML"),
    ],
)
def test_a_bad_definition_is_refused_with_its_field(tmp_path: Path, content: Any, told: str) -> None:
    file = write(tmp_path, content)
    with pytest.raises(BoardError) as refused:
        read_spec(file)
    assert told in str(refused.value)
    assert refused.value.file == str(file)


def test_an_unknown_name_tells_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"no leaderboard 'ja-cor'\. Name a YAML file, or ja-core"):
        read_spec("ja-cor")
    with pytest.raises(BoardError, match="no suite 'nope'"):
        slots_of(read_spec(write(tmp_path, {**TEXTS, "suite": "nope"})))
    with pytest.raises(BoardError, match="the suite has no task 'mgsm'"):
        slots_of(read_spec(write(tmp_path, {**TEXTS, "suite": "ja-math", "titles": {"mgsm": {"ja": "", "en": ""}}})))
    with pytest.raises(BoardError, match="versions of one prompt"):
        slots_of(read_spec(write(tmp_path, {**TEXTS, "suite": "ja-fin-pfnet"})))


def test_details_of_models_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    write(tmp_path, {"a/b": {"parameters": 7, "licence": "MIT"}, "c": {"kind": "base"}}, "models.yaml")
    content = {**TEXTS, "tasks": [{"task": "a"}], "models_file": "models.yaml", "models": {"c": {"kind": "chat"}}}
    found = read_spec(write(tmp_path, content, "my board.yaml"))
    assert (found.name, found.models["a/b"].parameters, found.models["c"].kind) == ("my-board", 7, "chat")
    write(tmp_path, {"a/b": {"size": 7}}, "models.yaml")
    with pytest.raises(BoardError, match=r"models\.yaml: a/b\.size: Extra inputs"):
        read_spec(tmp_path / "my board.yaml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("title", "description", "tasks", "suite", "filters", "recipe", "models", "published", "licences", "name")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5) | JSON)
def test_any_content_is_a_definition_or_refused(tmp_path: Path, content: Any) -> None:
    file = write(tmp_path, content)
    with contextlib.suppress(BoardError):
        assert read_spec(file).title


def test_domains_count_alike_and_tasks_by_weight_within_them() -> None:
    slots = slots_of(
        spec(
            {"task": "a", "domain": "x", "weight": 3},
            {"task": "b", "domain": "x", "weight": 1},
            {"task": "c", "domain": "y"},
            {"task": "d", "domain": "z", "weight": 0},
        )
    )
    assert [slot.column.weight for slot in slots] == [0.375, 0.125, 0.5, 0.0]

"""Letters asked for and log-likelihoods are two kinds of number: no suite, board or group holds both."""

from __future__ import annotations

import fnmatch
from itertools import chain

import pytest

from jaeval.catalogue import Catalogue
from jaeval.leaderboard.columns import slots_of
from jaeval.leaderboard.definitions import read_spec, shipped
from jaeval.suites import ASKED, SUITES, Part

CATALOGUE = Catalogue()
TWINS = {name: name.removesuffix(ASKED) for name in CATALOGUE.cards if name.endswith(ASKED)}


def both_kinds(names: set[str]) -> set[str]:
    """The tasks that are there with their twin."""
    return {name for name, twin in TWINS.items() if name in names and twin in names}


def tasks_of(part: Part) -> set[str]:
    return {card.name for entry in part.tasks for card in CATALOGUE.expand([entry.task])}


def test_every_twin_is_a_task_of_its_own_that_compares_log_likelihoods() -> None:
    assert len(TWINS) == 12
    for name, twin in TWINS.items():
        assert CATALOGUE[name].output_type == "generate_until"
        assert CATALOGUE[twin].output_type == "multiple_choice"
        assert CATALOGUE[name].task_hash != CATALOGUE[twin].task_hash


@pytest.mark.parametrize("name", SUITES)
def test_no_suite_holds_a_task_and_its_twin(name: str) -> None:
    assert both_kinds(set(chain.from_iterable(map(tasks_of, SUITES[name].parts)))) == set()


@pytest.mark.parametrize("name", shipped())
def test_no_board_holds_a_task_and_its_twin(name: str) -> None:
    patterns = [pattern for slot in slots_of(read_spec(name)) for found in slot.names.values() for pattern in found]
    assert patterns
    shown = {task for task in CATALOGUE.cards for pattern in patterns if fnmatch.fnmatchcase(task, pattern)}
    assert both_kinds(shown) == set()


def test_no_group_and_no_tag_holds_a_task_and_its_twin() -> None:
    for members in CATALOGUE.groups.values():
        assert both_kinds({card.name for card in CATALOGUE.expand(list(members))}) == set()
    tags: dict[str, set[str]] = {}
    for card in CATALOGUE.cards.values():
        tag = card.config.get("tag") or []
        for each in tag if isinstance(tag, list) else [tag]:
            tags.setdefault(each, set()).add(card.name)
    assert tags["jaeval_asked"] == set(TWINS)
    for tagged in tags.values():
        assert both_kinds(tagged) == set()


def test_the_guard_sees_a_mix() -> None:
    assert both_kinds({"jnli", "jnli_asked", "fin_fp2"}) == {"jnli_asked"}


def test_the_core_for_services_is_the_core_with_every_comparison_of_choices_replaced() -> None:
    core, asked = SUITES["ja-core"], SUITES["ja-core-asked"]
    assert "not comparable with ja-core" in asked.title
    assert (asked.split, asked.prompts) == (core.split, core.prompts)
    for ours, theirs in zip(asked.parts, core.parts, strict=True):
        assert (ours.name, ours.rule) == (theirs.name, theirs.rule)
        for entry, original in zip(ours.tasks, theirs.tasks, strict=True):
            (card,) = CATALOGUE.expand([original.task])
            replaced = card.output_type == "multiple_choice"
            assert entry.task == original.task + (ASKED if replaced else "")
            assert (entry.limit, entry.weight) == (original.limit, original.weight)
            assert CATALOGUE[entry.task].output_type == "generate_until"

"""The suites against the catalogue: their tasks exist, their splits are named, their numbers as sure as they say."""

from __future__ import annotations

import math

import pytest

from jaeval.catalogue import Catalogue, TaskCard
from jaeval.evaluation.choose import choose_tasks
from jaeval.suites import DEFAULT_SUITE, PFNET_BENCHMARKS, PFNET_PROMPTS, SUITES, Part

CATALOGUE = Catalogue()
SPLITS = {"search", "selection", "report"}


def items_of(part: Part) -> dict[str, int]:
    """How many items are asked of each task."""
    found = {}
    for entry in part.tasks:
        for card in CATALOGUE.expand([entry.task]):
            found[card.name] = card.header["size"] if entry.limit is None else min(entry.limit, card.header["size"])
    return found


def has_split(card: TaskCard, split: str) -> bool:
    named = {card.split, card.config.get("test_split"), card.config.get("validation_split")}
    return split in named | {card.config.get("fewshot_split"), *card.header.get("splits", ())}


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_names_tasks_weights_split_and_chance(name: str) -> None:
    suite = SUITES[name]
    chosen = choose_tasks(CATALOGUE, None, name)
    assert suite.split in SPLITS
    assert len({part.name for part in suite.parts}) == len(suite.parts)
    assert [card.name for card in chosen.cards if card.chance is None] == []
    assert [card.name for card in chosen.cards if not has_split(card, suite.split)] == []
    for record in chosen.composites[: len(suite.parts)]:
        assert record.weights
        assert all(weight is None or weight > 0 for weight in record.weights.values())


@pytest.mark.parametrize("part", SUITES["ja-core"].parts, ids=lambda part: part.name)
def test_no_number_of_ja_core_is_less_sure_than_it_says(part: Part) -> None:
    assert all(entry.weight is None for entry in part.tasks), "each item has the same weight"
    n = sum(items_of(part).values())
    assert 100 * math.sqrt(0.25 / n) <= 1.5
    assert n < 1125, "no more items than that takes"
    assert {CATALOGUE[task].header["domain"] for task in items_of(part)} == {part.name}


def test_ja_core_is_the_default_and_every_domain_has_a_number() -> None:
    assert DEFAULT_SUITE == "ja-core"
    assert [part.name for part in SUITES["ja-core"].parts] == ["math", "finance", "reasoning"]


def test_a_search_asks_nothing_that_is_reported() -> None:
    search = choose_tasks(CATALOGUE, None, "ja-search")
    assert search.split == "search"
    for card in search.cards:
        assert card.split == "search" or card.config.get("test_split") == "report"


def test_the_board_of_pfnet_has_each_task_in_each_version() -> None:
    suite = SUITES["ja-fin-pfnet"]
    assert suite.prompts
    assert len(suite.parts) == len(PFNET_PROMPTS)
    seen = set()
    for part, prompt in zip(suite.parts, PFNET_PROMPTS, strict=True):
        headers = [CATALOGUE[entry.task].header for entry in part.tasks]
        assert [header["benchmark"] for header in headers] == list(PFNET_BENCHMARKS)
        versions = {header["benchmark"]: header["prompt_version"] for header in headers}
        seen |= set(versions.items())
        assert {version for name, version in versions.items() if name != "chabsa"} == {prompt}
    known = {
        (card.header["benchmark"], card.header["prompt_version"])
        for card in CATALOGUE.cards.values()
        if "prompt_version" in card.header and card.header.get("benchmark") in PFNET_BENCHMARKS
    }
    assert seen == known, "every version of every prompt is on the board"

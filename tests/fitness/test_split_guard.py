"""What a search has seen is never what it reports."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

pytest.importorskip("torch", reason="needs torch and safetensors")
from scripted_candidates import SkilledEngine, weights

from jaeval.catalogue import Catalogue, open_task
from jaeval.errors import DataError, FitnessError, TaskError
from jaeval.fitness import Fitness
from jaeval.fitness.splits import check_disjoint, source_of, sources_by_split

pytestmark = pytest.mark.extras

Make = Callable[..., Fitness]


def test_report_is_refused(make: Make) -> None:
    with pytest.raises(FitnessError, match=r"split: a fitness may not look at report items\. Use split='search'"):
        make(split="report")


def test_a_tasks_own_report_split_is_refused(make: Make) -> None:
    with pytest.raises(FitnessError, match="adding: split: a fitness may not look at what is reported"):
        make(split=None)


def test_report_is_allowed_by_name_and_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "jaeval.fitness"), make(split="report", allow_report=True) as fitness:
        result = fitness(weights(50))
    assert "report items were allowed" in caplog.text
    assert any("report items were allowed" in warning for warning in result.warnings)
    assert all("/report-" in name for name in result.per_item)


def test_selection_is_another_set(make: Make) -> None:
    with make(split="selection") as selection, make() as search:
        assert not set(selection.items) & set(search.items)


def test_splits_that_share_a_source_are_refused_whatever_is_allowed(make: Make) -> None:
    for allow in (False, True):
        with pytest.raises(FitnessError, match="the splits search and selection share 20 source items, such as"):
            make("leaking", allow_report=allow)


def test_a_final_score_asks_report_items_and_says_nothing(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "jaeval.fitness"), make("adding", split="report", final=True) as fitness:
        assert all(name.startswith("adding/report-") for name in fitness.items)
        assert not any("report" in warning for warning in fitness(weights(1)).warnings)
    assert not caplog.records
    with pytest.raises(FitnessError, match="share 20 source items"):
        make("leaking", split="report", final=True)


def test_a_translation_of_a_report_item_is_a_report_item(make: Make) -> None:
    """`leaking` is no part of the fitness; its report items are the fitness's search items."""
    with pytest.raises(FitnessError, match="share"):
        make("adding", reported=["leaking"])


def test_an_empty_search_split(make: Make) -> None:
    with pytest.raises((TaskError, FitnessError), match="no split 'evolve'"):
        make(split="evolve")


def test_documents_without_a_source_count_by_their_content() -> None:
    assert source_of({"question": "1+1", "source_id": ""}).startswith("sha256:")
    assert source_of({"question": "1+1"}) != source_of({"question": "1+2"})
    assert source_of({"question": "1+1", "source_id": "gsm8k/12"}) == "gsm8k/12"


def test_nothing_shared_is_fine() -> None:
    check_disjoint({"search": {"a": "t"}, "selection": {}, "report": {"b": "t"}})


@pytest.mark.parametrize("names", [["gsm8k_ja", "mgsm_ja"], ["procedural_math"], ["procedural_reasoning_mc"]])
def test_the_real_search_tasks_share_nothing_with_what_is_reported(names: list[str]) -> None:
    catalogue = Catalogue()
    try:
        tasks = [open_task(card) for card in catalogue.expand(names)]
    except DataError as error:
        pytest.skip(f"needs the benchmark data ({error})")
    found = sources_by_split(tasks)
    assert found["search"]
    assert found["report"]
    check_disjoint(found)


def test_mgsms_report_items_are_refused_where_they_would_be_searched(make: Make) -> None:
    try:
        make("mgsm_ja", engine=SkilledEngine(), split="search").close()
    except DataError as error:
        pytest.skip(f"needs the benchmark data ({error})")
    with pytest.raises(FitnessError, match="may not look"):
        make("mgsm_ja", engine=SkilledEngine(), split=None)

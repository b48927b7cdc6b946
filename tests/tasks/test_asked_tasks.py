"""The tasks that ask for letters, beside the tasks whose items they ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jaeval.catalogue import Catalogue
from jaeval.metrics.asked_letter import CHABSA_CHOICES, JNLI_CHOICES, LETTERS
from jaeval.suites import ASKED

CATALOGUE = Catalogue()
NAMES = sorted(name for name in CATALOGUE.cards if name.endswith(ASKED))
TWIN_HEADER = ("domain", "licence", "size", "language", "split", "contamination", "source", "data", "paper")
Load = Callable[[str], Any]


def gold_and_choices(twin: Any, doc: dict[str, Any]) -> tuple[str, list[str]]:
    """The right letter and the choices' texts, from what the twin says."""
    gold = twin.doc_to_target(doc)
    choices = doc.get("choices") or list(CHABSA_CHOICES if "polarity" in doc else JNLI_CHOICES)
    if isinstance(gold, str):  # chABSA, whose neutral opinions have no right choice
        return (LETTERS[choices.index(gold)] if gold in choices else "-"), choices
    return LETTERS[gold], choices


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_the_items_of_its_twin(name: str, invented_task: Load) -> None:
    task, twin = invented_task(name), invented_task(name.removesuffix(ASKED))
    docs = list(task.eval_docs)
    assert docs
    assert docs == list(twin.eval_docs)
    for doc in docs:
        gold, choices = gold_and_choices(twin, doc)
        assert task.doc_to_target(doc) == gold
        prompt = task.doc_to_text(doc)
        places = [
            max(prompt.find(f"{letter}{dot}{choice}") for dot in (". ", "."))
            for letter, choice in zip(LETTERS, choices, strict=False)
        ]
        assert places == sorted(places)
        assert places[0] >= 0
        assert not prompt.count(f"\n{LETTERS[len(choices)]}.")


@pytest.mark.parametrize("name", NAMES)
def test_the_right_letter_and_no_other_is_right(name: str, invented_task: Load) -> None:
    task, twin = invented_task(name), invented_task(name.removesuffix(ASKED))
    for doc in list(task.eval_docs)[:30]:
        gold, choices = gold_and_choices(twin, doc)
        for letter, choice in zip(LETTERS, choices, strict=False):
            for said in (letter, f"答えは{letter}です。", f"{letter}. {choice}"):
                assert task.process_results(doc, [said]) == {"acc": float(letter == gold), "coverage": 1.0}
        assert task.process_results(doc, ["わかりません。"]) == {"acc": 0.0, "coverage": 0.0}


@pytest.mark.parametrize("name", NAMES)
def test_it_generates_greedily_and_tells_its_kind(name: str) -> None:
    card, twin = CATALOGUE[name], CATALOGUE[name.removesuffix(ASKED)]
    assert card.output_type == "generate_until"
    assert card.config["generation_kwargs"]["do_sample"] is False
    assert [metric["metric"] for metric in card.config["metric_list"]] == ["acc", "coverage"]
    assert [metric["metric"] for metric in twin.config["metric_list"]].count("acc") == 1
    for key in TWIN_HEADER:
        assert card.header.get(key) == twin.header.get(key), key
    for key in ("test_split", "validation_split", "dataset_kwargs", "custom_dataset"):
        assert getattr(card.config.get(key), "name", card.config.get(key)) == getattr(
            twin.config.get(key), "name", twin.config.get(key)
        )
    assert "asked for" in card.header["title"]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "fin_chabsa_asked"])
def test_guessing_scores_as_it_does_in_the_twin(name: str) -> None:
    assert CATALOGUE[name].chance == CATALOGUE[name.removesuffix(ASKED)].chance


def test_guessing_chabsa_is_never_right_about_neutral_opinions() -> None:
    assert CATALOGUE["fin_chabsa_asked"].chance == pytest.approx(0.5 * (7723 - 258) / 7723, abs=5e-5)


def test_jmmlu_is_asked_as_its_twin_asks(invented_task: Load) -> None:
    task, twin = invented_task("jmmlu_letters_asked"), invented_task("jmmlu_letters")
    for each in (task, twin):
        each.set_fewshot_seed(1234)
    for doc in list(task.eval_docs)[:20]:
        assert task.fewshot_context(doc, 5) == twin.fewshot_context(doc, 5)


@pytest.mark.parametrize("name", [name for name in NAMES if CATALOGUE[name].config.get("fewshot_split") == "search"])
def test_an_example_that_is_asked_for_answers_with_a_letter(name: str, invented_task: Load) -> None:
    task = invented_task(name)
    task.set_fewshot_seed(1234)
    example = task.fewshot_context(task.eval_docs[0], 1).split("\n\n")[0]
    assert example[-4:-1] == "答え："
    assert example[-1] in "ABCD"

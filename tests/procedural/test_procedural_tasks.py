"""The task YAML as lm-eval loads it: data, prompts, scores."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jaeval.procedural import SPLITS, regenerate
from jaeval.procedural.dataset import STEPS, load

TASKS = Path(__file__).parents[2] / "tasks"
MIXED = ["procedural_math", "procedural_finance", "procedural_reasoning", "procedural_reasoning_mc"]
LEVELS = {f"{name}_{level}": level for name in MIXED for level in STEPS}
NAMES = [*MIXED, *LEVELS]
FREE = [name for name in NAMES if "_mc" not in name]
DIGESTS = {
    "procedural_math": "f90919a85f047d99",
    "procedural_finance": "f7f5edb46da585e6",
    "procedural_reasoning": "8e3b017f6d24281b",
    "procedural_reasoning_mc": "62752a5b08f4a478",
}
"""Of all rows of the three splits: published scores are scores on these items."""
HEADER = {
    *("version", "domain", "title", "paper", "reproduces", "licence", "size", "language", "split", "chance"),
    *("contamination", "source"),
}


@pytest.fixture(scope="module")
def tasks() -> dict[str, Any]:
    from lm_eval.tasks import TaskManager

    loaded: dict[str, Any] = TaskManager(include_path=str(TASKS), include_defaults=False).load(NAMES)["tasks"]
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_what_the_task_is(tasks: dict[str, Any], name: str) -> None:
    config = tasks[name].config
    assert config.metadata.keys() >= HEADER
    assert name.split("_")[1] == config.metadata["domain"] == config.dataset_kwargs["procedural_domain"]
    assert config.metadata["size"] == config.dataset_kwargs["items"] == len(tasks[name].eval_docs)
    assert config.metadata["split"] == config.test_split == "report"
    assert config.metadata["chance"] == (0.0 if name in FREE else 0.25)
    assert not config.metadata.keys() & config.dataset_kwargs.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_three_splits_are_there_and_disjoint(tasks: dict[str, Any], name: str) -> None:
    dataset = tasks[name].dataset
    assert set(dataset) == set(SPLITS)
    questions = [set(dataset[split]["question"]) for split in SPLITS]
    assert [len(texts) for texts in questions] == [300] * 3
    assert len(set.union(*questions)) == 900
    for split in SPLITS:
        assert set(dataset[split]["split"]) == {split}
        assert len(set(dataset[split]["id"])) == 300
        assert dataset[split]["source_id"] == dataset[split]["id"]


@pytest.mark.parametrize("name", MIXED)
def test_the_items_are_the_published_ones(tasks: dict[str, Any], name: str) -> None:
    digest = hashlib.sha256()
    for split in SPLITS:
        for row in tasks[name].dataset[split]:
            digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
    assert digest.hexdigest()[:16] == DIGESTS[name]


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_has_its_steps_only_and_many_kinds(tasks: dict[str, Any], name: str) -> None:
    steps = STEPS[LEVELS[name]]
    for split in SPLITS:
        rows = tasks[name].dataset[split]
        assert set(rows["difficulty"]) == set(steps)
        assert all(int(row_id.split("/")[3][0]) in steps for row_id in rows["id"])
        counts = [rows["kind"].count(kind) for kind in set(rows["kind"])]
        assert len(counts) >= 8
        assert max(counts) - min(counts) <= 1


def test_levels_share_no_item_with_each_other_or_with_the_mixed_tasks(tasks: dict[str, Any]) -> None:
    for name in MIXED:
        together = [name, *(level for level in LEVELS if level.rpartition("_")[0] == name)]
        assert len(together) == 4
        ids = [row_id for task in together for row_id in tasks[task].dataset["report"]["id"]]
        assert len(set(ids)) == len(ids) == 1200


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_its_item(tasks: dict[str, Any], name: str) -> None:
    for doc in tasks[name].eval_docs.select(range(20)):
        item = regenerate(doc["id"])
        assert (doc["question"], doc["solution"], doc["answer"]) == (item.question, item.solution, item.answer)
        assert tuple(doc["choices"]) == (item.choices or ())


@pytest.mark.parametrize("name", FREE)
def test_a_free_prompt(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    doc = task.eval_docs[0]
    assert task.fewshot_context(doc, 0) == (
        f"問題：{doc['question']}\n考え方を短く書き、最後に「答えは○○です。」と書いてください。\n解答："
    )
    assert task.config.generation_kwargs == {
        "until": ["問題：", "\n\n\n"],
        "max_gen_toks": 512 if LEVELS.get(name) == "hard" else 256,
        "do_sample": False,
        "temperature": 0.0,
    }
    assert task.process_results(doc, [doc["solution"]]) == {"acc": 1.0}
    assert task.process_results(doc, ["わかりません。"]) == {"acc": 0.0}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FREE])
def test_a_prompt_with_choices(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    doc = task.eval_docs[0]
    choices = "".join(f"{letter}. {choice}\n" for letter, choice in zip("ABCD", doc["choices"], strict=True))
    assert task.fewshot_context(doc, 0) == f"問題：{doc['question']}\n選択肢：\n{choices}答え："
    assert task.doc_to_choice(doc) == ["A", "B", "C", "D"]
    assert task.doc_to_target(doc) == doc["answer_index"]
    scores = [(-1.0, False)] * 4
    scores[doc["answer_index"]] = (-0.5, True)
    assert task.process_results(doc, scores)["acc"] == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_exemplars_come_from_the_search_split(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    task.set_fewshot_seed(1)
    prompt = task.fewshot_context(task.eval_docs[0], 2)
    first, second, last = prompt.split("\n\n")
    exemplars = {doc["question"] for doc in task.dataset["search"]}
    for exemplar in (first, second):
        assert exemplar.removeprefix("問題：").partition("\n考え方" if name in FREE else "\n選択肢")[0] in exemplars
        if name in FREE:
            assert exemplar.endswith("です。")
        else:
            assert exemplar[-4:-1] == "答え："
            assert exemplar[-1] in "ABCD"
    assert last == task.fewshot_context(task.eval_docs[0], 0)


@pytest.mark.parametrize("name", NAMES)
def test_requests_can_be_built(tasks: dict[str, Any], name: str) -> None:
    task = tasks[name]
    task.build_all_requests(limit=3)
    assert len(task.instances) == (3 if name in FREE else 12)


def test_another_seed_gives_another_data_set() -> None:
    one, other = (load(procedural_domain="math", items=30, seed=seed, version=1.0) for seed in (1, 2))
    assert not set(one["report"]["id"]) & set(other["report"]["id"])


def test_an_unknown_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown domain 'art'"):
        load(procedural_domain="art", items=3)  # type: ignore[arg-type]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown difficulty 'harder': choose one of easy, medium, hard"):
        load(procedural_domain="math", items=3, procedural_difficulty="harder")

"""The reasoning tasks against the published prompts and rules: lm-eval's own tasks, jp-stable, llm-jp-eval.

`published_reasoning.json` was written by the harnesses themselves, not by jaeval: Stability-AI/lm-evaluation-harness at
effdbeaf and llm-jp-eval in swallow-llm/swallow-evaluation at 57c4ecd. It holds their prompts over the invented items of
`invented_reasoning.py` (with what each choice appends, the stop text, or the target), and for each task the SHA-256
over its first 150 prompts on the real data. The training files of JNLI and JSQuAD were not at hand: there the
validation file stood in for them, as it does here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import lm_eval.utils
import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate
from lm_eval.tasks import TaskManager
from test_lm_eval_parity import RESPONSES, assert_same_prompts, filtered, upstream

from jaeval.catalogue import Catalogue, open_task
from jaeval.data import jcommonsenseqa, jmmlu, jnli, jpstable_shots, jsquad, store
from jaeval.errors import DataError

Load = Callable[[str], Any]
TASKS = Path(__file__).parents[2] / "tasks"
PUBLISHED = json.loads((Path(__file__).parent / "published_reasoning.json").read_text(encoding="utf-8"))
FIRST = 150
READERS = (jcommonsenseqa, jnli, jsquad, jmmlu)
JPSTABLE = [name for name in PUBLISHED["prompts"] if "jpstable" in name]
LLM_JP_EVAL = [name for name in PUBLISHED["prompts"] if "jpstable" not in name]


@pytest.fixture(autouse=True, scope="module")
def templates_compiled_once() -> Iterator[None]:
    """lm-eval compiles a template anew for each document, which is most of the time these tests would take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm_eval.utils.env, "from_string", lru_cache(lm_eval.utils.env.from_string))
        yield


@pytest.fixture(scope="module")
def real_splits() -> dict[Any, Any]:
    """The real data that `standing_in` has loaded, by reader and order: each is parsed once."""
    return {}


@pytest.fixture
def standing_in(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, real_splits: dict[Any, Any]) -> Load:
    """Load a task over the real data, with JGLUE's validation files in place of training files that are not here."""
    read = store.read

    def stand_in(name: str, path: str) -> bytes:
        if name in ("jnli_train", "jsquad_train"):
            name, path = name.removesuffix("_train"), path.replace("train-", "valid-")
        return read(name, path)

    def once(load: Load, order: str = "published", **more: Any) -> Any:
        key = (load, order, more.get("subject"))
        if key not in real_splits:
            real_splits[key] = load(order=order, **more)
        return real_splits[key]

    def load(name: str) -> Any:
        data = catalogue[name].header["data"]
        if not store.is_present(data):
            pytest.skip(f"data set {data} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
        monkeypatch.setattr(store, "read", stand_in)
        for reader in READERS:
            monkeypatch.setattr(reader, "load", partial(once, reader.load))
        return manager().load([name])["tasks"][name]

    return load


@lru_cache(maxsize=1)
def manager() -> TaskManager:
    return TaskManager(include_path=str(TASKS), include_defaults=False)


def prompts(task: Any, first: int | None = None) -> list[list[Any]]:
    """What `published_reasoning.json` holds of a task: prompt, and continuations, stop texts or target."""
    task.set_fewshot_seed(99)  # the draw belongs to the protocols: another seed changes nothing
    found = []
    for doc in task.eval_docs.select(range(min(first or len(task.eval_docs), len(task.eval_docs)))):
        prompt = task.fewshot_context(doc, task.config.num_fewshot)
        requests = task.construct_requests(doc, prompt)
        if task.config.task in LLM_JP_EVAL:
            target = task.doc_to_target(doc)
            found.append([prompt, "ABCD"[target] if isinstance(target, int) else target])
        elif isinstance(requests, list):
            found.append([prompt, [request.args[1] for request in requests]])
        else:
            found.append([prompt, requests.args[1]["until"]])
    return found


def digest(found: list[list[Any]]) -> str:
    return hashlib.sha256(json.dumps(found, ensure_ascii=False).encode()).hexdigest()


class TestJpstable:
    @pytest.fixture
    def few_documents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The invented validation files have one or two documents, which upstream shuffles before its first draw."""
        monkeypatch.setattr(jpstable_shots.JCommonsenseQAShots, "documents", 1)
        monkeypatch.setattr(jpstable_shots.JnliShots, "documents", 2)
        monkeypatch.setattr(jpstable_shots.JSquadShots, "documents", 2)

    @pytest.mark.parametrize("name", JPSTABLE)
    def test_prompts_on_invented_items(self, name: str, invented_task: Load, few_documents: None) -> None:
        assert prompts(invented_task(name)) == PUBLISHED["prompts"][name]

    @pytest.mark.parametrize("name", JPSTABLE)
    def test_prompts_on_real_items(self, name: str, standing_in: Load) -> None:
        assert digest(prompts(standing_in(name), FIRST)) == PUBLISHED["digests"][name]

    def test_every_version_of_the_harness_is_there(self, catalogue: Catalogue) -> None:
        versions = {name: len(catalogue.expand([name])) for name in catalogue.groups if "_jpstable_" in name}
        assert versions == {
            "jcommonsenseqa_jpstable_1_1": 7,
            "jnli_jpstable_1_3": 5,
            "jsquad_jpstable_1_1": 6,
            "jsquad_jpstable_1_2": 5,
        }
        assert {card.name for name in versions for card in catalogue.expand([name])} == set(JPSTABLE)

    def test_jcommonsenseqa_scores(self, invented_task: Load) -> None:
        task = invented_task("jcommonsenseqa_jpstable_1_1_0_3")
        doc = {"question": "？", "choices": ["あ", "ああああ", "い", "う", "え"], "label": 1}
        results = [(-2.0, False), (-4.0, False), (-9.0, False), (-9.0, False), (-9.0, False)]
        assert task.process_results(doc, results) == {"acc": 0.0, "acc_norm": 1.0}

    def test_jnli_scores_are_aggregated_over_all_items(self, invented_task: Load) -> None:
        task = invented_task("jnli_jpstable_1_3_0_2")
        scores = [
            task.process_results({"label": gold}, [(float(i == found), False) for i in range(3)])
            for gold, found in [(0, 0), (1, 1), (2, 2), (2, 1)]
        ]
        values = {name: task.aggregation()[name]([score[name] for score in scores]) for name in scores[0]}
        assert values["acc"] == 0.75
        assert values["balanced_acc"] == pytest.approx(5 / 6)
        assert values["macro_f1"] == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
        assert values["mcc"] == pytest.approx(0.7)

    def test_jsquad_scores_with_the_best_answer(self, invented_task: Load) -> None:
        task = invented_task("jsquad_jpstable_1_1_0_2")
        doc = {"answers": ["1,234km", "全長 1,234km"]}
        assert task.process_results(doc, ["全長1,234km"]) == {"exact_match": 1.0, "f1": 1.0}

    def test_jnli_examples_are_stratified(self) -> None:
        docs = [{"label": label, "n": n} for label, size in ((2, 5), (0, 3), (1, 2)) for n in range(size)]
        sampler = jpstable_shots.JnliShots(docs)
        assert all(Counter(doc["label"] for doc in sampler.sample(3)) == {0: 1, 1: 1, 2: 1} for _ in range(20))
        # 7 × 0.5, 0.3 and 0.2, rounded down, are 3, 2 and 1; the seventh goes to the fewest.
        assert Counter(doc["label"] for doc in sampler.sample(7)) == {2: 3, 0: 2, 1: 2}

    def test_the_draw_starts_again_with_each_run(self) -> None:
        docs = [{"label": n % 3, "n": n} for n in range(30)]
        for kind in (jpstable_shots.JnliShots, jpstable_shots.JSquadShots):
            sampler = kind(docs)
            first, second = sampler.sample(3), sampler.sample(3)
            assert first != second
            assert [sampler.set_rnd(7).sample(3), sampler.sample(3)] == [first, second]


class TestLlmJpEval:
    @pytest.mark.parametrize("name", LLM_JP_EVAL)
    def test_prompts_on_invented_items(self, name: str, invented_task: Load) -> None:
        expected = PUBLISHED["prompts"][name]
        assert prompts(invented_task(name), len(expected)) == expected

    @pytest.mark.parametrize("name", LLM_JP_EVAL)
    def test_prompts_on_real_items(self, name: str, standing_in: Load) -> None:
        assert digest(prompts(standing_in(name), FIRST)) == PUBLISHED["digests"][name]

    def test_a_subject_of_jmmlu_asks_the_same_as_all_of_them_together(self, invented_task: Load) -> None:
        whole = {doc["id"]: prompt for doc, (prompt, _) in zip(*both(invented_task("jmmlu_letters")), strict=True)}
        for name in ("jmmlu_anatomy", "jmmlu_world_history"):
            docs, found = both(invented_task(name))
            assert found
            assert [prompt for prompt, _ in found] == [whole[doc["id"]] for doc in docs]

    def test_scores(self, invented_task: Load) -> None:
        question = invented_task("niilc")
        assert question.process_results({"answer": "赤,青"}, ["青,赤\n\n"]) == {
            "token_sort_ratio": 1.0,
            "exact_match": 0.0,
        }
        for name in ("janli", "jamp", "jmmlu_anatomy"):
            assert invented_task(name).process_results({"answer": "B"}, [" Ｂ\n"]) == {"exact_match": 1.0}


def both(task: Any) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    return list(task.eval_docs), prompts(task)


class TestJmmluGroups:
    def test_the_groups_hold_the_subjects(self, catalogue: Catalogue) -> None:
        groups = {
            name: {card.name for card in catalogue.expand([name])} for name in catalogue.groups if "jmmlu" in name
        }
        parts = [groups[f"jmmlu_{part}"] for part in ("stem", "humanities", "social_sciences", "other")]
        assert list(map(len, parts)) == [19, 11, 10, 13]
        assert set.union(*parts) == groups["jmmlu"] == {f"jmmlu_{subject}" for subject in jmmlu.SUBJECTS}
        assert groups["jmmlu_all"] - groups["jmmlu"] == {f"jmmlu_{subject}" for subject in jmmlu.FURTHER_SUBJECTS}

    def test_the_sizes_add_up(self, catalogue: Catalogue) -> None:
        sizes = [card.header["size"] for card in catalogue.expand(["jmmlu"])]
        assert sum(sizes) == catalogue["jmmlu_letters"].header["size"] == 3541

    def test_a_group_weighs_each_question_alike(self, invented_data: None) -> None:
        class AlwaysA(LM):
            def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
                return ["A" for _ in requests]

            loglikelihood = loglikelihood_rolling = generate_until  # type: ignore[assignment]

        loaded = manager().load(["jmmlu_social_sciences"])
        found = evaluate(AlwaysA(), loaded, bootstrap_iters=0, log_samples=False)
        sizes = [found["n-samples"][name]["effective"] for name in loaded["tasks"]]
        scores = [found["results"][name]["exact_match,none"] for name in loaded["tasks"]]
        assert len(set(sizes)) > 1
        assert len(set(scores)) > 1
        mean = sum(size * score for size, score in zip(sizes, scores, strict=True)) / sum(sizes)
        assert found["groups"]["jmmlu_social_sciences"]["exact_match,none"] == pytest.approx(mean)


def prompts_of_both(ours: Any, theirs: Any) -> int:
    """Compare the first prompts and targets; give how many."""
    ours.set_fewshot_seed(1234)
    theirs.set_fewshot_seed(1234)
    first, their_first = (task.eval_docs.select(range(FIRST)) for task in (ours, theirs))
    for doc, their_doc in zip(first, their_first, strict=True):
        shots = ours.config.num_fewshot
        assert ours.fewshot_context(doc, shots) == theirs.fewshot_context(their_doc, shots)
        assert ours.doc_to_target(doc) == theirs.doc_to_target(their_doc)
    return len(first)


class TestLmEvalJnli:
    def pair(self, task: Any) -> tuple[Any, Any]:
        data = {name: rows.select_columns(["sentence1", "sentence2", "label"]) for name, rows in task.dataset.items()}
        return task, upstream("japanese_leaderboard/ja_leaderboard_jnli.yaml", data)

    def test_prompts_on_invented_items(self, invented_task: Load) -> None:
        assert_same_prompts(*self.pair(invented_task("jnli")), shots=3)

    def test_prompts_on_real_items(self, standing_in: Load) -> None:
        assert prompts_of_both(*self.pair(standing_in("jnli"))) == FIRST

    def test_scores_and_settings(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("jnli"))
        for doc in ours.eval_docs:
            assert ours.doc_to_choice(doc) == theirs.doc_to_choice(doc)
            for best in range(3):
                results = [(-float(i != best), False) for i in range(3)]
                assert ours.process_results(doc, results) == theirs.process_results(doc, results)
                assert ours.process_results(doc, results) == {"acc": float(best == doc["label"])}
        for key in ("num_fewshot", "target_delimiter", "fewshot_delimiter", "output_type", "description"):
            assert getattr(ours.config, key) == getattr(theirs.config, key)
        assert ours.VERSION == theirs.VERSION


class TestLmEvalJsquad:
    def pair(self, task: Any) -> tuple[Any, Any]:
        def hub(row: dict[str, Any]) -> dict[str, Any]:
            return {"answers": {"text": row["answers"], "answer_start": [0] * len(row["answers"])}}

        data = {name: rows.map(hub, remove_columns="answers") for name, rows in task.dataset.items()}
        return task, upstream("japanese_leaderboard/ja_leaderboard_jsquad.yaml", data)

    def test_prompts_on_invented_items(self, invented_task: Load) -> None:
        assert_same_prompts(*self.pair(invented_task("jsquad")), shots=2)

    def test_prompts_on_real_items(self, standing_in: Load) -> None:
        assert prompts_of_both(*self.pair(standing_in("jsquad"))) == FIRST

    def test_filters_and_scores_on_adversarial_responses(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("jsquad"))
        doc, their_doc = ours.eval_docs[0], theirs.eval_docs[0]
        seen = set()
        for response in [*RESPONSES, "1,234km", " 1,234km\n", "\u30001,234km", "全長 1,234km", "1,234km。", "1,234KM"]:
            scores = filtered(ours, doc, response)
            assert scores == filtered(theirs, their_doc, response)
            seen.add((response, scores["whitespaces"][1]["exact_match"]))
        assert {response for response, score in seen if score == 1.0} == {"1,234km", " 1,234km\n", "\u30001,234km"}

    def test_settings(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("jsquad"))
        keys = (
            "num_fewshot",
            "target_delimiter",
            "fewshot_delimiter",
            "output_type",
            "description",
            "generation_kwargs",
        )
        for key in keys:
            assert getattr(ours.config, key) == getattr(theirs.config, key)
        assert ours.VERSION == theirs.VERSION


@pytest.mark.parametrize("name", ["jnli", "jsquad", "jnli_jpstable_1_3_0_2", "jsquad_jpstable_1_1_0_2"])
def test_without_few_shots_no_training_file_is_needed(
    name: str, catalogue: Catalogue, invented_data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    invented = store.read

    def read(data: str, path: str) -> bytes:
        if data.endswith("_train"):
            raise DataError("not on this machine", file=path)
        return invented(data, path)

    monkeypatch.setattr(store, "read", read)
    task = open_task(catalogue[name], num_fewshot=0)
    assert task.fewshot_context(task.eval_docs[0], 0)
    with pytest.raises(DataError, match="not on this machine"):
        open_task(catalogue[name])

"""Our tasks against lm-eval's own definitions of the same protocols, on the same documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lm_eval.tasks
import pytest
from datasets import Dataset
from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks._yaml_loader import load_yaml
from lm_eval.tasks.jfinqa import utils as jfinqa_upstream

LM_EVAL = Path(lm_eval.tasks.__file__).parent
SEED = 1234
Load = Callable[[str], Any]

RESPONSES = [
    *["", " ", "\n", "。", "答え", "わかりません。", "[invalid]", "答えは です。", "答えはです。"],
    *[
        "答えは18です。",
        "答えは 18です。",
        "答えは18です",
        "答えは１８です。",
        "答えは十八です。",
        "答えは-18です。",
        "答えは−18です。",
    ],
    *[
        "答えは18.です。",
        "答えは18.0です。",
        "答えは1.8です。",
        "答えは.18です。",
        "答えは1,8です。",
        "答えは,です。",
        "答えは...です。",
    ],
    *[
        "答えは18個です。",
        "答えは$18です。",
        "答えは18ドルです。",
        "答えは18です。答えは19です。",
        "答えは19です。\n答えは18です。",
    ],
    *[
        "9*2=18",
        "9 * 2 = 18.",
        "18",
        "-18",
        "- 18",
        "+18",
        "$18",
        "$18.00",
        "18%",
        "1,800",
        "18,",
        "18.",
        "18..",
        "1 8",
    ],
    *[
        "18/1",
        "18-18",
        "2026-11-24",
        "12:30",
        "$",
        "$$",
        "..",
        ",,",
        "-",
        "1e3",
        "٣",
        "Ⅷ",
        "①",
        "½",
        "18\u3000です",
        "18😀",
    ],
    *[
        "答えは18です。\u2028続き",
        "答えは\n18です。",
        "<think>18</think>答えは19です。",
        "問題：答えは18です。",
        "3" * 500,
    ],
]


def upstream(path: str, data: dict[str, Dataset]) -> ConfigurableTask:
    """The task that lm-eval ships at `path`, with `data` in place of the hub's."""
    config = load_yaml(LM_EVAL / path)
    for key in ("dataset_path", "dataset_name"):
        config.pop(key, None)
    return ConfigurableTask(config={**config, "custom_dataset": lambda **_: data})


def assert_same_prompts(ours: Any, theirs: Any, shots: int) -> None:
    ours.set_fewshot_seed(SEED)
    theirs.set_fewshot_seed(SEED)
    for doc, their_doc in zip(ours.eval_docs, theirs.eval_docs, strict=True):
        assert ours.fewshot_context(doc, shots) == theirs.fewshot_context(their_doc, shots)
        assert ours.doc_to_target(doc) == theirs.doc_to_target(their_doc)


def filtered(task: Any, doc: dict[str, Any], response: str) -> dict[str, tuple[str, Any]]:
    """What each filter of the task makes of the response, and its score."""
    instance = Instance("generate_until", doc, ("", {}), 0, resps=[response])
    task._instances = [instance]
    task.apply_filters()
    return {name: (text, task.process_results(doc, [text])) for name, text in instance.filtered_resps.items()}


class TestMgsm:
    def pair(self, task: Any) -> tuple[Any, Any]:
        columns = ["question", "answer", "answer_number", "equation_solution"]
        data = {name: rows.select_columns(columns) for name, rows in task.dataset.items()}
        return task, upstream("mgsm/native_cot/mgsm_native_cot_ja.yaml", data)

    @pytest.mark.parametrize("shots", [0, 2])
    def test_prompts_on_invented_items(self, invented_task: Load, shots: int) -> None:
        assert_same_prompts(*self.pair(invented_task("mgsm_ja_native_cot")), shots)

    @pytest.mark.parametrize("shots", [0, 4])
    def test_prompts_on_all_real_items(self, real_task: Load, shots: int) -> None:
        assert_same_prompts(*self.pair(real_task("mgsm_ja_native_cot")), shots)

    def test_filters_and_scores_on_adversarial_responses(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("mgsm_ja_native_cot"))
        seen = set()
        for number in (18, 1800, -18, 3):
            doc = {"question": "？", "answer": None, "answer_number": number, "equation_solution": None}
            for response in RESPONSES:
                scores = filtered(ours, doc, response)
                assert scores == filtered(theirs, doc, response)
                assert scores.keys() == {"strict-match", "flexible-extract"}
                seen |= {score["exact_match"] for _, score in scores.values()}
        assert seen == {0.0, 1.0}

    def test_settings(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("mgsm_ja_native_cot"))
        for key in ("generation_kwargs", "target_delimiter", "fewshot_delimiter", "output_type", "num_fewshot"):
            assert getattr(ours.config, key) == getattr(theirs.config, key)
        assert ours.VERSION == theirs.VERSION


class TestJCommonsenseQA:
    def pair(self, task: Any) -> tuple[Any, Any]:
        def hub(row: dict[str, Any]) -> dict[str, Any]:
            return {f"choice{i}": choice for i, choice in enumerate(row["choices"])}

        data = {name: rows.map(hub).remove_columns("choices") for name, rows in task.dataset.items()}
        return task, upstream("japanese_leaderboard/ja_leaderboard_jcommonsenseqa.yaml", data)

    def same_choices(self, ours: Any, theirs: Any) -> None:
        for doc, their_doc in zip(ours.eval_docs, theirs.eval_docs, strict=True):
            assert ours.doc_to_choice(doc) == theirs.doc_to_choice(their_doc)

    def test_prompts_on_invented_items(self, invented_task: Load) -> None:
        pair = self.pair(invented_task("jcommonsenseqa"))
        assert_same_prompts(*pair, shots=3)
        self.same_choices(*pair)

    def test_prompts_on_all_real_items(self, real_task: Load) -> None:
        pair = self.pair(real_task("jcommonsenseqa"))
        assert_same_prompts(*pair, shots=3)
        self.same_choices(*pair)

    def test_scores(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("jcommonsenseqa"))
        doc, their_doc = ours.eval_docs[0], theirs.eval_docs[0]
        for best in range(5):
            results = [(-float(i != best), False) for i in range(5)]
            score = ours.process_results(doc, results)
            assert score == theirs.process_results(their_doc, results)
            assert score["acc"] == float(best == doc["label"])

    def test_settings(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("jcommonsenseqa"))
        for key in ("num_fewshot", "target_delimiter", "fewshot_delimiter", "output_type", "description"):
            assert getattr(ours.config, key) == getattr(theirs.config, key)


@pytest.mark.parametrize("name", ["jfinqa_numerical", "jfinqa_consistency", "jfinqa_temporal"])
class TestJfinqa:
    def pair(self, task: Any, name: str) -> tuple[Any, Any]:
        return task, upstream(f"jfinqa/{name}.yaml", task.dataset)

    def test_prompts_on_invented_items(self, name: str, invented_task: Load) -> None:
        assert_same_prompts(*self.pair(invented_task(name), name), shots=0)

    def test_prompts_on_all_real_items(self, name: str, real_task: Load) -> None:
        assert_same_prompts(*self.pair(real_task(name), name), shots=0)

    def test_prompts_with_parts_left_out(self, name: str, invented_task: Load) -> None:
        task = invented_task(name)
        doc = task.eval_docs[0]
        for part in ("pre_text", "post_text", "table_headers", "table_rows"):
            partial = {**doc, part: []}
            assert task.doc_to_text(partial) == jfinqa_upstream.doc_to_text(partial)

    def test_scores_and_settings(self, name: str, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task(name), name)
        doc = {**ours.eval_docs[0], "answer": "18%"}
        for response in RESPONSES:
            assert filtered(ours, doc, response) == filtered(theirs, doc, response)
        for key in ("generation_kwargs", "target_delimiter", "output_type", "num_fewshot"):
            assert getattr(ours.config, key) == getattr(theirs.config, key)
        assert ours.VERSION == theirs.VERSION

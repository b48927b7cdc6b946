"""The mathematics tasks against the published prompts and rules: lm-eval's own task, the jp-stable harness, Swallow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from random import Random
from typing import Any

import lm_eval.utils
import pytest
from test_lm_eval_parity import RESPONSES, filtered, upstream

from jaeval.catalogue import Catalogue, open_task
from jaeval.data import mgsm, store
from jaeval.data.lock import packaged_lock
from jaeval.data.rows import Row

Load = Callable[[str], Any]
SEED = 1234
DESCRIPTION = "以下は、タスクを説明する指示と、文脈のある入力の組み合わせです。要求を適切に満たす応答を書きなさい。\n\n"
INSTRUCTION = "与えられた問題に対して、ステップごとに答えを導き出してください。"
GREETING = ("ユーザー: 与えられた問題をステップごとに解説してください。", "システム: 分かりました。")
PUBLISHED = "mgsm_jpstable_responses"


@pytest.fixture(autouse=True, scope="module")
def templates_compiled_once() -> Iterator[None]:
    """lm-eval compiles a template anew for each document, which is most of the time these tests would take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm_eval.utils.env, "from_string", lru_cache(lm_eval.utils.env.from_string))
        yield


class TestLeaderboard:
    """lm-eval 0.4.13's `ja_leaderboard_mgsm`."""

    def pair(self, task: Any) -> tuple[Any, Any]:
        columns = ["question", "answer", "answer_number", "equation_solution"]
        data = {name: rows.select_columns(columns) for name, rows in task.dataset.items()}
        return task, upstream("japanese_leaderboard/ja_leaderboard_mgsm.yaml", data)

    def same_prompts(self, ours: Any, theirs: Any) -> int:
        ours.set_fewshot_seed(SEED)
        theirs.set_fewshot_seed(SEED)
        for doc, their_doc in zip(ours.eval_docs, theirs.eval_docs, strict=True):
            assert ours.fewshot_context(doc, 5) == theirs.fewshot_context(their_doc, 5)
        return len(ours.eval_docs)

    def test_prompts_on_invented_items(self, invented_task: Load) -> None:
        assert self.same_prompts(*self.pair(invented_task("mgsm_ja_leaderboard"))) == 2

    def test_prompts_on_all_real_items(self, real_task: Load) -> None:
        assert self.same_prompts(*self.pair(real_task("mgsm_ja_leaderboard"))) == 250

    def test_scores(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("mgsm_ja_leaderboard"))
        seen = set()
        for number in (18, 1800, -18, 3):
            doc = {"question": "？", "answer": None, "answer_number": number, "equation_solution": None}
            for response in RESPONSES:
                scores = filtered(ours, doc, response)
                assert scores == filtered(theirs, doc, response)
                seen |= {score["acc"] for _, score in scores.values()}
        assert seen == {0.0, 1.0}

    def test_settings(self, invented_task: Load) -> None:
        ours, theirs = self.pair(invented_task("mgsm_ja_leaderboard"))
        for key in ("generation_kwargs", "num_fewshot", "target_delimiter", "fewshot_delimiter", "description"):
            assert getattr(ours.config, key) == getattr(theirs.config, key)
        assert ours.VERSION == theirs.VERSION


def bare(text: str) -> str:
    return text.replace("問題：", "").replace("ステップごとの答え：", "")


def plain(shots: list[Row], question: str) -> str:
    turns = [f"問題：{bare(shot['question'])}\nステップごとの答え：{bare(shot['answer'])}\n\n" for shot in shots]
    return "".join(turns) + f"問題：{bare(question)}\nステップごとの答え："


def alpaca(shots: list[Row], question: str) -> str:
    def turn(text: str) -> str:
        return f"### 指示:\n{INSTRUCTION}\n\n### 入力:\n{bare(text)}\n\n### 応答:\n"

    turns = [turn(shot["question"]) + bare(shot["answer"]) + "\n\n" for shot in shots]
    return DESCRIPTION + "".join(turns) + turn(question)


def rinna(between: str) -> Callable[[list[Row], str], str]:
    def prompt(shots: list[Row], question: str) -> str:
        def turn(text: str) -> str:
            return f"ユーザー: 問題：{bare(text)}<NL>システム: ステップごとの答え："

        turns = [turn(shot["question"]) + bare(shot["answer"]) for shot in shots]
        return between.join([*GREETING, *turns, turn(question)])

    return prompt


def llama2(shots: list[Row], question: str) -> str:
    def turn(text: str) -> str:
        return f"{INSTRUCTION}\n\n{bare(text)} [/INST] "

    turns = [turn(shot["question"]) + bare(shot["answer"]) for shot in shots]
    head = "<s>[INST] <<SYS>>\nあなたは役立つアシスタントです。\n<</SYS>>\n\n"
    return head + " </s><s>[INST] ".join([*turns, turn(question)])


PROMPTS = {
    "mgsm_ja_jpstable_0_0": (5, plain),
    "mgsm_ja_jpstable_0_3": (5, alpaca),
    "mgsm_ja_jpstable_0_4": (5, rinna("<NL>")),
    "mgsm_ja_jpstable_0_5": (5, rinna("\n")),
    "mgsm_ja_jpstable_0_6": (5, llama2),
    "mgsm_ja_swallow": (4, plain),
}


@pytest.mark.parametrize("name", PROMPTS)
class TestJpStable:
    """The jp-stable harness draws examples by one generator: it shuffles 250 documents, then draws for each in turn."""

    def expected(self, name: str, items: list[Row], exemplars: list[Row]) -> Iterator[str]:
        shots, prompt = PROMPTS[name]
        rng = Random(42)
        rng.shuffle(list(range(250)))
        for item in items:
            yield prompt(rng.sample(exemplars, shots), item["question"])

    def test_prompts_on_all_real_items(self, name: str, real_task: Load) -> None:
        task = real_task(name)
        items = mgsm.items("ja")
        Random(42).shuffle(items)
        task.set_fewshot_seed(SEED)
        found = [task.fewshot_context(doc, task.config.num_fewshot) for doc in task.eval_docs]
        assert found == list(self.expected(name, items, mgsm.exemplars()))
        assert [doc["id"] for doc in task.eval_docs] == [item["id"] for item in items]

    def test_the_draw_starts_anew_with_each_run_and_ignores_the_seed(self, name: str, invented_task: Load) -> None:
        task = invented_task(name)
        runs = []
        for seed in (SEED, SEED, None, 7):
            task.set_fewshot_seed(seed)
            runs.append([task.fewshot_context(doc, task.config.num_fewshot) for doc in task.eval_docs])
        assert runs[0] == runs[1] == runs[2] == runs[3]
        assert runs[0] == list(self.expected(name, list(task.eval_docs), list(task.dataset["train"])))

    def test_settings(self, name: str, invented_task: Load) -> None:
        generation = invented_task(name).config.generation_kwargs
        assert generation == {"until": ["\n"], "max_gen_toks": 256, "do_sample": False, "temperature": 0.0}


def published(path: str) -> tuple[str, list[dict[str, Any]]]:
    ((version, result),) = json.loads(store.read(PUBLISHED, path))["results"].items()
    return version, result["details"]


@pytest.mark.parametrize("path", [file.path for file in packaged_lock().dataset(PUBLISHED).files])
def test_published_prompts_and_verdicts_of_the_jpstable_harness(path: str, real_task: Load) -> None:
    """Seven models, 250 items each, 4 examples: every prompt and every verdict."""
    if not store.is_present(PUBLISHED):
        pytest.skip(f"data set {PUBLISHED} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
    version, details = published(path)
    task = real_task("mgsm_ja_jpstable_" + version.removeprefix("mgsm-1.0-").replace(".", "_"))
    task.set_fewshot_seed(SEED)
    assert len(details) == 250
    to_the_letter = 0
    for doc, detail in zip(task.eval_docs, details, strict=True):
        assert (doc["question"], doc["answer_number"]) == (detail["question"], detail["answer"])
        prompt = task.fewshot_context(doc, 4)
        to_the_letter += prompt == detail["context"]
        # Version 0.4 was published before its code kept the line feed inside one exemplar's question.
        assert prompt == detail["context"] or prompt.replace("\n", "") == detail["context"]
        assert task.process_results(doc, [detail["completion"]]) == {"acc": float(detail["acc"])}
    assert to_the_letter == {"mgsm-1.0-0.0": 250, "mgsm-1.0-0.4": 116}[version]


def test_swallows_prompt_for_math100(invented_task: Load) -> None:
    task = invented_task("math100_ja_swallow")
    template = (
        "以下の数学の問題を、わかりやすく、論理的に解いてください。\n出力の最後の行は、次の形式にしてください。\n\n"
        "回答: $\\boxed{ANSWER}$\n\n`ANSWER` には、解答となる数式または数値が入ります。\n\n"
        "ステップバイステップで考えてから回答してください。\n\n"
    )
    for doc in task.eval_docs:
        assert task.fewshot_context(doc, 0) == template + doc["question"]
        assert task.fewshot_context(doc, 0) == invented_task("math100_ja").fewshot_context(doc, 0)


def test_search_and_report_ask_and_score_alike(invented_task: Load) -> None:
    search, report = invented_task("gsm8k_ja"), invented_task("mgsm_ja")
    assert (search.config.test_split, report.config.test_split) == ("search", "report")
    for key in ("doc_to_text", "doc_to_target", "generation_kwargs", "process_results", "num_fewshot"):
        assert getattr(search.config, key) == getattr(report.config, key)


@pytest.mark.parametrize(
    ("name", "split", "ids"),
    [
        ("gsm8k_ja", None, ["gsm8k_ja/250", "gsm8k_ja/251"]),
        ("gsm8k_ja", "report", ["mgsm_ja/0", "mgsm_ja/1"]),
        ("mgsm_ja", None, ["mgsm_ja/0", "mgsm_ja/1"]),
        ("mgsm_ja", "search", ["gsm8k_ja/250", "gsm8k_ja/251"]),
    ],
)
def test_either_task_knows_both_splits(
    name: str, split: str | None, ids: list[str], catalogue: Catalogue, invented_data: None
) -> None:
    docs = open_task(catalogue[name], split=split).eval_docs
    assert docs["id"] == ids
    assert all(source.startswith("gsm8k/test/") for source in docs["source_id"])

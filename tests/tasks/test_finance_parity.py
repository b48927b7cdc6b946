"""The finance tasks against the published prompts and scores of japanese-lm-fin-harness 0.2.4 and EDINET-Bench."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import lm_eval.utils
import pytest

from jaeval.catalogue import Catalogue, open_task
from jaeval.data import exams, store
from jaeval.results.aggregate import aggregation_name, estimate

Load = Callable[[str], Any]
VERSIONS = ["0.0", "0.1", "0.1.2", "0.2", "0.2.1", "0.3", "0.4", "0.5", "0.6"]
SIZES = {"cma_basics": 38, "security_sales_1": 57, "fp2": 475, "cpa_audit": 398}
SUMS = {"cma_basics": 9.5, "security_sales_1": 23.75, "fp2": 118.75, "cpa_audit": 398 / 6}
"""Items that guessing gets right: 38 ÷ 4; 38 ÷ 2 + 19 ÷ 4; 475 ÷ 4; 398 ÷ 6."""
ALPACA = "以下は、タスクを説明する指示と、文脈のある入力の組み合わせです。要求を適切に満たす応答を書きなさい。"
LLAMA2 = (
    "<s>[INST] <<SYS>>\nYou are a helpful, respectful and honest assistant. Always answer as helpfully as possible, "
    "while being safe. Your answers should not include any harmful, unethical, racist, sexist, toxic, dangerous, or "
    "illegal content. Please ensure that your responses are socially unbiased and positive in nature.\n\nIf a question "
    "does not make any sense, or is not factually coherent, explain why instead of answering something not correct. If "
    "you don't know the answer to a question, please don't share false information.\n<</SYS>>\n\n\n"
)


@pytest.fixture(autouse=True, scope="module")
def templates_compiled_once() -> Iterator[None]:
    """lm-eval compiles a template anew for each document, which is most of the time these tests would take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm_eval.utils.env, "from_string", lru_cache(lm_eval.utils.env.from_string))
        yield


def name_of(benchmark: str, version: str) -> str:
    return f"fin_{benchmark}" + ("" if version == "0.0" else f"_{version.replace('.', '_')}")


def published_exam(benchmark: str, version: str, doc: dict[str, Any]) -> tuple[str, list[str]]:
    """Prompt and scored choices of an examination's question, put together from the harness's formats."""
    combine, bare = benchmark == "cpa_audit", benchmark == "fp2"
    texts = doc["choices"]
    letters = [chr(ord("A") + i) for i in range(len(texts))]
    numbers = [str(i) for i in range(len(texts))]
    asked = "\n".join(filter(None, [doc["question"], doc["context"]]))
    bullets = [f"- {text}" for text in texts]
    choose = (
        "与えられた答えの組み合わせの選択肢の中から、最適な選択肢を選んでください。"
        if combine
        else "与えられた選択肢の中から、最適な答えを選んでください。"
    )
    if version == "0.0" and bare:
        head = "以下の問題の適切な答えを選択肢から選んで１～４の数字で答えなさい。"
        return f"{head}\n\n\n【問題】\n{asked}\n\n【答え】\n", texts
    if version == "0.0":
        what = "答えとして適切な記号の組み合わせ" if combine else "適切な答え"
        listed = "".join(f"{letter}: {text}\n" for letter, text in zip(letters, texts, strict=True))
        head = f"以下の問題の{what}を選択肢から選んでアルファベットで答えなさい。"
        return f"{head}\n\n\n【問題】\n{asked}\n\n【選択肢】\n{listed}\n【答え】\n", letters
    if version == "0.1":
        what = "をとして適切な記号の組み合わせ" if combine else ""
        head = f"[問題]に対する[答え]{what}を[選択肢]の中から選んでください。"
        return f"{head}\n\n\n[問題]:{asked}\n[選択肢]:[{', '.join(texts)}]\n[答え]:", texts
    if version == "0.1.2":
        what = "として適切な記号の組み合わせ" if combine else ""
        listed = ", ".join(f"{letter}:{text}" for letter, text in zip(letters, texts, strict=True))
        head = f"[問題]に対する[答え]{what}を[選択肢]の中からアルファベットで選んでください。"
        return f"{head}\n\n\n[問題]:{asked}\n[選択肢]:[{listed}]\n[答え]:", letters
    if version == "0.2":
        what = "質問とその答えとして適切な記号の組み合わせの選択肢" if combine else "質問と回答の選択肢"
        listed = ",".join(f"{number}.{text}" for number, text in zip(numbers, texts, strict=True))
        head = (
            f"{what}を入力として受け取り、選択肢から回答を選択してください。"
            "なお、回答は選択肢の番号(例:0)でするものとします。"
        )
        return f"{head}\n\n\n質問:{asked}\n選択肢:{listed}\n回答:", numbers
    if version == "0.2.1":
        listed = "" if bare else "選択肢:\n" + "\n".join(bullets)
        return f"{choose}\n\n\n質問:{asked}\n{listed}\n回答:", texts
    if version == "0.3":
        listed = "" if bare else "出力は以下から選択してください：\n" + "\n".join([*bullets, ""])
        return f"{ALPACA}\n\n### 指示:\n{choose}\n\n\n### 入力:\n{asked}\n{listed}\n### 応答:\n", texts
    if version in ("0.4", "0.5"):
        newline = "<NL>" if version == "0.4" else "\n"
        end = newline if version == "0.4" else "\n\n"
        listed = asked if bare else newline.join([f"質問：{asked}", "選択肢：", *bullets])
        head = f"ユーザー: {choose}{newline}システム: 分かりました。{end}"
        return f"{head}ユーザー: {listed}{newline}システム: ", texts
    listed = "" if bare else "出力は以下から選択してください：\n" + "\n".join(bullets)
    return f"{LLAMA2}{choose}\n\n質問：{asked}{listed} [/INST] ", texts


class TestExams:
    def assert_published(self, catalogue: Catalogue, benchmark: str, version: str) -> int:
        task = open_task(catalogue[name_of(benchmark, version)])
        for doc in task.eval_docs:
            prompt, scored = published_exam(benchmark, version, doc)
            context = task.fewshot_context(doc, 0)
            assert context == prompt
            requests = task.construct_requests(doc=doc, ctx=context)
            assert [request.args for request in requests] == [(prompt, choice) for choice in scored]
            assert task.doc_to_target(doc) == doc["answer"]
        return len(task.eval_docs)

    @pytest.mark.parametrize("benchmark", SIZES)
    def test_prompts_on_invented_items(self, benchmark: str, invented_data: None, catalogue: Catalogue) -> None:
        for version in VERSIONS:
            assert self.assert_published(catalogue, benchmark, version) in (1, 2)

    @pytest.mark.parametrize("benchmark", SIZES)
    def test_prompts_on_all_real_items(
        self, benchmark: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not store.is_present(benchmark):
            pytest.skip(f"data set {benchmark} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
        monkeypatch.setattr(exams, "_rows", lru_cache(exams._rows))
        for version in VERSIONS:
            assert self.assert_published(catalogue, benchmark, version) == SIZES[benchmark]
        answers = exams.load(exam=benchmark)["test"]
        assert sum(1 / len(choices) for choices in answers["choices"]) == pytest.approx(SUMS[benchmark])
        chance = catalogue[f"fin_{benchmark}"].chance
        assert chance == pytest.approx(SUMS[benchmark] / SIZES[benchmark], abs=5e-5)

    def test_the_likeliest_choice_is_the_verdict(self, invented_data: None, catalogue: Catalogue) -> None:
        task = open_task(catalogue["fin_cpa_audit_0_1"])
        doc = task.eval_docs[0]
        for best in range(6):
            scores = task.process_results(doc, [(-float(i != best), False) for i in range(6)])
            assert scores["acc"] == float(best == doc["answer"])
            assert scores.keys() == {"acc", "acc_norm"}


# Description, prompt and delimiter of each chABSA version.
_ASK = "センテンスにおける、ターゲットのセンチメントをpositiveかnegativeで答えてください。"
CHABSA = {
    "0.0": (f"以下の{_ASK}\n\n\n", "センテンス: {s}\nターゲット: {t}\n回答:", " "),
    "0.1": (
        "[センテンス]における、[ターゲット]のセンチメントをpositiveかnegativeで選んでください。\n\n\n",
        "[センテンス]: {s}\nターゲット]: {t}\n[答え]:",
        " ",
    ),
    "0.2": (
        "センテンスとターゲットを入力として受け取り、"
        "ターゲットに関するセンチメントをpositiveかnegativeから選択してください。\n\n\n",
        "センテンス: {s}\nターゲット: {t}\n回答:",
        " ",
    ),
    "0.3": (
        f"{ALPACA}\n\n### 指示:\n以下の{_ASK}\n\n\n",
        "### 入力:\nセンテンス:{s}\nターゲット:{t}\n\n### 応答:\n\n",
        "",
    ),
    "0.4": (
        f"ユーザー: {_ASK}<NL>システム: 分かりました。<NL>",
        "センテンス: {s}<NL>ターゲット: {t}<NL>システム:",
        " ",
    ),
    "0.5": (f"ユーザー: {_ASK}\nシステム: 分かりました。\n\n", "センテンス: {s}\nターゲット: {t}\nシステム:", " "),
    "0.6": (LLAMA2, f"与えられた{_ASK}\n\nセンテンス: {{s}}\nターゲット: {{t}} [/INST]", " "),
}
# Golds of the 7,723 opinions: index of the choice, and of none.
GOLDS = [0] * 4334 + [1] * 3131 + [-100] * 258


class TestChabsa:
    @pytest.mark.parametrize("version", CHABSA)
    def test_prompts_and_requests(self, version: str, invented_data: None, catalogue: Catalogue) -> None:
        description, body, delimiter = CHABSA[version]
        task = open_task(catalogue[name_of("chabsa", version)])
        for doc in task.eval_docs:
            context = task.fewshot_context(doc, 0)
            filled = body.replace("{s}", doc["sentence"]).replace("{t}", doc["target"])
            assert context == description + filled
            requests = task.construct_requests(doc=doc, ctx=context)
            assert [r.args[1] for r in requests] == [f"{delimiter}positive", f"{delimiter}negative"]

    def test_a_neutral_gold_is_class_minus_100(self, invented_task: Load) -> None:
        task = invented_task("fin_chabsa")
        found = {doc["polarity"]: task.process_results(doc, [(-1.0, False), (-2.0, False)]) for doc in task.eval_docs}
        assert {polarity: scores["f1"] for polarity, scores in found.items()} == {
            "positive": (0, 0),
            "neutral": (-100, 0),
            "negative": (1, 0),
        }
        assert {polarity: scores["acc"] for polarity, scores in found.items()} == {
            "positive": 1.0,
            "neutral": 0.0,
            "negative": 0.0,
        }

    @pytest.mark.parametrize(
        ("answer", "acc", "f1"),
        [
            # models/Fugaku-LLM/Fugaku-LLM-13B/result-1.0-0.5.json, and 198 more results of models that say positive
            (0, 0.5611808882558591, 0.3594592352989964),
            # models/sbintuitions/tiny-lm-chat/result-1.0-0.3.json
            (1, 0.40541240450602095, 0.2884650819974203),
        ],
    )
    def test_the_published_scores_of_models_that_always_say_the_same(
        self, answer: int, acc: float, f1: float, invented_task: Load
    ) -> None:
        pairs = [(gold, answer) for gold in GOLDS]
        assert sum(gold == answer for gold in GOLDS) / len(GOLDS) == pytest.approx(acc, abs=1e-15)
        aggregation = invented_task("fin_chabsa").aggregation()["f1"]
        assert aggregation(pairs) == pytest.approx(f1, abs=1e-15)
        stored = json.loads(json.dumps(pairs))
        assert estimate(stored[::50], aggregation_name(aggregation), "").value == aggregation(pairs[::50])

    def test_the_chance_level_is_that_of_a_coin(self, catalogue: Catalogue) -> None:
        n = len(GOLDS)
        expected = [gold / (gold + n / 2) for gold in (4334, 3131)]  # F1 of a class that half of the answers name
        assert catalogue["fin_chabsa"].chance == pytest.approx(1.5 * sum(expected) / 3, abs=5e-5)


class TestHeaders:
    @pytest.mark.parametrize("benchmark", [*SIZES, "chabsa"])
    def test_the_versions_of_a_benchmark_differ_in_their_version_alone(
        self, benchmark: str, catalogue: Catalogue
    ) -> None:
        cards = [card for card in catalogue.cards.values() if card.header.get("benchmark") == benchmark]
        versions = list(CHABSA) if benchmark == "chabsa" else VERSIONS
        assert sorted(card.header["prompt_version"] for card in cards) == versions
        first = catalogue[f"fin_{benchmark}"].header
        for card in cards:
            version = card.header["prompt_version"]
            assert card.name == name_of(benchmark, version)
            suffix = "default prompt" if version == "0.0" else f"{benchmark}-1.0-{version}"
            assert card.header["reproduces"].endswith(suffix)
            own = {"prompt_version", "reproduces", "title"}
            assert {k: v for k, v in card.header.items() if k not in own} == {
                k: v for k, v in first.items() if k not in own
            }


@pytest.mark.parametrize("name", ["edinet_fraud", "edinet_earnings", "edinet_industry"])
class TestEdinet:
    def test_the_sheets_follow_the_prompt_in_order(self, name: str, invented_task: Load) -> None:
        task = invented_task(name)
        newline = "\n" if name == "edinet_industry" else ""
        for doc in task.eval_docs:
            sheets = "\n".join(f"{sheet}: {doc[sheet]}" for sheet in ("summary", "bs", "pl", "cf"))
            head, found, rest = task.doc_to_text(doc).partition("report is as follows:")
            assert found
            assert rest == newline + sheets
            assert head.count("```json") == 1

    @pytest.mark.parametrize("multiturn", [True, False])
    def test_with_a_chat_template_the_description_is_the_system_turn(
        self, name: str, multiturn: bool, invented_task: Load
    ) -> None:
        task = invented_task(name)
        doc = task.eval_docs[0]
        turns: list[dict[str, str]] = []

        def template(messages: list[dict[str, str]], **_: Any) -> str:
            turns.extend(messages)
            return ""

        task.fewshot_context(doc, 0, apply_chat_template=True, fewshot_as_multiturn=multiturn, chat_template=template)
        assert turns == [
            {"role": "system", "content": "You are a financial analyst."},
            {"role": "user", "content": task.doc_to_text(doc)},
        ]

    def test_answers_are_greedy_long_and_end_by_themselves(self, name: str, invented_task: Load) -> None:
        assert invented_task(name).config.generation_kwargs == {
            "until": [],
            "max_gen_toks": 4096,
            "do_sample": False,
            "temperature": 0.0,
        }

"""The plan asks each distinct thing once, by lm-eval's rules, under keys that name what produced an answer."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.models.utils import handle_stop_sequences, normalize_gen_kwargs

from jaeval.catalogue import Catalogue
from jaeval.engines import ChoiceRequest, GenerationRequest, ScriptedEngine
from jaeval.engines.reasoning import ThinkTags
from jaeval.engines.scripted import CharacterTokenizer
from jaeval.errors import TaskError
from jaeval.evaluation.encode import Encoder
from jaeval.evaluation.item_requests import generation_request
from jaeval.evaluation.plan import Plan, PlanSettings, build_plan, request_keys
from jaeval.evaluation.requests import Requests

LONG = 100_000


def plan_of(catalogue: Catalogue, *names: str, engine: ScriptedEngine | None = None, **settings: Any) -> Plan:
    engine = engine or ScriptedEngine()
    return build_plan(catalogue.expand(names), engine.tokenizer, engine.max_length, PlanSettings(**settings))


def keys_of(plan: Plan, engine: ScriptedEngine | None = None, weights: str = "weights") -> list[str]:
    return request_keys(plan, engine or ScriptedEngine(), weights)


class TestRequests:
    def test_items_of_two_tasks_that_ask_the_same_share_a_request(self, catalogue: Catalogue) -> None:
        alone = plan_of(catalogue, "sums")
        both = plan_of(catalogue, "sums", "sums_repeated")
        assert len(both.items) == 2 * len(alone.items) == 24
        assert both.requests == alone.requests
        assert len(set(both.requests)) == len(both.requests) == 12

    def test_choices_of_a_context_are_gathered(self, catalogue: Catalogue) -> None:
        plan = plan_of(catalogue, "letters")
        assert len(plan.requests) == len(plan.items)
        for item in plan.items:
            assert len(item.instances) == len(item.doc["choices"])
            (number,) = item.requests
            request = plan.requests[number]
            assert isinstance(request, ChoiceRequest)
            letters = [CharacterTokenizer().decode(continuation) for continuation in request.continuations]
            assert letters == list("ABCD"[: len(item.doc["choices"])])
            assert [part.continuation for (part,) in item.parts] == list(range(len(letters)))

    def test_greedy_repeats_are_asked_once_and_sampled_ones_by_their_seeds(self, catalogue: Catalogue) -> None:
        greedy, sampled = plan_of(catalogue, "sums_repeated"), plan_of(catalogue, "sums_sampled", seed=7)
        assert [len(parts) for item in greedy.items for parts in item.parts] == [3] * 12
        assert len(greedy.requests) == 12
        assert len(sampled.requests) == 24
        for item in sampled.items:
            assert [request.seed for request in map(generation(sampled), item.requests)] == [7, 8]

    def test_rolling_texts_are_windows_of_one_item(self, catalogue: Catalogue) -> None:
        plan = plan_of(catalogue, "rolling", engine=ScriptedEngine(max_length=6))
        assert all(len(parts) > 1 for item in plan.items for parts in item.parts)
        for item in plan.items:
            text = item.instances[0].args[0]
            windows = [choices(plan, part.request).continuations[part.continuation] for part in item.parts[0]]
            assert CharacterTokenizer().decode([token for window in windows for token in window]) == text

    def test_truncated_prompts_are_counted(self, catalogue: Catalogue) -> None:
        assert plan_of(catalogue, "sums").truncated_prompts == 0
        short = plan_of(catalogue, "sums", engine=ScriptedEngine(max_length=24))
        assert short.truncated_prompts == 12
        assert all(len(request.prompt) + request.max_tokens == 24 for request in map(generation(short), range(12)))

    def test_a_limit_takes_the_first_documents(self, catalogue: Catalogue) -> None:
        plan = plan_of(catalogue, "sums", "letters", limit=2)
        assert plan.counts() == {"sums": 2, "letters": 2}
        assert [item.doc["id"] for item in plan.items] == ["sum-0", "sum-1", "fact-0", "fact-1"]
        assert plan.tasks["sums"].size == 12

    def test_another_split_is_another_set_of_documents(self, catalogue: Catalogue) -> None:
        assert plan_of(catalogue, "sums", limit=1, split="search").items[0].doc["id"] == "sum-11"
        with pytest.raises(TaskError, match=r"--split: no split 'nonsense'"):
            plan_of(catalogue, "sums", split="nonsense")

    def test_few_shots_and_a_chat_template_change_the_prompt(self, catalogue: Catalogue) -> None:
        prompts = [
            CharacterTokenizer().decode(generation(plan_of(catalogue, "sums", limit=1, **settings))(0).prompt)
            for settings in (
                {},
                {"num_fewshot": 2},
                {"num_fewshot": 2, "seed": 5},
                {"apply_chat_template": True},
                {"system_instruction": "簡潔に。"},
            )
        ]
        plain, shots, others, chat, instructed = prompts
        assert shots.count("問題：") == 1  # a task that fixes 0 keeps it, as in lm-eval
        assert shots == others == plain
        assert chat == f"[user]{plain}\n[assistant]"
        assert instructed.startswith("簡潔に。")


def choices(plan: Plan, number: int) -> ChoiceRequest:
    request = plan.requests[number]
    assert isinstance(request, ChoiceRequest)
    return request


def generation(plan: Plan) -> Any:
    def at(number: int) -> GenerationRequest:
        request = plan.requests[number]
        assert isinstance(request, GenerationRequest)
        return request

    return at


class TestKeys:
    def test_they_are_distinct_and_the_same_each_time(self, catalogue: Catalogue) -> None:
        first, second = (keys_of(plan_of(catalogue, "sums", "letters", "texts", "rolling")) for _ in range(2))
        assert first == second
        assert len(set(first)) == len(first)

    def test_weights_and_fingerprint_change_all(self, catalogue: Catalogue) -> None:
        class Other(ScriptedEngine):
            def fingerprint(self) -> dict[str, Any]:
                return {"engine": "scripted", "dtype": "float16"}

        plan = plan_of(catalogue, "sums", "letters")
        before = set(keys_of(plan))
        assert before.isdisjoint(keys_of(plan, weights="other weights"))
        assert before.isdisjoint(keys_of(plan, Other()))

    def test_the_name_of_the_task_does_not_matter(self, catalogue: Catalogue) -> None:
        assert keys_of(plan_of(catalogue, "sums")) == keys_of(plan_of(catalogue, "sums_repeated"))

    def test_every_setting_and_every_token_matters(self) -> None:
        base = GenerationRequest((1, 2), 8, ("\n",), 0.5, 0.9, 20, 0.1, 1.1, 3, ThinkTags(), False)
        changes: dict[str, Any] = {
            "prompt": (1, 3),
            "max_tokens": 9,
            "stop": ("\n", "。"),
            "temperature": 0.6,
            "top_p": None,
            "top_k": 21,
            "min_p": 0.2,
            "repetition_penalty": None,
            "seed": 4,
            "think": None,
            "thinking": True,
        }
        requests = [base, *(dataclasses.replace(base, **{name: value}) for name, value in changes.items())]
        assert set(changes) == set(GenerationRequest.__slots__)
        assert len(set(keys_of(Plan({}, requests=Requests(requests))))) == len(changes) + 1

    @given(
        st.lists(
            st.builds(
                ChoiceRequest,
                st.lists(st.integers(0, 2), min_size=1, max_size=3).map(tuple),
                st.lists(st.lists(st.integers(0, 2), max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
            ),
            unique=True,
            max_size=20,
        )
    )
    def test_no_two_choice_requests_share_a_key(self, requests: list[ChoiceRequest]) -> None:
        assert len(set(keys_of(Plan({}, requests=Requests(requests))))) == len(requests)

    def test_the_digest_tells_plans_apart(self, catalogue: Catalogue) -> None:
        digests = {
            plan_of(catalogue, *names, **settings).digest()
            for names, settings in [
                (["sums"], {}),
                (["sums"], {"limit": 3}),
                (["sums_repeated"], {}),
                (["letters"], {}),
                (["sums", "letters"], {}),
                (["letters", "sums"], {}),
                (["sums"], {"apply_chat_template": True}),
            ]
        }
        assert len(digests) == 7
        assert plan_of(catalogue, "sums").digest() in digests


def ask(
    settings: dict[str, Any], *, tokenizer: CharacterTokenizer | None = None, text: str = "問題"
) -> GenerationRequest:
    tokenizer = tokenizer or CharacterTokenizer()
    return generation_request(text, settings, Encoder(tokenizer, LONG), tokenizer, 11, "a_task")


SETTINGS = st.fixed_dictionaries(
    {"do_sample": st.booleans()},
    optional={
        "until": st.sampled_from(["\n", "。"]) | st.lists(st.sampled_from(["\n", "。", "\0", ""]), max_size=3),
        "temperature": st.sampled_from([0, 0.0, 0.7, 1.0]),
        "max_gen_toks": st.integers(1, 300),
        "max_new_tokens": st.integers(1, 300),
        "max_tokens": st.integers(1, 300),
        "max_completion_tokens": st.integers(1, 300),
        "top_p": st.sampled_from([0.5, 1.0]),
        "top_k": st.integers(1, 50),
    },
)


class TestGenerationSettings:
    @given(SETTINGS)
    def test_they_are_read_as_lm_eval_reads_them_for_vllm(self, settings: dict[str, Any]) -> None:
        request = ask(settings)
        # What lm-eval's `VLLM.modify_gen_kwargs` is made of (its module cannot be imported without a GPU's vLLM).
        kwargs: Any = normalize_gen_kwargs(copy.deepcopy(settings), default_max_gen_toks=256)
        assert list(request.stop) == handle_stop_sequences(kwargs["until"], eos="\0")
        assert request.max_tokens == kwargs["max_gen_toks"]
        assert request.temperature == kwargs.get("temperature", 1.0)  # 1 is vLLM's default
        if request.temperature > 0:
            assert (request.top_p, request.top_k) == (kwargs.get("top_p"), kwargs.get("top_k"))
            assert request.seed == 11
        else:  # what only sampling knows is left out, so that equal greedy requests are one
            assert (request.top_p, request.top_k, request.seed) == (None, None, None)

    def test_greedy_is_the_default(self) -> None:
        request = ask({})
        assert (request.temperature, request.max_tokens, request.stop, request.seed) == (0.0, 256, ("\0",), None)

    @pytest.mark.parametrize(
        "settings",
        [
            {"num_beams": 4},
            {"presence_penalty": 0.5},
            {"best_of": 3},
            {"logit_bias": {1: 5.0}},
            {"num_return_sequences": 2},
        ],
        ids=lambda settings: next(iter(settings)),
    )
    def test_what_would_change_the_answer_is_refused(self, settings: dict[str, Any]) -> None:
        with pytest.raises(TaskError, match=rf"a_task: generation_kwargs\.{next(iter(settings))}: is not supported"):
            ask(settings)

    def test_what_changes_nothing_is_taken(self) -> None:
        assert ask({"num_beams": 1, "use_cache": True, "early_stopping": True}) == ask({})

    def test_a_repetition_penalty_acts_on_greedy_answers_too(self) -> None:
        assert ask({"repetition_penalty": 1.2}).repetition_penalty == 1.2

    @pytest.mark.parametrize(("text", "thinking"), [("問題<think>\n", True), ("問題", False), ("<think>問題", False)])
    def test_a_prompt_may_open_the_reasoning(self, text: str, thinking: bool) -> None:
        tags = ThinkTags()
        request = ask({}, tokenizer=CharacterTokenizer(tags), text=text)
        assert (request.think, request.thinking) == (tags, thinking)
        assert not ask({}, text=text).thinking

"""vLLM against transformers, in float32: a random Llama made on the spot, and Gemma 3 270M."""

from __future__ import annotations

import dataclasses
import gc
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from jaeval.engines import (
    ChoiceRequest,
    ChoiceResponse,
    Engine,
    FailedResponse,
    GenerationRequest,
    GenerationResponse,
    load_engine,
    open_checkpoint,
)
from jaeval.engines.protocol import Request, Response
from jaeval.engines.reasoning import ThinkTags, cut_at_stop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
MAX_LENGTH = 512
PROMPTS = [
    "日本の首都は",
    "問題：りんごが３個、みかんが５個あります。全部で何個ですか？\n答え：",
    "The quick brown fox",
    "1, 2, 3, 4, 5,",
    "昔々、あるところに",
]
CHOICES = ["東京", "東京都", "東京", "大阪", " Tokyo", "京都府京都市左京区", "8個です。", "A", "B"]


@dataclasses.dataclass(frozen=True)
class Pair:
    vllm: Engine
    oracle: Engine
    vocabulary: int

    def encode(self, text: str, *, special_tokens: bool | None = None) -> tuple[int, ...]:
        return tuple(self.vllm.tokenizer.encode([text], special_tokens=special_tokens)[0])


@pytest.fixture(scope="module", params=["tiny Llama", "Gemma 3 270M"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    pytest.importorskip("vllm", reason="needs vLLM")
    if request.param == "tiny Llama":
        folder: Path = request.getfixturevalue("tiny_checkpoint")
    else:
        from jaeval.demo.checkpoint import demonstration_checkpoint

        folder = demonstration_checkpoint()
    found = Pair(
        load_engine("vllm", folder, engine_args={"dtype": "float32", "max_model_len": MAX_LENGTH}),
        load_engine("transformers", folder, engine_args={"dtype": "float32", "max_length": MAX_LENGTH}),
        vocabulary=open_checkpoint(folder).config["vocab_size"],
    )
    yield found
    found.vllm.close()
    found.oracle.close()
    gc.collect()


def ask(engine: Engine, requests: Sequence[Request]) -> list[Response]:
    found = dict(engine.respond(requests))
    assert set(found) == set(range(len(requests)))
    return [found[number] for number in range(len(requests))]


def choices_of(pair: Pair) -> list[ChoiceRequest]:
    continuations = tuple(pair.encode(choice, special_tokens=False) for choice in CHOICES)
    draw = random.Random(3)
    noise = tuple(draw.randrange(10, pair.vocabulary) for _ in range(MAX_LENGTH))
    many = tuple((token,) for token in range(10, 310)) if pair.vocabulary < 1_000 else ()  # more than a node may have
    whole = ChoiceRequest(noise[: MAX_LENGTH - 8], (noise[-7:], noise[-3:]))  # as long as a prompt may be
    return [
        *(ChoiceRequest(pair.encode(prompt), continuations) for prompt in PROMPTS[: 5 if many else 2]),
        ChoiceRequest((pair.vllm.tokenizer.prefix_token,), continuations),  # an empty context
        ChoiceRequest(noise[:40], (noise[40:110], noise[40:75], noise[40:41])),  # longer than a block of the cache
        ChoiceRequest(noise[:5], ((), noise[5:7], ())),  # merged into their context by the tokenizer
        ChoiceRequest(noise[:5], ((), ())),
        *([ChoiceRequest(noise[:5], many), whole] if many else []),
    ]


@pytest.fixture(scope="module")
def expected(pair: Pair) -> list[Response]:
    """The oracle's answers to `choices_of`."""
    return ask(pair.oracle, choices_of(pair))


def assert_same_choices(found: Sequence[Response], expected: Sequence[Response]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert isinstance(ours, ChoiceResponse)
        assert isinstance(theirs, ChoiceResponse)
        assert ours.log_likelihoods == pytest.approx(theirs.log_likelihoods, abs=1e-4)
        assert ours.greedy == theirs.greedy


class TestChoices:
    @pytest.mark.parametrize(("way", "forces"), [("nodes", True), ("nodes", False), ("whole", True)])
    def test_every_way_gives_the_same_with_and_without_the_cache(
        self, pair: Pair, expected: list[Response], way: str, forces: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(pair.vllm, [])  # started: what it costs is known
        assert pair.vllm._costs.forces  # type: ignore[attr-defined]
        monkeypatch.setattr(pair.vllm, "_costs", dataclasses.replace(pair.vllm._costs, forces=forces))  # type: ignore[attr-defined]
        monkeypatch.setattr("jaeval.engines.vllm_batch.cheapest", lambda request, costs: way)
        requests = choices_of(pair)
        assert_same_choices(ask(pair.vllm, requests), expected)
        assert_same_choices(ask(pair.vllm, requests), expected)

    def test_the_way_that_is_chosen_gives_the_same(self, pair: Pair, expected: list[Response]) -> None:
        assert_same_choices(ask(pair.vllm, choices_of(pair)), expected)

    def test_what_is_greedy_is_what_generation_gives(self, pair: Pair) -> None:
        if pair.vocabulary > 1_000:
            pytest.skip("asks for every token of the vocabulary")
        prompt = pair.encode(PROMPTS[0])
        (generated,) = ask(pair.vllm, [GenerationRequest(prompt, 6)])
        tokens: tuple[int, ...] = ()
        for _ in range(6):
            every = tuple((token,) for token in range(pair.vocabulary))
            (row,) = ask(pair.vllm, [ChoiceRequest(prompt + tokens, every)])
            assert isinstance(row, ChoiceResponse)
            assert sum(map(math.exp, row.log_likelihoods)) == pytest.approx(1.0, abs=1e-4)
            assert row.greedy.count(True) == 1
            likeliest = row.greedy.index(True)
            assert row.log_likelihoods[likeliest] == max(row.log_likelihoods)
            tokens += (likeliest,)
        assert plain(generated)[0] == pair.vllm.tokenizer.decode(tokens)
        (whole,) = ask(pair.vllm, [ChoiceRequest(prompt, (tokens, (*tokens[:-1], tokens[-1] ^ 1)))])
        assert isinstance(whole, ChoiceResponse)
        assert whole.greedy == (True, False)

    def test_the_shared_context_is_computed_once(self, pair: Pair) -> None:
        draw = random.Random(11)
        context = tuple(draw.randrange(10, 390) for _ in range(256))
        continuations = tuple((first, second) for first in range(10, 14) for second in range(20, 22))
        (response,) = ask(pair.vllm, [ChoiceRequest(context, continuations)])
        (again,) = ask(pair.vllm, [ChoiceRequest(context, continuations)])
        assert isinstance(response, ChoiceResponse)
        assert isinstance(again, ChoiceResponse)
        assert again.prefilled_tokens < len(context) < response.prefilled_tokens + 32


class TestGeneration:
    @pytest.fixture
    def requests(self, pair: Pair) -> list[GenerationRequest]:
        return [GenerationRequest(pair.encode(prompt), 48) for prompt in PROMPTS]

    def test_greedy_texts_are_equal(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        found, expected = ask(pair.vllm, requests), ask(pair.oracle, requests)
        assert [plain(response) for response in found] == [plain(response) for response in expected]
        assert len({plain(response) for response in found}) > 1

    def test_order_does_not_matter(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        mixed: list[Request] = [*requests, *choices_of(pair)]
        found = ask(pair.vllm, mixed)
        backwards = ask(pair.vllm, mixed[::-1])[::-1]
        for ours, theirs in zip(found, backwards, strict=True):
            if isinstance(ours, GenerationResponse):
                assert plain(ours) == plain(theirs)
            else:
                assert_same_choices([ours], [theirs])

    def test_stop_texts_cut(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        whole = [plain(response)[0] for response in ask(pair.oracle, requests)]
        stopped = [
            dataclasses.replace(request, stop=("never to be seen", text[len(text) // 2 :][:2]))
            for request, text in zip(requests, whole, strict=True)
        ]
        for engine in (pair.vllm, pair.oracle):
            for request, text, response in zip(stopped, whole, ask(engine, stopped), strict=True):
                assert isinstance(response, GenerationResponse)
                assert (response.text, response.finish) == (cut_at_stop(text, request.stop)[0], "stop")
                assert response.generated_tokens < 48

    def test_answers_are_truncated_at_their_limit(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        short = [dataclasses.replace(request, max_tokens=1 + place) for place, request in enumerate(requests)]
        for engine in (pair.vllm, pair.oracle):
            for request, response in zip(short, ask(engine, short), strict=True):
                assert isinstance(response, GenerationResponse)
                assert (response.finish, response.generated_tokens) == ("length", request.max_tokens)

    def test_reasoning_is_kept_apart_and_not_searched_for_stop_texts(
        self, pair: Pair, requests: list[GenerationRequest]
    ) -> None:
        tried = 0
        for request in requests:
            (whole,) = ask(pair.oracle, [dataclasses.replace(request, max_tokens=96)])
            text = plain(whole)[0]
            if (found := closing_tag_and_stop(text)) is None:
                continue
            tried += 1
            close, stop = found
            reasoning, _, answer = text.partition(close)
            asked = dataclasses.replace(request, max_tokens=96, think=ThinkTags("", close), thinking=True, stop=(stop,))
            for engine in (pair.vllm, pair.oracle):
                (response,) = ask(engine, [asked])
                assert isinstance(response, GenerationResponse)
                assert response.reasoning == reasoning.strip()
                assert stop in response.reasoning
                assert (response.text, response.finish) == (answer.lstrip().partition(stop)[0], "stop")
        assert tried

    def test_a_reasoning_that_never_ends_gives_no_answer(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        asked = [dataclasses.replace(request, think=ThinkTags("", "</never>"), thinking=True) for request in requests]
        for response in ask(pair.vllm, asked):
            assert isinstance(response, GenerationResponse)
            assert (response.text, response.finish) == ("", "length")
            assert response.reasoning

    def test_sampled_answers_repeat_with_their_seed(self, pair: Pair, requests: list[GenerationRequest]) -> None:
        sampled = [
            dataclasses.replace(request, max_tokens=12, temperature=1.0, top_p=0.9, seed=seed)
            for request in requests[:2]
            for seed in (1, 2)
        ]
        for engine in (pair.vllm, pair.oracle):
            first, second = ask(engine, sampled), ask(engine, sampled[::-1])[::-1]
            assert [plain(response) for response in first] == [plain(response) for response in second]
            assert len({plain(response) for response in first}) == len(sampled)


class TestBadRequests:
    def test_they_fail_alone(self, pair: Pair) -> None:
        good = GenerationRequest(pair.encode(PROMPTS[0]), 4)
        bad: list[Request] = [
            GenerationRequest((10,) * (MAX_LENGTH + 5), 4),
            ChoiceRequest((10,) * (MAX_LENGTH + 5), ((11,), (12,))),
        ]
        responses = ask(pair.vllm, [good, *bad, good])
        assert [type(response) for response in responses[1:3]] == [FailedResponse] * 2
        assert plain(responses[0]) == plain(responses[3])


def plain(response: Response) -> tuple[str, str]:
    assert isinstance(response, GenerationResponse), response
    return response.text, response.finish


def closing_tag_and_stop(text: str) -> tuple[str, str] | None:
    """A closing tag that stands once in a text that a model really gave, and a stop text on both sides of it."""
    for place in range(1, len(text) - 3):
        close = text[place : place + 2]
        before, after = text[:place].strip(), text[place + 2 :].lstrip()
        if "\ufffd" in close or text.count(close) > 1:
            continue
        for stop in after[1:-2]:
            if stop in before and stop not in close and stop.isprintable() and not stop.isspace() and stop != "\ufffd":
                return close, stop
    return None

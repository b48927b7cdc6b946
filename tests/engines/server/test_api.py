"""Models behind an API: asked in conversations, their cost counted and limited, their key nowhere shown."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from scripted_api import ScriptedApi
from small_tasks import write_tasks

from jaeval.engines import ChoiceRequest, Engine, FailedResponse, GenerationRequest, GenerationResponse, load_engine
from jaeval.engines.protocol import Request, Response
from jaeval.engines.server import ApiEngine
from jaeval.engines.server.api_text import ConversationTokenizer, messages_of
from jaeval.errors import EngineError
from jaeval.evaluation.run import evaluate

pytestmark = pytest.mark.extras

MODEL = "openai/gpt-4o-mini"
EACH = 1000 * 0.15e-6 + 100 * 0.6e-6
"""Dollars for an answer of the scripted service, by the price of the model that it is taken for."""
SECRET = "sk-planted-3b8e"


class TestConversations:
    def test_a_chat_template_keeps_the_turns(self) -> None:
        tokenizer = ConversationTokenizer()
        turns = [{"role": "system", "content": "短く"}, {"role": "user", "content": '改行\nと"引用"'}]
        text = tokenizer.decode(tokenizer.encode([tokenizer.apply_chat_template(turns)])[0])
        assert messages_of(text) == turns

    def test_what_follows_a_conversation_is_the_users(self) -> None:
        tokenizer = ConversationTokenizer()
        user, assistant = {"role": "user", "content": "問"}, {"role": "assistant", "content": "答"}
        assert messages_of(tokenizer.apply_chat_template([user]) + "続き") == [{"role": "user", "content": "問続き"}]
        made = messages_of(tokenizer.apply_chat_template([user, assistant]) + "続き")
        assert made == [user, assistant, {"role": "user", "content": "続き"}]

    @pytest.mark.parametrize("text", ["日本の首都は", "", "{}", "\x01"])
    def test_a_plain_text_is_one_turn(self, text: str) -> None:
        assert messages_of(text) == [{"role": "user", "content": text}]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedApi]:
    if find_spec("litellm") is None:  # not imported before `load_litellm` has told it to ask nobody for prices
        pytest.skip("needs litellm")
    monkeypatch.setenv("THE_KEY", SECRET)
    monkeypatch.setattr("jaeval.engines.server.dispatch.pause", lambda tried, **_: 0.01)
    with ScriptedApi(SECRET) as started:
        yield started


@pytest.fixture
def connect(service: ScriptedApi) -> Iterator[Callable[..., ApiEngine]]:
    made: list[ApiEngine] = []

    def make(model: str = MODEL, **settings: Any) -> ApiEngine:
        given = {"base_url": service.url, "api_key_env": "THE_KEY", "patience": 2.0, **settings}
        made.append(ApiEngine(model, **given))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def generation(text: str, **settings: Any) -> GenerationRequest:
    return GenerationRequest(tuple(map(ord, text)), 16, **settings)


def ask(engine: Engine, requests: Sequence[Request]) -> list[Response]:
    found = dict(engine.respond(requests))
    return [found[place] for place in range(len(requests))]


def test_answers_come_back(service: ScriptedApi, connect: Callable[..., ApiEngine]) -> None:
    engine = connect()
    assert isinstance(engine, Engine)
    requests = [generation(f"問題{i}") for i in range(30)]
    texts = [response.text for response in ask(engine, requests) if isinstance(response, GenerationResponse)]
    assert texts == [3 * str(i)[-1] for i in range(30)]
    body = next(body for body in service.bodies if body["messages"] == [{"role": "user", "content": "問題7"}])
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("gpt-4o-mini", 16, 0.0)


def test_stop_texts_reasoning_and_truncation(service: ScriptedApi, connect: Callable[..., ApiEngine]) -> None:
    service.reasoning, service.finish = "考え中", "length"
    stops = ("\0", "", "a", "b", "c", "d", "問")
    (cut, stopped) = ask(connect(), [generation("x"), generation("質問", stop=stops)])
    assert cut == GenerationResponse("xxx", "length", "考え中", 100, 1000)
    assert stopped == GenerationResponse("", "stop", "考え中", 100, 1000)
    assert [body.get("stop") for body in service.bodies if "stop" in body] == [["a", "b", "c", "d"]]


def test_tokens_latency_and_cost_are_counted(service: ScriptedApi, connect: Callable[..., ApiEngine]) -> None:
    engine = connect()
    ask(engine, [generation(str(i)) for i in range(20)])
    found = engine.service()
    assert (found["calls"], found["repeated"]) == (20, 0)
    assert (found["prompt_tokens"], found["generated_tokens"]) == (20_000, 2_000)
    assert found["cost"] == pytest.approx(20 * EACH)
    assert 0 < found["latency"]["median"] <= found["latency"]["p95"] <= found["latency"]["longest"]


class TestTheLimit:
    def test_it_stops_before_it_is_passed(self, service: ScriptedApi, connect: Callable[..., ApiEngine]) -> None:
        service.delay = 0.02
        engine = connect(max_cost=25.5 * EACH, concurrency=4)
        found: dict[int, Response] = {}
        with pytest.raises(EngineError, match=r"US dollars are spent.*--max-cost.*--resume"):
            found.update(engine.respond([generation(str(i)) for i in range(100)]))
        assert len(found) == len(service.bodies) == 25
        assert engine.service()["cost"] == pytest.approx(25 * EACH)

    @pytest.mark.parametrize("most", [0.5, 3.5, 9.9])
    def test_many_at_once_do_not_pass_it(
        self, most: float, service: ScriptedApi, connect: Callable[..., ApiEngine]
    ) -> None:
        service.delay = 0.05
        engine = connect(max_cost=most * EACH)
        # What the service will count: 1,000 tokens of the prompt and 100 of the answer.
        requests = [GenerationRequest(tuple(map(ord, "問" * 328 + f"{i:04d}"[:4])), 100) for i in range(64)]
        with pytest.raises(EngineError, match=r"US dollars are spent; the rest may not pay an answer of up to"):
            dict(engine.respond(requests))
        assert len(service.bodies) == int(most)
        assert engine.service()["cost"] <= most * EACH

    def test_a_run_that_is_taken_up_again_goes_on_counting(
        self, service: ScriptedApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
        settings: dict[str, Any] = {
            "engine": "api",
            "out": tmp_path / "run",
            "cache": False,
            "tasks_dirs": [write_tasks(tmp_path / "small")],
            "trust_task_code": True,
        }

        def go(most: float, **more: Any) -> Any:
            given = {"base_url": service.url, "api_key_env": "THE_KEY", "max_cost": most * EACH, "concurrency": 2}
            return evaluate(MODEL, ["sums"], engine_args=given, **settings, **more)

        with pytest.raises(EngineError, match="US dollars are spent"):
            go(2.9)
        asked = len(service.bodies)
        assert asked == 2
        with pytest.raises(EngineError, match=f"{2 * EACH:.4f} of"):  # nothing is left of the same sum
            go(2.9, resume=True)
        assert len(service.bodies) == asked
        run = go(1000.0, resume=True)
        items = len(list(run.items()))
        assert len(service.bodies) == items > asked
        assert run.manifest.service is not None
        assert run.manifest.service.cost == pytest.approx(items * EACH)
        assert run.manifest.service.prompt_tokens == 1000 * items
        assert run.manifest.service.calls == items - asked
        assert not (tmp_path / "run" / "spending.jsonl").exists()

    def test_a_price_that_is_not_known(self, connect: Callable[..., ApiEngine]) -> None:
        with pytest.raises(EngineError, match=r"--max-cost: the price of openai/nonesuch is not known"):
            connect("openai/nonesuch", max_cost=1.0).start()
        engine = connect("openai/nonesuch")
        ask(engine, [generation("x")])
        assert engine.service()["cost"] is None

    @pytest.mark.parametrize("limit", [0, -1, "1", float("nan"), True])
    def test_a_limit_that_makes_no_sense(self, limit: Any, connect: Callable[..., ApiEngine]) -> None:
        with pytest.raises(EngineError, match="max_cost: must be a number above 0"):
            connect(max_cost=limit)


class TestTrouble:
    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    def test_what_passes_is_asked_again(
        self, status: int, service: ScriptedApi, connect: Callable[..., ApiEngine]
    ) -> None:
        service.statuses = itertools.chain([status] * 6)
        engine = connect()
        responses = ask(engine, [generation(str(i)) for i in range(10)])
        assert all(isinstance(response, GenerationResponse) for response in responses)
        assert engine.service()["cost"] == pytest.approx(10 * EACH, rel=0.2)

    def test_what_is_refused_fails_alone_and_repeats_no_prompt(
        self, service: ScriptedApi, connect: Callable[..., ApiEngine]
    ) -> None:
        service.statuses = itertools.chain([400])
        responses = ask(connect(), [generation(f"秘密の質問{i}") for i in range(5)])
        (failed,) = (response for response in responses if isinstance(response, FailedResponse))
        assert failed == FailedResponse("the server refused it (HTTP 400, BadRequestError)")

    def test_a_filtered_answer_fails_and_is_not_paid_twice(
        self, service: ScriptedApi, connect: Callable[..., ApiEngine]
    ) -> None:
        service.finish = "content_filter"
        assert ask(connect(), [generation("x")]) == [FailedResponse("the service ended the answer ('content_filter')")]
        assert len(service.bodies) == 1

    def test_a_wrong_key_ends_it_and_is_not_shown(
        self, connect: Callable[..., ApiEngine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("THE_KEY", "sk-planted-wrong")
        with pytest.raises(EngineError, match="HTTP 401") as caught:
            ask(connect(), [generation("x")])
        assert "planted" not in str(caught.value)

    def test_a_service_that_is_gone(self, service: ScriptedApi, connect: Callable[..., ApiEngine]) -> None:
        engine = connect()
        engine.start()
        service.stop()
        with pytest.raises(EngineError, match=r"no server has answered for 2 s.*--resume"):
            ask(engine, [generation("x")])

    def test_choices_cannot_be_scored(self, connect: Callable[..., ApiEngine]) -> None:
        with pytest.raises(EngineError, match="choices cannot be scored"):
            ask(connect(), [ChoiceRequest((1,), ((2,), (3,)))])

    def test_a_setting_that_no_service_knows(self, connect: Callable[..., ApiEngine]) -> None:
        assert ask(connect(), [generation("x", top_k=3)]) == [FailedResponse("a service does not know top_k")]

    def test_another_address_gets_no_key_that_was_not_named_for_it(
        self, service: ScriptedApi, connect: Callable[..., ApiEngine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)  # the service would take it
        with pytest.raises(EngineError, match="HTTP 401: it wants another key, or none was given"):
            ask(connect(api_key_env=None), [generation("x")])
        service.key = "none"
        (found,) = ask(connect(api_key_env=None), [generation("x")])
        assert isinstance(found, GenerationResponse)

    def test_a_key_is_no_argument(self, service: ScriptedApi) -> None:
        with pytest.raises(EngineError, match="--engine-arg api_key: may not be set"):
            load_engine("api", MODEL, engine_args={"api_key": SECRET})


def test_a_run_has_its_cost_and_keeps_no_secret(
    service: ScriptedApi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
    service.statuses = itertools.chain([500, 429, 400])
    with caplog.at_level(logging.DEBUG):
        run = evaluate(
            MODEL,
            ["sums"],
            engine="api",
            engine_args={"base_url": service.url, "api_key_env": "THE_KEY"},
            apply_chat_template=True,
            out=tmp_path / "run",
            tasks_dirs=[write_tasks(tmp_path / "small")],
            trust_task_code=True,
        )
    assert run.manifest.service is not None
    assert run.manifest.service.cost == pytest.approx(11 * EACH)
    assert run.manifest.service.calls == 14
    assert run.failed == 1
    out, err = capfd.readouterr()
    errors = [item.error for item in run.items() if item.error]
    prompt = str(next(iter(run.items())).doc["question"])
    for text in (out, err, caplog.text, *errors, (run.path / "manifest.json").read_text(encoding="utf-8")):
        assert SECRET not in text
        assert prompt not in text
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in written if SECRET.encode() in file.read_bytes()] == []

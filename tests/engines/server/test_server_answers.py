"""Through one server, two, an old one and a plain one, the answers are the model's."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from scripted_server import ScriptedServer, expected

from jaeval.engines import ChoiceRequest, ChoiceResponse, FailedResponse, GenerationRequest, GenerationResponse
from jaeval.engines.protocol import Engine, Request, Response
from jaeval.engines.reasoning import ThinkTags
from jaeval.engines.server import ServerEngine
from jaeval.errors import EngineError
from jaeval.evaluation.engine_thread import EngineThread

Connect = Callable[..., ServerEngine]
Serve = Callable[..., ScriptedServer]


def ask(engine: Engine, requests: Sequence[Request]) -> list[Response]:
    answered = list(engine.respond(requests))
    found = dict(answered)
    assert len(answered) == len(found), "something was answered twice"
    assert set(found) == set(range(len(requests)))
    return [found[number] for number in range(len(requests))]


def assert_as_the_model(found: Sequence[Response], requests: Sequence[Request], engine: ServerEngine) -> None:
    for response, request in zip(found, requests, strict=True):
        wanted = expected(request, engine.tokenizer)
        if isinstance(wanted, ChoiceResponse):
            assert isinstance(response, ChoiceResponse)
            assert response.log_likelihoods == pytest.approx(wanted.log_likelihoods, rel=1e-12)
            assert response.greedy == wanted.greedy
        else:
            assert isinstance(wanted, GenerationResponse)
            assert isinstance(response, GenerationResponse)
            assert (response.text, response.finish) == (wanted.text, wanted.finish)


@pytest.mark.parametrize(("kind", "servers"), [("vllm", 1), ("vllm", 2), ("vllm", 3), ("old", 1)])
def test_answers_do_not_depend_on_the_servers(
    kind: str, servers: int, serve: Serve, connect: Connect, requests: list[Request]
) -> None:
    started = [serve(kind=kind) for _ in range(servers)]
    engine = connect(*(server.url for server in started))
    assert_as_the_model(ask(engine, requests), requests, engine)
    assert_as_the_model(ask(engine, requests[::-1]), requests[::-1], engine)  # an engine is asked again and again
    assert all(server.bodies for server in started)


def test_a_plain_server_generates(serve: Serve, connect: Connect, requests: list[Request]) -> None:
    engine = connect(serve(kind="plain", fingerprint=None).url)
    generations = [request for request in requests if isinstance(request, GenerationRequest)]
    assert_as_the_model(ask(engine, generations), generations, engine)


def test_a_plain_server_cannot_score_choices(serve: Serve, connect: Connect) -> None:
    engine = connect(serve(kind="plain").url)
    with pytest.raises(EngineError, match=r"no log-probabilities of given tokens.*vLLM"):
        ask(engine, [ChoiceRequest((1,), ((2,), (3,)))])


def test_a_plain_server_is_not_sent_what_it_would_ignore(serve: Serve, connect: Connect) -> None:
    engine = connect(serve(kind="plain").url)
    good, bad = GenerationRequest((1, 2), 4, top_p=0.9), GenerationRequest((1, 2), 4, min_p=0.1, top_k=3)
    assert isinstance(ask(engine, [good])[0], GenerationResponse)
    assert ask(engine, [bad]) == [FailedResponse("the server does not know min_p, top_k")]


def test_every_sampling_setting_is_named(serve: Serve, connect: Connect) -> None:
    server = serve()
    engine = connect(server.url)
    ask(engine, [GenerationRequest((1, 2), 4, temperature=0.7, top_p=0.9, top_k=5, min_p=0.1, seed=3)])
    ask(engine, [GenerationRequest((1, 2), 4)])
    sampled, greedy = server.bodies[-2:]
    names = ("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "seed")
    assert [sampled.get(name) for name in names] == [0.7, 0.9, 5, 0.1, 1.0, 3]
    assert [greedy.get(name) for name in names] == [0.0, 1.0, 0, 0.0, 1.0, None]


def test_a_reasoning_is_not_cut_at_stop_texts(serve: Serve, connect: Connect) -> None:
    server = serve()
    engine = connect(server.url)
    prompt = (1, 5, 9)
    (whole,) = ask(engine, [GenerationRequest(prompt, 40)])
    assert isinstance(whole, GenerationResponse)
    close = next(c for c in whole.text[5:-5] if whole.text.count(c) == 1 and c.isprintable() and not c.isspace())
    reasoning, _, answer = whole.text.partition(close)
    request = GenerationRequest(prompt, 40, stop=(reasoning[1],), think=ThinkTags("", close), thinking=True)
    (response,) = ask(engine, [request])
    assert isinstance(response, GenerationResponse)
    assert response.reasoning == reasoning.strip()
    assert response.text == answer.lstrip().partition(reasoning[1])[0]


def test_a_choice_is_one_http_request(serve: Serve, connect: Connect) -> None:
    server = serve()
    engine = connect(server.url)
    engine.start()
    before = len(server.bodies)
    ask(engine, [ChoiceRequest((1, 2, 3), ((4, 5), (4, 6, 7), (8,)))])
    (body,) = server.bodies[before:]
    assert body["prompt"] == [[1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 6]]


def test_bad_requests_fail_alone(serve: Serve, connect: Connect) -> None:
    engine = connect(serve().url)
    good = GenerationRequest((1, 2), 4)
    long = (7,) * 600
    first, generated, chosen, last = ask(
        engine, [good, GenerationRequest(long, 4), ChoiceRequest(long, ((1,), (2,))), good]
    )
    assert first == last
    for failed in (generated, chosen):
        assert failed == FailedResponse("the server refused it (HTTP 400, BadRequestError, input_tokens)")


class TestWhoIsAsked:
    def test_the_model_is_found(self, serve: Serve, connect: Connect) -> None:
        server = serve(name="名前/model")
        ask(connect(server.url), [GenerationRequest((1,), 2)])
        assert {body["model"] for body in server.bodies} == {"名前/model"}

    def test_a_model_that_is_not_served(self, serve: Serve, connect: Connect) -> None:
        with pytest.raises(EngineError, match=r"does not serve 'other'.*It serves model"):
            connect(serve().url, model="other").start()

    def test_a_context_that_is_too_short(self, serve: Serve, connect: Connect) -> None:
        server = serve()
        with pytest.raises(EngineError, match=r"512 tokens, 600 are wanted.*max_model_len=512"):
            connect(server.url, max_model_len=600).start()

    def test_a_folder_of_this_machine_must_hold_the_same_weights(
        self, serve: Serve, connect: Connect, served_folder: Path, tmp_path: Path
    ) -> None:
        for file in served_folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        connect(serve(root=str(tmp_path)).url).start()
        connect(serve(root="/on/another/machine").url).start()
        (tmp_path / "config.json").write_text('{"architectures": ["Other"]}', encoding="utf-8")
        with pytest.raises(EngineError, match="serves other weights"):
            connect(serve(root=str(tmp_path)).url).start()

    def test_servers_must_be_alike(self, serve: Serve, connect: Connect) -> None:
        with pytest.raises(EngineError, match=r"the servers differ \(one, two\)"):
            connect(serve(fingerprint="one").url, serve(fingerprint="two").url).start()

    def test_a_key_is_sent(self, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
        server = serve(key="sk-planted")
        monkeypatch.setenv("GOOD", "sk-planted")
        monkeypatch.setenv("BAD", "sk-other")
        ask(connect(server.url, api_key_env="GOOD"), [GenerationRequest((1,), 2)])
        for settings in ({}, {"api_key_env": "BAD"}):
            with pytest.raises(EngineError, match="401: it wants another key") as caught:
                connect(server.url, **settings).start()
            assert "sk-" not in str(caught.value)

    def test_nobody_is_there(self, connect: Connect) -> None:
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"no server answers .*no connection.*Is it started"):
            connect("http://127.0.0.1:9").start()
        assert time.monotonic() - began < 3

    def test_the_fingerprint_names_the_server_not_its_address(self, serve: Serve, connect: Connect) -> None:
        one, two = serve(), serve()
        wanted = {"engine": "server", "server": "scripted-1"}
        assert connect(one.url).fingerprint() == connect(one.url, two.url).fingerprint() == wanted
        assert connect(serve(fingerprint=None).url).fingerprint()["server"] == "unknown"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"concurrency": 0}, "concurrency: must be a number above 0"),
        ({"request_timeout": "x"}, "request_timeout: must be a number"),
        ({"patience": float("nan")}, "patience: must be a number"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], problem: str, connect: Connect) -> None:
    with pytest.raises(EngineError, match=problem):
        connect("http://127.0.0.1:9", **settings)


def test_no_address(connect: Connect) -> None:
    with pytest.raises(EngineError, match="names no server"):
        connect()


class TestConcurrency:
    def test_it_is_never_above_its_limit(self, serve: Serve, connect: Connect) -> None:
        server = serve(delay=0.01)
        ask(connect(server.url, concurrency=3), [GenerationRequest((1, i), 2) for i in range(30)])
        assert server.highest == 3

    def test_it_grows(self, serve: Serve, connect: Connect) -> None:
        server = serve(delay=0.2)
        ask(connect(server.url), [GenerationRequest((1, i % 300, i), 2) for i in range(400)])
        assert server.highest > 50

    def test_it_shrinks_to_what_a_server_bears(self, serve: Serve, connect: Connect) -> None:
        server = serve(delay=0.01, most=4, retry_after="0")
        asked = [GenerationRequest((1, i), 2) for i in range(300)]
        responses = ask(connect(server.url), asked)
        assert all(isinstance(response, GenerationResponse) for response in responses)
        assert server.refused < 300

    def test_two_servers_share_the_work(self, serve: Serve, connect: Connect) -> None:
        fast, slow = serve(delay=0.05), serve(delay=0.25)
        ask(connect(fast.url, slow.url, concurrency=4), [GenerationRequest((1, i), 2) for i in range(200)])
        assert len(fast.bodies) > 2 * len(slow.bodies) > 20


def test_an_interrupted_engine_stops_at_once(serve: Serve, connect: Connect) -> None:
    server = serve(delay=30.0)
    server.delay = 0.0
    engine = connect(server.url)
    engine.start()
    server.delay = 30.0
    with EngineThread(engine) as thread:
        waiting = threading.Thread(
            target=lambda: list(thread.respond([GenerationRequest((1,), 2)], lambda *_: None)), daemon=True
        )
        waiting.start()
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 3


def test_a_batch_that_is_left_early_leaves_nothing_behind(serve: Serve, connect: Connect) -> None:
    engine = connect(serve(delay=0.01).url)
    asked = [GenerationRequest((1, i), 2) for i in range(100)]
    responses = engine.respond(asked)
    next(responses)
    responses.close()  # type: ignore[attr-defined]
    assert_as_the_model(ask(engine, asked), asked, engine)
    assert [endpoint.under_way for endpoint in engine._endpoints] == [0]


def test_a_closed_engine_can_start_again(serve: Serve, connect: Connect) -> None:
    engine = connect(serve().url)
    request = GenerationRequest((1, 2), 4)
    first = ask(engine, [request])
    engine.close()
    engine.close()
    assert ask(engine, [dataclasses.replace(request)]) == first

"""Servers that fail: nothing is lost, nothing is answered twice, and what cannot go on says so."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from faulty_proxy import KINDS, FaultyProxy, some_faults
from scripted_server import ScriptedServer
from test_server_answers import Connect, Serve, ask, assert_as_the_model

from jaeval.engines import FailedResponse, GenerationRequest, GenerationResponse
from jaeval.engines.protocol import Request
from jaeval.engines.server import probe
from jaeval.errors import EngineError


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pauses, a tenth as long."""
    pause = probe.pause

    def shorter(tried: int, **settings: float) -> float:
        return pause(tried, **settings) / 10

    monkeypatch.setattr("jaeval.engines.server.probe.pause", shorter)
    monkeypatch.setattr("jaeval.engines.server.dispatch.pause", shorter)


@pytest.fixture
def spoil() -> Iterator[Callable[..., FaultyProxy]]:
    started: list[FaultyProxy] = []

    def start(server: ScriptedServer, fault: Callable[[], str | None], **settings: float) -> FaultyProxy:
        started.append(FaultyProxy(server.url, fault, **settings))
        started[-1].start()
        return started[-1]

    yield start
    for proxy in started:
        proxy.stop()


Spoil = Callable[..., FaultyProxy]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_overcome(
    kind: str, serve: Serve, spoil: Spoil, connect: Connect, requests: list[Request]
) -> None:
    proxy = spoil(serve(), some_faults(0.3, seed=1, kinds=(kind,)), stall=0.1)
    engine = connect(proxy.url)
    assert_as_the_model(ask(engine, requests), requests, engine)
    assert proxy.seen[kind] > 5


@pytest.mark.parametrize("seed", range(3))
def test_one_fault_in_five_of_mixed_kinds(
    seed: int, serve: Serve, spoil: Spoil, connect: Connect, requests: list[Request]
) -> None:
    proxies = [spoil(serve(), some_faults(0.2, seed=seed + 10 * place), stall=0.1) for place in range(2)]
    engine = connect(*(proxy.url for proxy in proxies))
    many = requests * 6
    assert_as_the_model(ask(engine, many), many, engine)
    assert sum(len(proxy.seen) for proxy in proxies) > len(KINDS)


def test_a_request_that_always_fails_fails_alone(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jaeval.engines.server.dispatch.pause", lambda tried, **_: 0.01)
    server = serve()
    engine = connect(server.url)
    engine.start()
    answer = server._answer

    def fail_one(body: dict[str, object]) -> object:
        if body["prompt"] == [1, 7]:
            raise RuntimeError
        return answer(body)

    server._answer = fail_one  # type: ignore[assignment, method-assign]
    asked = [GenerationRequest((1, i), 2) for i in range(20)]
    found = ask(engine, asked)
    assert found[7] == FailedResponse("not answered in 12 tries: HTTP 500")
    assert sum(isinstance(response, GenerationResponse) for response in found) == 19


class TestRetryAfter:
    def test_a_server_is_left_alone_for_as_long_as_it_asks(self, serve: Serve, connect: Connect) -> None:
        server = serve(retry_after="1")
        engine = connect(server.url)
        engine.start()
        server.most = 0
        threading.Timer(0.3, lambda: setattr(server, "most", 100)).start()
        began = time.monotonic()
        ask(engine, [GenerationRequest((1, 2), 2)])
        assert 1.0 <= time.monotonic() - began < 2.0
        assert server.refused == 1

    def test_its_work_goes_to_the_others_meanwhile(self, serve: Serve, connect: Connect) -> None:
        busy, free = serve(retry_after="30"), serve()
        engine = connect(busy.url, free.url)
        engine.start()
        busy.most = 0
        began = time.monotonic()
        asked = [GenerationRequest((1, i), 2) for i in range(50)]
        assert_as_the_model(ask(engine, asked), asked, engine)
        assert time.monotonic() - began < 5

    def test_one_that_refuses_everything_is_not_waited_for_for_ever(self, serve: Serve, connect: Connect) -> None:
        server = serve(retry_after="0.1")
        engine = connect(server.url, patience=0.6)
        engine.start()
        server.most = 0
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"no server has answered for 0\.6 s .*HTTP 429.*--resume"):
            ask(engine, [GenerationRequest((1, i), 2) for i in range(100)])
        assert time.monotonic() - began < 10

    def test_one_that_is_at_work_and_refuses_more_is_waited_for(self, serve: Serve, connect: Connect) -> None:
        server = serve(retry_after="0.05", most=1)
        engine = connect(server.url, patience=0.3)
        engine.start()
        server.delay = 1.0
        asked = [GenerationRequest((1, i), 2) for i in range(4)]
        assert_as_the_model(ask(engine, asked), asked, engine)
        assert server.refused


class TestDeadServers:
    def test_the_work_of_a_dead_one_moves_on(self, serve: Serve, connect: Connect) -> None:
        dying, living = serve(delay=0.02), serve(delay=0.02)
        engine = connect(dying.url, living.url, concurrency=8)
        asked = [GenerationRequest((1, i), 3) for i in range(200)]
        responses = engine.respond(asked)
        found = dict(itertools.islice(responses, 20))
        dying.stop()
        found |= dict(responses)
        assert_as_the_model([found[place] for place in range(200)], asked, engine)

    def test_one_that_returns_joins_again(self, serve: Serve, connect: Connect) -> None:
        first, second = serve(delay=0.02), serve(delay=0.02)
        engine = connect(first.url, second.url, concurrency=4)
        asked = [GenerationRequest((1, i % 300, i), 3) for i in range(600)]
        responses = engine.respond(asked)
        found = dict(itertools.islice(responses, 20))
        first.stop()
        found |= dict(itertools.islice(responses, 40))
        before = len(first.bodies)
        first.start()
        found |= dict(responses)
        assert len(found) == 600
        assert len(first.bodies) > before + 50

    def test_one_that_is_not_there_at_first_joins_later(self, serve: Serve, connect: Connect) -> None:
        late, early = serve(), serve(delay=0.02)
        late.stop()
        engine = connect(early.url, late.url, concurrency=4)
        responses = engine.respond([GenerationRequest((1, i), 2) for i in range(300)])
        next(responses)
        late.start()
        assert len(list(responses)) == 299
        assert late.bodies

    def test_one_that_returns_with_other_settings_is_refused(self, serve: Serve, connect: Connect) -> None:
        server = serve(delay=0.01)
        engine = connect(server.url, concurrency=2)
        responses = engine.respond([GenerationRequest((1, i), 2) for i in range(100)])
        next(responses)
        server.stop()
        server.fingerprint = "scripted-2"
        server.start()
        with pytest.raises(EngineError, match="its settings differ"):
            list(responses)

    def test_gone_for_good(self, serve: Serve, connect: Connect) -> None:
        server = serve(delay=0.01)
        engine = connect(server.url, patience=0.5)
        responses = engine.respond([GenerationRequest((1, i), 2) for i in range(200)])
        found = dict(itertools.islice(responses, 10))
        server.stop()
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"no server has answered for 0\.5 s .*no connection.*--resume"):
            found |= dict(responses)
        assert time.monotonic() - began < 10
        assert len(found) >= 10

    def test_one_that_takes_requests_and_never_answers(self, serve: Serve, connect: Connect) -> None:
        hanging, living = serve(), serve()
        engine = connect(hanging.url, living.url, request_timeout=0.3)
        engine.start()
        hanging.delay = 60.0
        asked = [GenerationRequest((1, i), 2) for i in range(60)]
        assert_as_the_model(ask(engine, asked), asked, engine)


def test_what_was_asked_again_is_counted(serve: Serve, spoil: Spoil, connect: Connect) -> None:
    faults = iter([None] * 5 + ["500"] * 3)
    engine = connect(spoil(serve(), lambda: next(faults, None)).url)
    ask(engine, [GenerationRequest((1, i), 2) for i in range(20)])
    assert (engine._tally.calls, engine._tally.repeated, len(engine._tally.seconds)) == (23, 3, 20)

"""Ray workers: answers do not depend on their number, and a lost one is replaced without a trace."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from jaeval.engines import ChoiceRequest, GenerationRequest, GenerationResponse, ScriptedEngine
from jaeval.engines.cluster import RayEngine
from jaeval.engines.protocol import Engine, Reloadable, Request, Response
from jaeval.errors import EngineError
from jaeval.evaluation.engine_thread import EngineThread

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
Spread = Callable[..., RayEngine]


def ask(engine: Engine, requests: Sequence[Request]) -> list[Response]:
    answered = list(engine.respond(requests))
    assert sorted(place for place, _ in answered) == list(range(len(requests))), "lost, or answered twice"
    return [response for _, response in sorted(answered, key=lambda entry: entry[0])]


@pytest.fixture
def requests() -> list[Request]:
    encode = ScriptedEngine().tokenizer.encode
    prompts = [tuple(tokens) for tokens in encode([f"問題{i:04d}の答えは" for i in range(300)])]
    choices: list[Request] = [ChoiceRequest(prompt, ((65,), (66, 67))) for prompt in prompts[:100]]
    return [*choices, *(GenerationRequest(prompt, 40) for prompt in prompts)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_do_not_depend_on_the_number_of_workers(
    workers: int, spread: Spread, requests: list[Request], tmp_path: Path
) -> None:
    from cluster_engines import Obedient

    engine = spread(workers)
    assert isinstance(engine, Engine)
    in_process = tmp_path / "in process"
    in_process.mkdir()
    assert ask(engine, requests) == ask(Obedient(str(in_process)), requests)
    assert len(list(tmp_path.glob("answered-*"))) == workers
    assert ask(engine, requests[::-1]) == ask(engine, requests)[::-1]


@pytest.mark.parametrize("how", ["kill-once", "fail-once"])
@pytest.mark.parametrize("after", [1, 40, 100])
def test_a_lost_worker_is_replaced_and_its_block_repeated(
    how: str, after: int, spread: Spread, requests: list[Request], tmp_path: Path
) -> None:
    engine = spread(2)
    undisturbed = ask(engine, requests)
    engine.close()
    (tmp_path / how).write_text(str(after))
    disturbed = spread(2)
    assert ask(disturbed, requests) == undisturbed
    assert not (tmp_path / how).exists()
    assert disturbed._pool is not None
    assert disturbed._pool.replaced == 1


class TestWeights:
    @pytest.fixture
    def tensors(self) -> list[tuple[str, Any]]:
        torch = pytest.importorskip("torch", reason="needs torch")
        return [("a", torch.ones(3)), ("b", torch.full((2,), 4.0))]

    def test_all_workers_change_theirs(
        self, spread: Spread, requests: list[Request], tensors: list[tuple[str, Any]]
    ) -> None:
        engine = spread(3)
        assert isinstance(engine, Reloadable)
        engine.reload(iter(tensors), weight_hash="candidate")
        assert engine.weight_hash() == "candidate"
        texts = {text(response) for response in ask(engine, requests[100:])}
        assert texts == {"candidate(3+8)"}
        engine.reload(Path("somewhere"), weight_hash="second")
        assert {text(response) for response in ask(engine, requests[100:])} == {"second(folder)"}

    def test_a_replacement_holds_the_candidates_weights_too(
        self, spread: Spread, requests: list[Request], tensors: list[tuple[str, Any]], tmp_path: Path
    ) -> None:
        engine = spread(2)
        engine.reload(iter(tensors), weight_hash="candidate")
        undisturbed = ask(engine, requests)
        (tmp_path / "kill-once").write_text("10")
        assert ask(engine, requests) == undisturbed
        assert engine._pool is not None
        assert engine._pool.replaced == 1

    def test_a_worker_that_computes_with_other_weights_is_found(
        self, spread: Spread, tensors: list[tuple[str, Any]], tmp_path: Path
    ) -> None:
        engine = spread(2)
        engine.reload(iter(tensors), weight_hash="good")
        (tmp_path / "forget-once").touch()
        with pytest.raises(EngineError, match="answers differ after a change of weights"):
            engine.reload(iter(tensors), weight_hash="bad")

    def test_a_closed_engine_has_the_checkpoints_again(
        self, spread: Spread, requests: list[Request], tensors: list[tuple[str, Any]]
    ) -> None:
        engine = spread(1)
        engine.reload(iter(tensors), weight_hash="candidate")
        engine.close()
        assert engine.weight_hash() == "base"
        assert {text(response) for response in ask(engine, requests[100:140])} == {"base"}


def text(response: Response) -> str:
    assert isinstance(response, GenerationResponse)
    return response.text.partition(":")[0]


class TestWhatCannotGoOn:
    def test_a_cluster_without_room(self, spread: Spread, monkeypatch: pytest.MonkeyPatch) -> None:
        spread(1).start()
        monkeypatch.setattr("jaeval.engines.cluster.actors.ROOM_S", 2.0)
        with pytest.raises(EngineError, match="the cluster had no room for 1 of 1 workers within 2 s"):
            spread(1).start()

    def test_an_engine_that_does_not_start(self, spread: Spread, requests: list[Request]) -> None:
        with pytest.raises(EngineError, match=r"no memory\. Buy some"):
            ask(spread(2, starts=False), requests)

    def test_a_request_that_kills_every_worker(self, spread: Spread, requests: list[Request]) -> None:
        found: dict[int, Response] = {}
        with pytest.raises(EngineError, match=r"workers were lost one after another.*--resume"):
            found.update(spread(2, always="0042").respond(requests[100:]))
        assert 42 not in found
        assert len(found) > 150

    @pytest.mark.parametrize(
        ("settings", "problem"),
        [
            ({"workers": 0}, "--workers: must be at least 1"),
            ({"workers": 2.5}, "--workers: must be at least 1"),
            ({"engine": "ray"}, "'ray' cannot run in a worker"),
            ({"engine": "nothing"}, "no engine 'nothing'"),
            ({"engine": "cluster_engines:make", "unknown": 1}, "the factory refused its arguments"),
        ],
    )
    def test_settings_that_make_no_sense(self, settings: dict[str, Any], problem: str, ray_cluster: Any) -> None:
        with pytest.raises(EngineError, match=problem):
            RayEngine("name", **settings)


def test_a_private_prompt_stands_in_no_log(spread: Spread, ray_cluster: Any, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "極秘の稟議書7c1e"
    encode = ScriptedEngine().tokenizer.encode
    asked: list[Request] = [GenerationRequest(tuple(encode([f"{secret}{i:04d}"])[0]), 4) for i in range(60)]
    with pytest.raises(EngineError, match=r"the worker has a fault \(ValueError\)") as caught:
        ask(spread(2, babbles="0042"), asked)
    logs = Path(ray_cluster._private.worker._global_node.get_session_dir_path()) / "logs"
    written = [file for file in logs.rglob("*") if file.is_file()]
    assert written
    assert [file for file in written if secret.encode() in file.read_bytes()] == []
    assert secret not in str(caught.value) + "".join(capfd.readouterr())


def test_what_an_engine_gives_no_answer_to_is_not_asked_for_ever(spread: Spread, requests: list[Request]) -> None:
    found = dict(spread(2, silent="0042").respond(requests))
    assert set(range(len(requests))) - set(found) == {142}


def test_a_batch_that_is_left_early_leaves_nothing_behind(spread: Spread, requests: list[Request]) -> None:
    engine = spread(2, delay=0.002)
    list(itertools.islice(engine.respond(requests), 5))
    assert len(ask(engine, requests)) == len(requests)
    list(itertools.islice(engine.respond(requests), 5))
    engine.reload(Path("somewhere"), weight_hash="next")
    assert {text(response) for response in ask(engine, requests[100:])} == {"next(folder)"}
    assert engine._pool is not None
    assert engine._pool.replaced == 0


def test_many_workers_that_were_ended_are_no_loss(spread: Spread, requests: list[Request]) -> None:
    engine = spread(6, delay=0.002)
    list(itertools.islice(engine.respond(requests), 1))
    assert len(ask(engine, requests)) == len(requests)


def test_an_interrupted_engine_stops(spread: Spread, requests: list[Request]) -> None:
    engine = spread(2, delay=0.05)
    engine.start()
    with EngineThread(engine) as thread:
        next(thread.respond(requests, lambda *_: None))
    assert engine._pool is None

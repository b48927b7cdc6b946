"""Whole runs through scripted servers: the same items however they were served, and no secret left anywhere."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from faulty_proxy import FaultyProxy, some_faults
from small_tasks import write_tasks
from test_server_answers import Serve

from jaeval.errors import EngineError
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

TASKS = ["sums", "letters", "texts", "rolling"]
SECRET = "sk-planted-5d2c"
COSTS = ("prefilled_tokens", "generated_tokens")


@pytest.fixture(scope="session")
def tasks_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tasks(tmp_path_factory.mktemp("tasks") / "small")


@pytest.fixture
def go(served_folder: Path, tasks_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Evaluate the small tasks through some servers."""
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))

    def call(name: str, *urls: str, resume: bool = False, **settings: Any) -> Run:
        settings = {"base_url": ",".join(urls), "patience": 1.0, **settings}
        return evaluate(
            served_folder,
            TASKS,
            engine="server",
            engine_args=settings,
            out=tmp_path / name,
            resume=resume,
            cache=False,
            tasks_dirs=[tasks_folder],
            trust_task_code=True,
        )

    return call


def items(run: Run) -> list[dict[str, Any]]:
    """All of every item but what it cost."""
    return [{k: v for k, v in dataclasses.asdict(row).items() if k not in COSTS} for row in run.items()]


def scores(run: Run) -> list[dict[str, Any]]:
    return [score.model_dump(exclude={"seconds", "tokens"}) for score in run.scores]


def test_one_server_or_two_give_the_same_items_and_scores(go: Callable[..., Run], serve: Serve) -> None:
    one = go("one", serve().url)
    two = go("two", serve().url, serve().url)
    assert one.failed == 0
    assert items(one) == items(two)
    assert scores(one) == scores(two)
    assert one.manifest.fingerprint == two.manifest.fingerprint
    assert one.manifest.weight_hash == two.manifest.weight_hash
    assert one.manifest.efficiency is None  # a server does not tell what it took from its cache
    for run in (one, two):
        service = Run.open(run.path).manifest.service
        assert service is not None
        assert (service.calls, service.repeated, service.cost) == (run.manifest.requests, 0, None)
        assert 0 < service.latency["median"] <= service.latency["p95"] <= service.latency["longest"]


class TestFaults:
    @pytest.fixture
    def undisturbed(self, go: Callable[..., Run], serve: Serve) -> Run:
        return go("undisturbed", serve().url)

    def test_a_run_through_faults_is_the_undisturbed_run(
        self, go: Callable[..., Run], serve: Serve, undisturbed: Run
    ) -> None:
        with FaultyProxy(serve().url, some_faults(0.2, seed=3), stall=0.1) as proxy:
            run = go("faults", proxy.url, patience=20.0)
        assert len(proxy.seen) > 5
        assert items(run) == items(undisturbed)
        assert scores(run) == scores(undisturbed)

    def test_with_the_server_gone_the_run_says_so_and_resume_finishes_it(
        self, go: Callable[..., Run], serve: Serve, undisturbed: Run
    ) -> None:
        server = serve()
        answer, answered = server._answer, itertools.count()

        def die_after_some(body: dict[str, Any]) -> Any:
            if next(answered) == 25:
                threading.Thread(target=server.stop).start()
            return answer(body)

        server._answer = die_after_some  # type: ignore[method-assign]
        server.delay = 0.02
        with pytest.raises(EngineError, match=r"no server has answered.*--out and --resume"):
            go("run", server.url, concurrency=2)
        later = serve()
        run = go("run", later.url, resume=True)  # at another address
        assert items(run) == items(undisturbed)
        assert run.manifest.resumed == 1
        assert 15 < run.manifest.cached < run.manifest.requests
        answered_later = {str(body["prompt"]) for body in later.bodies[4:]}  # the first four ask what it offers
        assert len(answered_later) == len(later.bodies) - 4 == run.manifest.requests - run.manifest.cached


class TestSecrets:
    @pytest.fixture
    def logged(self, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
        with caplog.at_level(logging.DEBUG):
            yield caplog

    @pytest.mark.parametrize("how", ["variable", "file"])
    def test_a_key_is_nowhere_afterwards(
        self,
        how: str,
        go: Callable[..., Run],
        serve: Serve,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        logged: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PLANTED", SECRET)
        key_file = tmp_path / "key.txt"
        key_file.write_text(SECRET, encoding="utf-8")
        given = {"api_key_env": "PLANTED"} if how == "variable" else {"api_key_file": str(key_file)}
        with FaultyProxy(serve(key=SECRET).url, some_faults(0.2, seed=5), stall=0.1) as proxy:
            run = go("run", proxy.url, patience=20.0, **given)
        server = serve(key="another")
        with pytest.raises(EngineError) as denied:
            go("denied", server.url, **given)
        key_file.unlink()
        written = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert run.path / "manifest.json" in written
        out, err = capfd.readouterr()
        texts = [
            out,
            err,
            logged.text,
            repr(denied.value.__cause__),
            *Path("/proc/self/cmdline").read_text().split("\0"),
        ]
        assert not any(SECRET in text or "Bearer" in text for text in [*texts, str(denied.value)])
        assert [file for file in written if SECRET.encode() in file.read_bytes()] == []

    def test_a_prompt_stands_in_no_log_manifest_or_error(
        self,
        go: Callable[..., Run],
        serve: Serve,
        logged: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        server = serve()
        answer, refused = server._answer, iter([True] * 3)

        def refuse_some(body: dict[str, Any]) -> Any:  # with the whole prompt in the text, as some servers do
            return answer(body | ({"max_tokens": 10_000} if body["prompt"] != [1] and next(refused, False) else {}))

        server._answer = refuse_some  # type: ignore[method-assign]
        run = go("run", server.url)
        errors = [item.error for item in run.items() if item.error]
        assert errors
        assert set(errors) == {"the server refused it (HTTP 400, BadRequestError, input_tokens)"}
        prompt = next(iter(run.items())).prompts[0]
        tokens = ", ".join(map(str, server.bodies[-1]["prompt"][:8] if server.bodies[-1]["prompt"] else []))
        manifest = (run.path / "manifest.json").read_text(encoding="utf-8")
        out, err = capfd.readouterr()
        assert tokens
        for text in (out, err, logged.text, manifest, *errors):
            assert str(prompt) not in text
            assert tokens not in text

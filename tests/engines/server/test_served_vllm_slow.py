"""Real `vllm serve` on a tiny Llama: the numbers of the engine in process, through one server, two, and faults."""

from __future__ import annotations

import dataclasses
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from faulty_proxy import FaultyProxy, some_faults
from small_tasks import write_tasks

from jaeval.engines import ChoiceRequest, ChoiceResponse, GenerationRequest, GenerationResponse, load_engine
from jaeval.engines.checkpoint import open_checkpoint
from jaeval.engines.protocol import Request, Response
from jaeval.engines.server import ServedCheckpoint, ServerEngine
from jaeval.errors import EngineError
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TASKS = ["sums", "letters", "texts", "rolling"]
COSTS = ("prefilled_tokens", "generated_tokens")
ENGINE_ARGS = {"dtype": "float32", "max_model_len": 512}


@pytest.fixture(scope="module")
def servers(tiny_checkpoint: Path) -> Iterator[list[ServedCheckpoint]]:
    pytest.importorskip("vllm", reason="needs vLLM")
    made = [ServedCheckpoint(open_checkpoint(tiny_checkpoint), engine_args=ENGINE_ARGS) for _ in range(2)]
    try:
        for server in made:
            server.start()
        for server in made:
            server.wait_until_well()
        yield made
    finally:
        for server in made:
            server.stop()


@pytest.fixture(scope="module")
def requests() -> list[Request]:
    draw = random.Random(20)

    def some(length: int) -> tuple[int, ...]:
        return tuple(draw.randrange(10, 390) for _ in range(length))

    generations = [GenerationRequest(some(8 + place % 30), 8 + place % 24) for place in range(150)]
    choices = [ChoiceRequest(some(40), tuple(some(1 + place % 4) for _ in range(4))) for place in range(150)]
    return [request for pair in zip(generations, choices, strict=True) for request in pair]


@pytest.fixture(scope="module")
def in_process(tiny_checkpoint: Path, requests: list[Request], servers: object) -> list[Response]:
    engine = load_engine("vllm", tiny_checkpoint, engine_args=ENGINE_ARGS)
    try:
        return in_order(engine.respond(requests), len(requests))
    finally:
        engine.close()


def in_order(responses: Iterator[tuple[int, Response]], number: int) -> list[Response]:
    answered = list(responses)
    assert sorted(place for place, _ in answered) == list(range(number)), "lost, or answered twice"
    return [response for _, response in sorted(answered, key=lambda entry: entry[0])]


def assert_same(found: Sequence[Response], expected: Sequence[Response]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        if isinstance(theirs, ChoiceResponse):
            assert isinstance(ours, ChoiceResponse)
            assert ours.log_likelihoods == pytest.approx(theirs.log_likelihoods, abs=1e-4)
            assert ours.greedy == theirs.greedy
        else:
            assert isinstance(theirs, GenerationResponse)
            assert isinstance(ours, GenerationResponse)
            assert (ours.text, ours.finish, ours.generated_tokens) == (
                theirs.text,
                theirs.finish,
                theirs.generated_tokens,
            )


@pytest.fixture
def connect(tiny_checkpoint: Path) -> Iterator[Callable[..., ServerEngine]]:
    made: list[ServerEngine] = []

    def make(*urls: str, **settings: Any) -> ServerEngine:
        made.append(
            ServerEngine(open_checkpoint(tiny_checkpoint), base_url=",".join(urls), max_model_len=512, **settings)
        )
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.mark.parametrize("number", [1, 2])
def test_answers_are_those_of_the_engine_in_process(
    number: int,
    connect: Callable[..., ServerEngine],
    servers: list[ServedCheckpoint],
    requests: list[Request],
    in_process: list[Response],
) -> None:
    engine = connect(*(server.base_url for server in servers[:number]))
    assert engine._connect().nodes
    assert_same(in_order(engine.respond(requests), len(requests)), in_process)


def test_whole_prompts_give_the_same_as_nodes(
    connect: Callable[..., ServerEngine],
    servers: list[ServedCheckpoint],
    requests: list[Request],
    in_process: list[Response],
) -> None:
    engine = connect(servers[0].base_url)
    engine._offer = dataclasses.replace(engine._connect(), nodes=False)
    some = [place for place, request in enumerate(requests) if isinstance(request, ChoiceRequest)][:40]
    found = in_order(engine.respond([requests[place] for place in some]), len(some))
    assert_same(found, [in_process[place] for place in some])


def test_a_run_in_process_through_one_server_and_through_two_has_identical_items(
    tiny_checkpoint: Path, servers: list[ServedCheckpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
    folder = write_tasks(tmp_path / "small")

    def go(name: str, engine: str, **settings: Any) -> Run:
        settings = {"max_model_len": 512, **settings}
        return evaluate(
            tiny_checkpoint,
            TASKS,
            engine=engine,
            engine_args=settings,
            out=tmp_path / name,
            cache=False,
            tasks_dirs=[folder],
            trust_task_code=True,
        )

    runs = [
        go("process", "vllm", dtype="float32"),
        go("one", "server", base_url=servers[0].base_url),
        go("two", "server", base_url=",".join(server.base_url for server in servers)),
    ]
    first, *others = [
        [{k: v for k, v in dataclasses.asdict(row).items() if k not in COSTS} for row in run.items()] for run in runs
    ]
    assert first
    for other in others:
        assert other == first
    values = [[(score.task, score.metric, score.value, score.stderr) for score in run.scores] for run in runs]
    assert values[0] == values[1] == values[2]


def test_faults_and_a_server_killed_and_restarted_change_nothing(
    connect: Callable[..., ServerEngine],
    servers: list[ServedCheckpoint],
    requests: list[Request],
    in_process: list[Response],
) -> None:
    first, second = servers
    with (
        FaultyProxy(first.base_url.removesuffix("/v1"), some_faults(0.2, seed=1)) as one,
        FaultyProxy(second.base_url.removesuffix("/v1"), some_faults(0.2, seed=2)) as two,
    ):
        engine = connect(one.url, two.url, concurrency=4)
        responses = engine.respond(requests)
        found = dict(itertools.islice(responses, 40))
        kill(second)
        found |= dict(itertools.islice(responses, 60))
        second.start()
        found |= dict(responses)
        second.wait_until_well()
    assert_same(in_order(iter(found.items()), len(requests)), in_process)
    assert {"429", "500", "reset", "reset in mid-body", "garbage", "stall"} <= set(one.seen) | set(two.seen)
    assert engine._tally.repeated > 20


def kill(server: ServedCheckpoint) -> None:
    """As by a power cut."""
    from jaeval.engines.server.process import kill_group

    assert server.pid is not None
    kill_group(server.pid)
    server.stop()


def test_with_the_only_server_gone_the_run_says_so_and_resume_finishes_it(
    tiny_checkpoint: Path, servers: list[ServedCheckpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
    folder = write_tasks(tmp_path / "small")
    server = servers[1]

    def go(name: str, *, resume: bool = False, **settings: Any) -> Run:
        return evaluate(
            tiny_checkpoint,
            TASKS,
            engine="server",
            engine_args={"base_url": server.base_url, "max_model_len": 512, "concurrency": 1, **settings},
            out=tmp_path / name,
            resume=resume,
            cache=False,
            tasks_dirs=[folder],
            trust_task_code=True,
            progress=Killer(server) if name == "killed" and not resume else None,
        )

    undisturbed = go("undisturbed")
    with pytest.raises(EngineError, match=r"no server has answered for 3 s.*--resume"):
        go("killed", patience=3)
    server.start()
    server.wait_until_well()
    finished = go("killed", resume=True)
    assert 0 < finished.manifest.cached < finished.manifest.requests
    assert [dataclasses.asdict(row) | dict.fromkeys(COSTS) for row in finished.items()] == [
        dataclasses.asdict(row) | dict.fromkeys(COSTS) for row in undisturbed.items()
    ]


class Killer:
    """A listener to a run that kills its server after some items."""

    def __init__(self, server: ServedCheckpoint) -> None:
        self._server, self._answered = server, 0

    def phase(self, text: str) -> None: ...

    def planned(self, counts: dict[str, int]) -> None: ...

    def answered(self, task: str, tokens: int, *, cached: bool) -> None:
        self._answered += 1
        if self._answered == 10:
            kill(self._server)


def test_the_server_ends_with_its_owner(servers: list[ServedCheckpoint]) -> None:
    pids = [server.pid for server in servers]
    assert all(any(f" {pid} " in stat for stat in group_members()) for pid in pids)
    for server in servers:
        server.stop()
    time.sleep(0.5)
    assert not any(f" {pid} " in stat for stat in group_members() for pid in pids)
    assert not any(server.log and server.log.exists() for server in servers)


def group_members() -> list[str]:
    """The `stat` lines of all processes that are no zombies: pid, name, state, parent, group …"""
    lines = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            line = stat.read_text()
        except OSError:
            continue
        if ") Z " not in line:
            lines.append(line[: line.rfind(")")] + " ".join(line[line.rfind(")") :].split()[:5]) + " ")
    return lines

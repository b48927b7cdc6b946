"""A run whose prompts and answers are known needs neither tokenizer nor engine."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from jaeval.engines import ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.engines.scripted import CharacterTokenizer
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

TASKS = ["sums", "letters", "texts", "rolling", "sums_sampled"]


class Counting(CharacterTokenizer):
    """A tokenizer with a name, which counts the texts that it encodes."""

    def __init__(self, identity: str = "characters") -> None:
        super().__init__()
        self.identity = identity
        self.encoded = 0

    def encode(self, texts: Sequence[str], *, special_tokens: bool | None = None) -> list[list[int]]:
        self.encoded += len(texts)
        return super().encode(texts, special_tokens=special_tokens)


class Watched(ScriptedEngine):
    """Counts how often it is started."""

    def __init__(self, identity: str = "characters", **settings: Any) -> None:
        super().__init__(lambda prompt: f"答えは{len(prompt)}です。", **settings)
        self.tokenizer = Counting(identity)
        self.started = 0
        self.asked: list[Request] = []

    def start(self) -> None:
        self.started += 1

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        self.asked += requests
        yield from super().respond(requests)


@pytest.fixture
def go(small_tasks: Path, tmp_path: Path) -> Callable[..., Run]:
    numbers = iter(range(100))

    def call(engine: ScriptedEngine, tasks: Sequence[str] = TASKS, **settings: Any) -> Run:
        out = tmp_path / f"run-{next(numbers)}"
        return evaluate(
            "name", tasks, engine=engine, out=out, tasks_dirs=[small_tasks], trust_task_code=True, **settings
        )

    return call


def rows(run: Run) -> list[dict[str, Any]]:
    return [dataclasses.asdict(row) for row in run.items()]


def test_a_second_run_needs_neither_tokenizer_nor_engine(go: Callable[..., Run]) -> None:
    first, second = Watched(), Watched()
    before, after = go(first), go(second)
    assert first.started == 1
    assert first.tokenizer.encoded > 0
    assert (second.started, second.tokenizer.encoded, second.answered) == (0, 0, 0)
    assert rows(after) == rows(before)
    assert after.manifest.plan_hash == before.manifest.plan_hash
    assert after.manifest.truncated_prompts == before.manifest.truncated_prompts
    assert after.manifest.efficiency is None
    assert before.manifest.efficiency is not None


def test_fewer_tasks_and_items_are_known_too(go: Callable[..., Run]) -> None:
    go(Watched())
    second = Watched()
    run = go(second, ["letters", "sums"], limit=3)
    assert (second.started, second.tokenizer.encoded) == (0, 0)
    assert [row["task"] for row in rows(run)] == ["letters"] * 3 + ["sums"] * 3


def test_only_new_items_are_encoded_and_the_plan_is_the_same(go: Callable[..., Run]) -> None:
    go(Watched(), limit=5)
    second, alone = Watched(), Watched()
    run, expected = go(second), go(alone, cache=False)
    assert 0 < second.tokenizer.encoded < alone.tokenizer.encoded
    assert run.manifest.plan_hash == expected.manifest.plan_hash
    assert [row["scores"] for row in rows(run)] == [row["scores"] for row in rows(expected)]


def test_other_weights_are_asked_though_the_prompts_are_known(go: Callable[..., Run]) -> None:
    first, second = Watched(), Watched(name="other weights")
    go(first)
    go(second)
    assert second.started == 1
    assert set(second.asked) == set(first.asked)


def test_another_tokenizer_or_context_or_seed_is_another_prompt(go: Callable[..., Run]) -> None:
    go(Watched())
    for engine, settings in [(Watched("others"), {}), (Watched(max_length=90), {}), (Watched(), {"seed": 5})]:
        go(engine, ["sums_sampled"], **settings)
        assert engine.tokenizer.encoded > 0


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_cannot_be_read_is_as_good_as_none(
    content: bytes | None, go: Callable[..., Run], own_cache: Path
) -> None:
    go(Watched())
    file = own_cache / "prompts.sqlite"
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    if content is None:
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE prompts SET requests = '[[\"zz\"]]'")
    else:
        file.write_bytes(content)
    second = Watched()
    go(second)
    assert second.tokenizer.encoded > 0
    assert second.answered == 0


def test_without_the_cache_nothing_is_remembered(go: Callable[..., Run], own_cache: Path) -> None:
    go(Watched(), cache=False)
    assert not own_cache.exists()

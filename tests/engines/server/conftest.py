"""A checkpoint folder with a real tokenizer and weights that nobody loads, and engines that ask scripted servers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # checkpoint_files
pytest.importorskip("aiohttp", reason="needs aiohttp")

from checkpoint_files import CONFIG, TENSORS, safetensors
from scripted_server import ScriptedServer

from jaeval.engines import ChoiceRequest, GenerationRequest, open_checkpoint
from jaeval.engines.protocol import Request
from jaeval.engines.server import ServerEngine


@pytest.fixture(scope="session")
def served_folder(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "config.json").write_text(json.dumps(CONFIG | {"max_position_embeddings": 512}), encoding="utf-8")
    (folder / "model.safetensors").write_bytes(safetensors(TENSORS))
    for file in tokenizer_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def connect(served_folder: Path) -> Iterator[Callable[..., ServerEngine]]:
    """Make an engine that asks some servers; it is closed after the test."""
    made: list[ServerEngine] = []

    def make(*urls: str, **settings: Any) -> ServerEngine:
        settings = {"patience": 5.0, "request_timeout": 20.0, **settings}
        made.append(ServerEngine(open_checkpoint(served_folder), base_url=",".join(urls), **settings))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def serve(connect: Callable[..., ServerEngine], served_folder: Path) -> Iterator[Callable[..., ScriptedServer]]:
    """Start a scripted server; it is stopped after the test."""
    tokenizer = connect("http://127.0.0.1:9").tokenizer
    started: list[ScriptedServer] = []

    def start(**settings: Any) -> ScriptedServer:
        started.append(ScriptedServer(tokenizer, **settings))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def requests(connect: Callable[..., ServerEngine]) -> list[Request]:
    """Requests of every kind."""
    encode = connect("http://127.0.0.1:9").tokenizer.encode
    texts = [f"問題：{i}＋{i}は？ 答え：" for i in range(12)]
    prompts = [tuple(tokens) for tokens in encode(texts)]
    choices = tuple(
        map(tuple, encode(["東京", "東京都", "大阪", "A", "B", "京都府京都市左京区"], special_tokens=False))
    )
    return [
        *(GenerationRequest(prompt, 12 + place) for place, prompt in enumerate(prompts)),
        *(GenerationRequest(prompt, 40, stop=("", "の", "a", "3")) for prompt in prompts[:4]),
        *(ChoiceRequest(prompt, choices) for prompt in prompts),
        *(ChoiceRequest(prompt, choices[3:5]) for prompt in prompts),
        ChoiceRequest((1,), tuple((token,) for token in range(10, 310))),  # more than one HTTP request may want
        ChoiceRequest((1,), (tuple(range(10, 200)),)),  # a text as a whole
        ChoiceRequest((1, 2, 3), ((), (5,), ())),
        ChoiceRequest((1, 2, 3), ((), ())),
    ]

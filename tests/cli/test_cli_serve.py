"""`jaeval serve`, and `jaeval run --engine server`: what is refused at the door, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command

pytest.importorskip("aiohttp", reason="needs aiohttp")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--base-url", "http://127.0.0.1:9"], "--base-url: is not for --engine vllm. Add --engine server or api"),
        (["--api-key-env", "KEY"], "--api-key-env: is not for --engine vllm. Add --engine server or api"),
        (["--engine", "server", "--workers", "2"], "--workers: is not for --engine server. Add --engine ray"),
        (["--engine", "server"], "--base-url: names no server"),
        (["--engine", "server", "--base-url", "host"], "--base-url: 'host' is no address"),
        (
            ["--engine", "server", "--base-url", "http://a", "--engine-arg", "api_key=sk"],
            "--engine-arg api_key: no such",
        ),
        (
            ["--engine", "server", "--base-url", "http://a", "--api-key-env", "UNSET_KEY"],
            "UNSET_KEY: the variable is not",
        ),
        (
            ["--engine", "server", "--base-url", "http://127.0.0.1:9"],
            "no server answers (http://127.0.0.1:9/v1: no conn",
        ),
    ],
)
def test_a_run_through_servers_that_cannot_begin(
    options: list[str], line: str, command: Command, tiny_checkpoint: Path, elsewhere: Path
) -> None:
    finished = command("run", tiny_checkpoint, "--tasks", "procedural_math_easy", "--limit", 1, *options)
    assert finished.code == 2
    assert line in finished.err
    assert [line.startswith("jaeval: ") for line in finished.err.strip().splitlines()].count(True) == 1
    assert not (elsewhere / "runs").exists() or list((elsewhere / "runs").iterdir()) == []

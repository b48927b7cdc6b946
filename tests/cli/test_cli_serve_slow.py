"""`jaeval serve` on real vLLM: it prints its address, wants its key, shows it nowhere, and takes its child along."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SECRET = "sk-planted-91c4"
SERVE = "import typer; from jaeval.cli.serve import serve; typer.run(serve)"


@pytest.fixture
def child(tiny_checkpoint: Path, elsewhere: Path) -> Iterator[subprocess.Popen[str]]:
    pytest.importorskip("vllm", reason="needs vLLM")
    words = [str(tiny_checkpoint), "--engine-arg", "dtype=float32", "--engine-arg", "max_model_len=512"]
    started = subprocess.Popen(
        [sys.executable, "-c", SERVE, *words, "--api-key-env", "THE_KEY", "--log", "serve.log"],
        stdout=subprocess.PIPE,
        env=os.environ | {"THE_KEY": SECRET},
        text=True,
    )
    yield started
    started.terminate()
    started.wait(60)


def command_lines() -> str:
    """Everything that a list of this machine's processes shows."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_text(errors="replace"))
        except OSError:
            continue
    return "\n".join(lines)


def test_it_serves_until_it_is_told_to_end(
    child: subprocess.Popen[str], process: Command, tiny_checkpoint: Path, elsewhere: Path
) -> None:
    assert child.stdout is not None
    assert select.select([child.stdout], [], [], 300)[0], "no address within 300 s"
    url = child.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:")
    options = ["--tasks", "procedural_math_easy", "--limit", 2, "--engine", "server", "--base-url", url]
    options += ["--gen-kwarg", "max_gen_toks=8", "--engine-arg", "max_model_len=512"]
    refused = process("run", tiny_checkpoint, *options)
    assert (refused.code, "401" in refused.err) == (2, True)
    finished = process("run", tiny_checkpoint, *options, "--api-key-env", "KEY", "--out", "run", env={"KEY": SECRET})
    assert finished.code == 0, finished.err
    assert SECRET not in command_lines()
    written = [file for file in elsewhere.rglob("*") if file.is_file()]
    assert elsewhere / "run" / "manifest.json" in written
    assert elsewhere / "serve.log" in written
    assert [file for file in written if SECRET.encode() in file.read_bytes()] == []
    assert SECRET not in finished.out + finished.err + refused.out + refused.err
    child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 0
    time.sleep(0.5)
    assert str(tiny_checkpoint) not in command_lines()

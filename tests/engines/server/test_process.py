"""The child that serves: what it is told, and what happens when it does not start."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jaeval.engines import open_checkpoint
from jaeval.engines.server import ServedCheckpoint, process
from jaeval.engines.server.keys import Key
from jaeval.engines.server.process import free_port, option
from jaeval.errors import EngineError

pytest.importorskip("vllm", reason="needs vLLM")

pytestmark = pytest.mark.extras


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dtype", "float32", ["--dtype", "float32"]),
        ("enforce_eager", True, ["--enforce-eager"]),
        ("enforce_eager", False, ["--no-enforce-eager"]),
        ("max_model_len", 512, ["--max-model-len", "512"]),
        ("compilation_config", {"level": 0}, ["--compilation-config", '{"level": 0}']),
        ("quantization", None, []),
    ],
)
def test_arguments_as_words(name: str, value: object, words: list[str]) -> None:
    assert option(name, value) == words


def test_a_free_port_is_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_it_listens_at_this_machine_alone_unless_told_otherwise(served_folder: Path) -> None:
    served = ServedCheckpoint(open_checkpoint(served_folder))
    words = served.command()
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert served.base_url == f"http://127.0.0.1:{words[words.index('--port') + 1]}/v1"
    assert ServedCheckpoint(open_checkpoint(served_folder), host="::1", port=81).base_url == "http://[::1]:81/v1"


def test_its_key_stands_in_its_environment_alone(served_folder: Path) -> None:
    served = ServedCheckpoint(open_checkpoint(served_folder), key=Key("sk-planted"))
    assert "planted" not in " ".join(served.command())
    assert served._environment()["VLLM_API_KEY"] == "sk-planted"


def test_what_may_not_be_set(served_folder: Path) -> None:
    with pytest.raises(EngineError, match="comes from the checkpoint"):
        ServedCheckpoint(open_checkpoint(served_folder), engine_args={"model": "other"})


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is run in vLLM's place ends with an error."""
    (tmp_path / "failing_server.py").write_text(
        "import sys\nprint('starting', file=sys.stderr)\nraise MemoryError('too little memory')\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(process, "MODULE", "failing_server")


def test_a_server_that_ends_at_once_says_why(fails: None, served_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    served = ServedCheckpoint(open_checkpoint(served_folder), log=log)
    with pytest.raises(
        EngineError, match=r"server\.log: the server ended \(exit code 1: MemoryError: too little memory\)"
    ):
        served.__enter__()
    assert served.pid is None
    assert "starting" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_server_that_never_answers_is_ended(
    monkeypatch: pytest.MonkeyPatch, served_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "hanging_server.py").write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(process, "MODULE", "hanging_server")
    served = ServedCheckpoint(open_checkpoint(served_folder), patience=0.5)
    with pytest.raises(EngineError, match="not ready after"):
        served.__enter__()
    assert served.pid is None


def test_one_that_does_not_end_by_itself_is_killed(
    monkeypatch: pytest.MonkeyPatch, served_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "stubborn_server.py").write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open('ready', 'w').close()\n"
        "time.sleep(600)\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(process, "MODULE", "stubborn_server")
    monkeypatch.setattr(process, "GRACE_S", 0.3)
    served = ServedCheckpoint(open_checkpoint(served_folder))
    served.start()
    while not (tmp_path / "ready").exists():
        served.check_alive()
    pid = served.pid
    served.stop()
    assert not Path(f"/proc/{pid}").exists() or sys.platform != "linux"


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_it_ends_even_where_its_owner_is_killed(tmp_path: Path, served_folder: Path) -> None:
    noted = tmp_path / "pid"
    child = f"import os, time; open({str(noted)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    owner = f"""
import threading, time
from jaeval.engines import open_checkpoint
from jaeval.engines.server import ServedCheckpoint
served = ServedCheckpoint(open_checkpoint({str(served_folder)!r}))
served.command = lambda: [{sys.executable!r}, "-c", {child!r}]
starting = threading.Thread(target=served.start)  # one that is gone long before
starting.start()
starting.join()
time.sleep(600)
"""
    process = subprocess.Popen([sys.executable, "-c", owner])
    try:
        while not (noted.exists() and noted.read_text()):
            assert process.poll() is None
            time.sleep(0.05)
        pid = int(noted.read_text())
        time.sleep(0.3)
        assert is_alive(pid)
    finally:
        process.kill()
        process.wait()
    for _ in range(200):
        if not is_alive(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the child lives on")


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False

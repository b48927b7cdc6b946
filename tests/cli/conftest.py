"""The command line, in this process and in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Command, Finished

HERE = Path(__file__).parent
UNWANTED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "PYTHONUTF8", "JAEVAL_DATA_MIRROR")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a cache of its own and no network."""
    monkeypatch.chdir(tmp_path)
    for name in UNWANTED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setenv("JAEVAL_OFFLINE", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]))
    return tmp_path


@pytest.fixture
def command(elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `jaeval …` in this process, as its console script does."""
    from jaeval.cli.main import main

    def run(*args: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["jaeval", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            main()
        captured = capsys.readouterr()
        code = caught.value.code
        return Finished(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture
def process(elsewhere: Path) -> Command:
    """Run `jaeval …` in a process of its own; `env` adds to the environment."""

    def run(*args: object, env: dict[str, str] | None = None) -> Finished:
        finished = subprocess.run(
            [sys.executable, "-m", "jaeval", *map(str, args)],
            capture_output=True,
            env=os.environ | (env or {}),
            timeout=300,
        )
        return Finished(finished.returncode, finished.stdout.decode("utf-8"), finished.stderr.decode("utf-8"))

    return run

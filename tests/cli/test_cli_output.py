"""What people see: exact text in any locale, no escape codes in a pipe, a scorecard that fits the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Command

from jaeval.cli.console import counted, visible

RUN = ("run", "x", "-t", "procedural_math", "-n", 2, "--out", "done")
SPEAKING = ("--engine", "scripted_engines:speaking", "--engine-arg")


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C", "LC_ALL": ""},
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "cp932"},
    ],
    ids=str,
)
def test_japanese_is_whole_in_any_locale(process: Command, locale: dict[str, str]) -> None:
    found = process("tasks", "procedural_math", env=locale)
    assert (found.code, found.err) == (0, "")
    assert "答え" in found.out
    refused = process("run", "ない所", env=locale)
    assert refused.err.startswith("jaeval: ない所: no such checkpoint folder")


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1", "TERM": "xterm-256color", "CI": "true"}], ids=str)
def test_no_escape_codes_in_a_pipe(process: Command, environment: dict[str, str]) -> None:
    ran = process(*RUN, "--engine", "scripted_engines:make", env=environment)
    assert (ran.code, "\x1b" in ran.out + ran.err) == (0, False)
    for line in ("show done", "show done -n 1", "tasks", "data list", "--help", "run nowhere"):
        found = process(*line.split(), env=environment)
        assert found.out + found.err
        assert "\x1b" not in found.out + found.err


def test_a_reader_that_leaves_early_is_no_error(elsewhere: Path, process: Command) -> None:
    assert process(*RUN, "--engine", "scripted_engines:make").code == 0
    for arguments in ("tasks", "tasks --json", "show done", "show done -n 2 --json", "data list", "run --help"):
        line = f"{sys.executable} -m jaeval {arguments} | head -c 1"
        finished = subprocess.run(line, shell=True, capture_output=True, text=True, env=dict(os.environ))
        assert finished.stderr == ""


@pytest.mark.parametrize(
    "answer", ["[bold]太字[/bold] [/]", ":smile: :100:", "tab\there", "  indented  ", "{'a': 1} 3.14 True http://a.b/"]
)
def test_answers_are_shown_as_they_are(command: Command, answer: str) -> None:
    command(*RUN, *SPEAKING, f"says='{answer}'" if "'" not in answer else f'says="{answer}"')
    assert answer.rstrip() in command("show", "done", "-n", 1).out


def test_an_answer_cannot_steer_the_terminal(command: Command) -> None:
    command(*RUN, *SPEAKING, r'says="\e[2J\e]0;owned\a答え\u009b31m"')
    shown = command("show", "done", "-n", 1).out
    assert not {"\x1b", "\x07", "\x9b"} & set(shown)
    assert "␛[2J" in shown
    assert "答え" in shown


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_scorecard_names_its_tasks_at_any_width(
    command: Command, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    command(*RUN, "--engine", "scripted_engines:make")
    monkeypatch.setenv("FORCE_COLOR", "1")  # Rich then takes it for a terminal
    monkeypatch.setenv("COLUMNS", str(width))
    shown = command("show", "done").out
    for text in ("procedural_mat", "acc", "0.0 to 65.8"):
        assert text in shown
    assert "…" not in shown


def test_the_scorecard_of_a_run_that_failed(command: Command) -> None:
    Path("broken").touch()
    engine = ("--engine", "scripted_engines:failing", "--engine-arg", "while_there=broken")
    found = command("run", "x", "-t", "procedural_math", "-n", 3, "--out", "done", *engine)
    assert found.code == 1
    assert "1 item failed; repeat the command with --resume" in found.out
    shown = command("show", "done", "--wrong", "-n", 3).out
    assert "failed: out of memory" in shown

    Path("broken").unlink()
    found = command("run", "x", "-t", "procedural_math", "-n", 3, "--out", "done", *engine, "--resume")
    assert found.code == 0
    assert "failed" not in found.out


def test_a_task_that_failed_throughout_is_missing_and_not_zero(command: Command) -> None:
    from jaeval.results.run import Run

    command(*RUN, "--engine", "scripted_engines:make")
    run = Run.open("done")
    gone = [score.model_copy(update={"value": None, "stderr": None, "low": None, "n": 0}) for score in run.scores]
    from jaeval.results.run import write_json
    from jaeval.results.schema import Results

    write_json(run.path / "results.json", Results(scores=gone))
    assert "missing" in command("show", "done").out


def test_scores_beyond_one_are_no_percentages(command: Command) -> None:
    from jaeval.results.run import Run, write_json
    from jaeval.results.schema import Results

    command(*RUN, "--engine", "scripted_engines:make")
    run = Run.open("done")
    values = {"value": 12.34, "stderr": 0.5, "low": 11.4, "high": 13.3}
    write_json(run.path / "results.json", Results(scores=[score.model_copy(update=values) for score in run.scores]))
    shown = command("show", "done").out
    assert "12.3" in shown
    assert "11.4 to 13.3" in shown
    assert "1234" not in shown


def test_two_runs_in_one_second_have_folders_of_their_own(command: Command) -> None:
    for _ in range(3):
        assert command("run", "x", "-t", "procedural_math", "-n", 1, "--engine", "scripted_engines:make").code == 0
    assert len(list(Path("runs").iterdir())) == 3


def test_small_words() -> None:
    assert (counted(0, "item"), counted(1, "item"), counted(1234, "answer")) == ("0 items", "1 item", "1,234 answers")
    assert visible("a\tb\nc\r\x00\x7f\x85") == "a\tb\nc␍␀␡\ufffd"

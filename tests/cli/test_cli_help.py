"""Every subcommand explains itself, and starting costs nothing that is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from command_line import Command

from jaeval import __version__
from jaeval.cli.main import app

HEAVY = (
    "torch",
    "transformers",
    "vllm",
    "datasets",
    "pandas",
    "lm_eval",
    "fugashi",
    "scipy",
    "sklearn",
    "pyarrow",
    "statsmodels",
)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, group
    for name, member in getattr(group, "commands", {}).items():
        yield from commands(member, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_option_whole(command: Command, path: tuple[str, ...], flag: str) -> None:
    found = command(*path, flag)
    assert found.code == 0, found.err
    assert f"Usage: {' '.join(['jaeval', *path])} " in found.out
    for parameter in ALL[path].params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert option in found.out


def test_the_readmes_commands_are_the_commands() -> None:
    names = {path[0] for path in ALL if path}
    assert names == {
        *("run", "tasks", "suites", "data", "score", "show"),
        *("compare", "leaderboard", "import", "export", "search", "serve", "demo"),
    }


def test_version(command: Command) -> None:
    assert command("--version").out == f"jaeval {__version__}\n"


def test_a_mistyped_command_is_bad_usage_with_a_hint(command: Command) -> None:
    found = command("runn", "x")
    assert (found.code, found.out) == (2, "")
    assert "Did you mean 'run'?" in found.err


@pytest.mark.parametrize(
    "path", [(), ("data",), ("export",), ("leaderboard",)], ids=["jaeval", "data", "export", "leaderboard"]
)
def test_nothing_asked_prints_help(command: Command, path: tuple[str, ...]) -> None:
    found = command(*path)
    assert found.code == 2
    assert "Commands:" in found.out + found.err


@pytest.mark.parametrize(
    "code",
    [
        "import jaeval",
        "import jaeval; dir(jaeval)",
        "import jaeval.cli.main",
        "import sys; sys.argv = ['jaeval', '--help']; from jaeval.cli.main import main; main()",
        "import sys; sys.argv = ['jaeval', 'run', '--help']; from jaeval.cli.main import main; main()",
        "import sys; sys.argv = ['jaeval', 'tasks']; from jaeval.cli.main import main; main()",
        "import sys; sys.argv = ['jaeval', 'data', 'list']; from jaeval.cli.main import main; main()",
        "import jaeval.engines, jaeval.evaluation.run, jaeval.results.run",
        "import sys; sys.argv = ['jaeval', 'leaderboard', 'list']; from jaeval.cli.main import main; main()",
    ],
)
def test_starting_imports_nothing_heavy(code: str) -> None:
    tell = f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    told = f"import atexit, sys; atexit.register(lambda: {tell})"
    finished = subprocess.run(
        [sys.executable, "-c", f"{told}\n{code}"], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert finished.stderr.splitlines()[-1] == "[]"

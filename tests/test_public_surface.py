"""What strangers hold on to: the public names, their examples, and what the README says."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import jaeval
from jaeval.cli.main import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(module.name for module in pkgutil.walk_packages(jaeval.__path__, "jaeval."))
WITH_EXAMPLES = [
    name
    for name in MODULES
    if ">>>" in Path(str(importlib.util.find_spec(name).origin)).read_text(encoding="utf-8")  # type: ignore[union-attr]
]


def test_the_public_names_are_there_and_documented() -> None:
    for name in jaeval.__all__:
        assert getattr(jaeval, name) is not None
        assert name in dir(jaeval)
        if name != "__version__":
            assert inspect.getdoc(getattr(jaeval, name))


def test_star_import_gives_the_public_names() -> None:
    names: dict[str, Any] = {}
    exec("from jaeval import *", names)
    assert set(jaeval.__all__) <= names.keys()


def test_other_names_are_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = jaeval.evaluat


def test_evaluate_explains_every_argument() -> None:
    text = inspect.getdoc(jaeval.evaluate) or ""
    for name in inspect.signature(jaeval.evaluate).parameters:
        assert f"\n    {name}: " in text


def test_engines_exports_what_it_lists() -> None:
    engines = importlib.import_module("jaeval.engines")
    for name in engines.__all__:
        assert inspect.getdoc(getattr(engines, name))


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    assert version("jaeval") == jaeval.__version__


def test_there_are_examples() -> None:
    assert len(WITH_EXAMPLES) >= 5


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    if name == "jaeval.nano.tokenizer":
        pytest.importorskip("tokenizers", reason="needs tokenizers")
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
    assert found.attempted > 0


def readme_commands() -> Iterator[str]:
    """Every `jaeval …` line of the README's shell blocks, in a form that can be parsed: options and all."""
    for line in re.findall(r"^ {4}(jaeval .*)$", README, re.MULTILINE):
        text = re.split(r" {2,}| > ", line)[0]
        if "|" in text and "[" not in text:  # data list | pull | verify | mirror
            head, _, last = text.rpartition(" | ")
            words = head.replace(" | ", " ").split()
            for name in [*words[2:], last]:
                yield f"jaeval {words[1]} {name}"
        else:
            yield text


def parsed(text: str) -> Iterator[list[str]]:
    """A command with its brackets: without what stands in them, and once with each alternative."""
    plain = re.sub(r"\[[^]]*\]", "", text)
    yield shlex.split(plain)[1:]
    for group in re.findall(r"\[([^]]*)\]", text):
        for choice in group.split(" | "):
            yield shlex.split(f"{plain} {choice}")[1:]


COMMANDS = list(readme_commands())


def test_the_readme_has_commands() -> None:
    assert len(COMMANDS) >= 10
    assert len({command.split()[1] for command in COMMANDS}) == 13


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readmes_commands_parse(command: str) -> None:
    """Parsed only, by the command line's own parser: nothing is run."""
    for words in parsed(command):
        group: Any = typer.main.get_command(app)
        while hasattr(group, "commands"):
            assert words, f"{command} names no subcommand"
            group, words = group.commands[words[0]], words[1:]
        needed = sum(parameter.required for parameter in group.params)
        group.make_context("jaeval", words if len(words) >= needed else [*words, *["x"] * needed])


@pytest.mark.parametrize("option", re.findall(r"^\| `(--[a-z-]+)", README, re.MULTILINE))
def test_the_readmes_options_are_options_of_run(option: str) -> None:
    run: Any = typer.main.get_command(app)
    run = run.commands["run"]
    assert option in {name for parameter in run.params for name in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_relative_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_the_readmes_variables_are_read_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "jaeval").rglob("*.py"))
    for name in re.findall(r"^\| `([A-Z_]+)", README, re.MULTILINE):
        assert f'"{name}"' in code, name


def test_a_runs_files_are_the_readmes_files() -> None:
    from jaeval.results.run import ITEMS, JOURNAL, MANIFEST, RESULTS

    section = README.partition("## A run")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z.]+)`", section, re.MULTILINE)) == {ITEMS, JOURNAL, MANIFEST, RESULTS}

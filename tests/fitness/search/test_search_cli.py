"""`jaeval search`: the options, the dry run, the ready configurations."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from scripted_search import Built, MadeUp, configuration
from typer.testing import CliRunner, Result

from jaeval.cli import search as command
from jaeval.errors import EngineError, SearchError
from jaeval.fitness.search import cluster, dry_run
from jaeval.fitness.search import run as run_module
from jaeval.fitness.search.config import SearchConfig, read_config, recipe_names
from jaeval.fitness.search.pool import LocalPool


@pytest.fixture
def file(parents: dict[str, Path], tmp_path: Path) -> Path:
    """A configuration."""
    config = configuration(parents, tmp_path / "out", fitness={"tasks": ["procedural_math_easy"]})
    path = tmp_path / "search.yaml"
    path.write_text(yaml.safe_dump(config.model_dump(mode="json")), "utf-8")
    return path


def call(*args: object) -> Result:
    app = typer.Typer()
    app.command()(command.search)
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch, parents: dict[str, Path]) -> None:
    """Scores are made up, and merges are not merged."""

    class Stages:
        def __init__(self, config: Any) -> None:
            pass

        def __enter__(self) -> Any:
            return MadeUp

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(run_module, "FitnessStages", Stages)
    monkeypatch.setattr(run_module, "merging", lambda space, seed: lambda genotype: Built(genotype, parents["math"]))


@pytest.mark.usefixtures("made_up")
def test_a_search_from_the_shell(file: Path, tmp_path: Path) -> None:
    found = call(file)
    assert found.exit_code == 0, found.output
    for text in ("23 trials; trial ", "report: 80 items", "merged", "math", "out/merged"):
        assert text in found.stdout
    assert "23/23 trials, best " in found.stderr
    again = call(file)
    assert isinstance(again.exception, SearchError)
    resumed = call(file, "--resume", "--json")
    assert resumed.exit_code == 0
    assert json.loads(resumed.stdout) == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    elsewhere = call(file, "--out", tmp_path / "other", "--json")
    assert elsewhere.exit_code == 0
    assert (tmp_path / "other" / "merged" / "model.safetensors").is_file()


@pytest.mark.usefixtures("made_up")
def test_workers_are_passed_on(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []

    def pool(config: SearchConfig, stages: Any, **settings: Any) -> LocalPool:
        given.append(settings)
        return LocalPool(stages, merging_of_tests(config), config.fitness.penalty)

    def merging_of_tests(config: SearchConfig) -> Any:
        return lambda genotype: Built(genotype, Path(config.base_folder))

    monkeypatch.setattr(cluster, "ClusterPool", pool)
    found = call(file, "--workers", 3, "--ray-address", "host:6379")
    assert found.exit_code == 0, found.output
    (settings,) = given
    assert (settings["workers"], settings["ray_address"]) == (3, "host:6379")


def test_an_address_without_workers_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"--ray-address: is only for --workers"):
        raise call(file, "--ray-address", "host:6379").exception or AssertionError
    assert not (tmp_path / "out").exists()


def test_a_dry_run_with_workers_needs_ray(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = importlib.util.find_spec
    monkeypatch.setattr(dry_run, "find_spec", lambda name: None if name == "ray" else here(name))
    told = json.loads(call(file, "--dry-run", "--workers", 2, "--json").stdout)
    assert told["missing"] == ["the package ray: pip install 'jaeval[cluster]'"]
    assert told["plan"]["at a time"] == 2


def test_a_dry_run_tries_nothing(file: Path, tmp_path: Path) -> None:
    found = call(file, "--dry-run", "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["missing"] == []
    assert told["plan"]["numbers"] == 2
    assert told["plan"]["first merge"]["merge_method"] == "linear"
    assert not (tmp_path / "out").exists()


def test_a_dry_run_names_what_is_missing(file: Path, tmp_path: Path) -> None:
    told = yaml.safe_load(file.read_text("utf-8"))
    told["parents"]["math"] = str(tmp_path / "nowhere")
    file.write_text(yaml.safe_dump(told), "utf-8")
    found = call(file, "--dry-run")
    assert found.exit_code == 1
    assert "missing: math: " in found.stdout
    assert "no such checkpoint folder" in found.stdout


def test_the_real_size_recipe_lacks_its_weights_and_nothing_else() -> None:
    found = call("evollm-jp-7b", "--dry-run", "--json")
    told = json.loads(found.stdout)
    lacking = [problem for problem in told["missing"] if "jaeval[merge]" not in problem and "data pull" not in problem]
    assert len(lacking) == 4
    assert all("no such checkpoint folder" in problem for problem in lacking)
    assert told["plan"]["numbers"] == 6
    assert told["plan"]["population"] == 9
    assert (told["plan"]["search"], told["plan"]["report"]) == ("gsm8k_ja", "mgsm_ja_sakana")
    assert found.exit_code == 1


@pytest.mark.parametrize("name", recipe_names())
def test_recipes_are_configurations_and_are_printed(name: str, tmp_path: Path) -> None:
    assert read_config(name).trials >= 100
    printed = call(name, "--print").stdout
    own = tmp_path / "own.yaml"
    own.write_text(printed, "utf-8")
    assert read_config(own).model_dump(exclude={"parents", "base"}) == read_config(name).model_dump(
        exclude={"parents", "base"}
    )


def test_the_help_names_the_recipes() -> None:
    assert {"nano", "evollm-jp-7b"} == set(recipe_names())
    assert ", ".join(("nano", "evollm-jp-7b")) in " ".join(call("--help").stdout.split())


def test_a_recipes_paths_start_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_config("evollm-jp-7b").parents["abel"] == str(tmp_path / "models" / "Abel-7B-002")


def test_a_mistyped_recipe_is_told_what_there_is() -> None:
    found = call("nanno")
    assert isinstance(found.exception, SearchError)
    assert "evollm-jp-7b, nano" in str(found.exception)

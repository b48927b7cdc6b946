from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lm_eval.tasks._yaml_loader import load_yaml

from jaeval.data.lock import packaged_lock

TASKS = Path(__file__).parents[2] / "tasks"
FILES = sorted(
    path
    for folder in ("math", "finance", "reasoning")
    for path in (TASKS / folder).rglob("*.yaml")
    if not path.read_text(encoding="utf-8").startswith("group:") and "\ngroup:" not in path.read_text(encoding="utf-8")
)
KEYS = {
    *("version", "domain", "title", "paper", "reproduces", "licence", "size", "language", "split", "chance"),
    *("contamination", "source", "data"),
}


def metadata(path: Path) -> dict[str, Any]:
    header: dict[str, Any] = load_yaml(path, resolve_func=False)["metadata"]
    return header


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_task_says_what_it_is(path: Path) -> None:
    config = load_yaml(path, resolve_func=False)
    header = metadata(path)
    assert config["task"] == path.stem
    assert header.keys() >= KEYS
    assert header["domain"] in {"math", "finance", "reasoning"}
    assert header["language"] == "ja"
    assert header["split"] in {"search", "selection", "report"}
    assert 0.0 <= header["chance"] < 1.0
    assert header["paper"] is None or header["paper"].startswith("https://")
    assert header["contamination"].endswith(".")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", header["source"])


def test_the_catalogues_readme_names_every_task() -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", (TASKS / "README.md").read_text(encoding="utf-8")))
    versions = re.compile(r"(_0(_\d)+|_easy|_medium|_hard)$")  # told of all together
    missing = {
        path.stem
        for path in TASKS.rglob("*.yaml")
        if not {path.stem, versions.sub("", path.stem)} & named and not path.stem.startswith("jmmlu_")
    }
    assert missing == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_header_agrees_with_the_lock(path: Path) -> None:
    header = metadata(path)
    dataset = packaged_lock().dataset(header["data"])
    assert header["source"] == f"{dataset.repository}@{dataset.commit}"
    assert header["licence"] == dataset.licence


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dataset_option_does_not_collide_with_the_header(path: Path) -> None:
    config = load_yaml(path, resolve_func=False)
    assert not set(config.get("dataset_kwargs") or {}) & set(config["metadata"])

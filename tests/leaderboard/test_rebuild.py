"""A site follows from its inputs alone: not from the place, the clock's zone, the hash seed or the files' dates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from foreign_files import DATE, lm_eval_results, sample, write_json, write_lines

ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
)


def write_inputs(folder: Path) -> None:
    """A definition, and three models' results with items."""
    text = {"ja": "表", "en": "board"}
    tasks = [{"task": "sums", "chance": 0.25}, {"task": "texts", "filter": "strict"}]
    folder.mkdir()
    (folder / "board.yaml").write_text(yaml.safe_dump({"title": text, "description": text, "tasks": tasks}), "utf-8")
    for model in ("ORG/一", "ORG/two", "三"):
        own = folder / "results" / model.replace("/", "-")
        write_lines(own / f"samples_sums_{DATE}.jsonl", [sample(place) for place in range(4)])
        content = lm_eval_results(model_name=model, config={"model": "hf", "model_args": f"pretrained={model}"})
        content["results"]["sums"] |= {"acc,none": 0.5}
        write_json(own / f"results_{DATE}.json", content)


def build(inputs: Path, site: Path, place: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Build in a process of its own, working in a folder, and read every file of the site."""
    place.mkdir()
    command = [sys.executable, "-m", "jaeval", "leaderboard", "build", str(inputs / "board.yaml")]
    command += ["--results", str(inputs / "results"), "--out", str(site)]
    done = subprocess.run(
        command, cwd=place, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return {str(file.relative_to(site)): file.read_bytes() for file in sorted(site.rglob("*")) if file.is_file()}


def test_the_same_inputs_give_the_same_site_anywhere(tmp_path: Path) -> None:
    write_inputs(tmp_path / "inputs")
    shutil.copytree(tmp_path / "inputs", tmp_path / "moved")
    for file in (tmp_path / "moved").rglob("*"):
        os.utime(file, (0, 0))
    one, other = (
        build(tmp_path / inputs, tmp_path / f"site of {inputs}", tmp_path / f"place of {inputs}", environment)
        for inputs, environment in zip(("inputs", "moved"), ENVIRONMENTS, strict=True)
    )
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert len([name for name in one if name.startswith("board.items/")]) == 3

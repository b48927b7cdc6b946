"""jp-stable's files: the published repository, and invented files of its layout."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from foreign_files import by_key, older_results, read_one, write_json

from jaeval.results.imports import read_submissions

PUBLISHED = "Stability-AI/lm-evaluation-harness/effdbeaf742e74ea1787871e99272c12146ba346"


def content(tasks: dict[str, dict[str, float]], **config: Any) -> dict[str, Any]:
    return older_results(
        results=tasks,
        versions=dict.fromkeys(tasks, 1.1),
        config={"model": "hf-causal", "model_args": "pretrained=rinna/japanese-gpt-1b,use_fast=False", **config},
    )


TASKS = {
    "jnli-1.1-0.3": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.6, "acc_norm_stderr": 0.02},
    "jsquad-1.1-0.3": {"exact_match": 62.5, "f1": 75.0},
    "xlsum_ja": {"rouge2": 6.25},
}


def test_scores_become_fractions_and_names_are_taken_apart(tmp_path: Path) -> None:
    found = read_one(
        write_json(tmp_path / "models" / "rinna" / "rinna-japanese-gpt-1b" / "result.json", content(TASKS))
    )
    assert (found.model, found.format, found.details) == (
        "rinna-japanese-gpt-1b",
        "jp-stable",
        {"hub_id": "rinna/japanese-gpt-1b"},
    )
    told = [(s.benchmark, s.prompt, s.metric, s.value, s.stderr, s.primary) for s in found.scores]
    assert told == [
        ("jnli", "0.3", "acc", 0.5, 0.01, True),
        ("jnli", "0.3", "acc_norm", 0.6, 0.02, False),
        ("jsquad", "0.3", "exact_match", 0.625, None, True),
        ("jsquad", "0.3", "f1", 0.75, None, False),
        ("xlsum_ja", "", "rouge2", 0.0625, None, True),
    ]
    assert {score.version for score in found.scores} == {"1.1"}


@pytest.mark.parametrize(
    ("folder", "name", "location"),
    [
        ("models/community/open-calm-instruct", "result_2.json", "community"),
        ("models/stabilityai/experiments/jp-1b", "result.json", "experiments"),
        ("models/rinna/gpt", "result.jsquad-1.2.json", ""),
    ],
)
def test_where_a_file_lies_is_told(tmp_path: Path, folder: str, name: str, location: str) -> None:
    found = read_one(write_json(tmp_path / folder / name, content(TASKS)))
    assert (found.settings["location"], found.settings["file"]) == (location, name)
    assert found.model == folder.rpartition("/")[2]


def test_few_shots_follow_the_order_of_the_script(tmp_path: Path) -> None:
    """The list in the file has the order of the command, which is not that of the results."""
    file = write_json(tmp_path / "models" / "m" / "result.json", content(TASKS, num_fewshot=[2, 3, 1]))
    assert {score.num_fewshot for score in read_one(file).scores} == {None}, "nothing says which is whose"
    script = 'MODEL_ARGS="pretrained=x"\nTASK="jsquad-1.1-0.3,jnli-1.1-0.3,xlsum_ja"\npython main.py\n'
    file.with_name("harness.sh").write_text(script)
    found = read_one(file)
    shots = {score.benchmark: score.num_fewshot for score in found.scores}
    assert shots == {"jsquad": 2, "jnli": 3, "xlsum_ja": 1}
    assert found.settings["harness_script"] == script


def test_another_task_in_such_a_file_keeps_its_scale(tmp_path: Path) -> None:
    tasks = TASKS | {"squad2": {"f1": 80.0}}
    found = read_one(write_json(tmp_path / "models" / "m" / "result.json", content(tasks)))
    assert by_key(found)["squad2", "f1", "none"].value == 80.0


def test_without_the_layout_the_model_is_that_of_the_arguments(tmp_path: Path) -> None:
    assert read_one(write_json(tmp_path / "downloads" / "x.json", content(TASKS))).model == "rinna/japanese-gpt-1b"


def test_every_published_file_is_read(data_mirror: Path) -> None:
    models = data_mirror / PUBLISHED / "models"
    found = read_submissions(models)
    assert len(found) == len(list(models.rglob("*.json"))) == 71
    assert {one.format for one in found} == {"jp-stable"}
    values = [score.value for one in found for score in one.scores]
    assert len(values) == 609
    assert all(value is not None and 0 <= value <= 1 for value in values)


def test_published_rows_follow_from_the_files(data_mirror: Path) -> None:
    """Every figure of 16 of the 17 rows to its printed digit, from the primary scores."""
    with (data_mirror / PUBLISHED / "published_table.csv").open(encoding="utf-8") as handle:
        table = list(csv.DictReader(handle))
    found = {
        one.model: {score.benchmark: score.value for score in one.scores if score.primary}
        for one in read_submissions(data_mirror / PUBLISHED / "models")
        if one.settings["file"] == "result.json" and not one.settings["location"]
    }
    compared, differing = 0, set()
    for row in table:
        for benchmark, value in found[row["model"]].items():
            assert value is not None
            digits = len(row[benchmark].partition(".")[2])
            compared += 1
            if f"{value * 100:.{digits}f}" != row[benchmark]:
                differing.add(row["model"])
    assert (len(table), compared) == (17, 17 * 8)
    assert differing == {"rinna-japanese-gpt-neox-small"}
    assert found["rinna-japanese-gpt-neox-small"]["jaqket_v2"] == pytest.approx(0.0318, abs=5e-5), "printed as 31.78"

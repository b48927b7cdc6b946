"""Folders that are no run, half a run, or a damaged one: one line that names the file and the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_run import item, manifest

from jaeval.errors import RunError
from jaeval.results.run import Run

FILES = ("manifest.json", "results.json", "items.parquet")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    path.mkdir()
    Run.write(path, manifest(), [item(doc_id=i) for i in range(3)])
    return path


def read_all(folder: Path) -> Run:
    run = Run.open(folder)
    list(run.items())
    return run


def refusal(folder: Path) -> RunError:
    with pytest.raises(RunError) as caught:
        read_all(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    return caught.value


def edit(file: Path, change: Callable[[Any], None]) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_an_untouched_run_opens(folder: Path) -> None:
    assert read_all(folder).scores[0].n == 3


def test_no_folder_and_no_run(tmp_path: Path, folder: Path) -> None:
    assert "no such run folder" in str(refusal(tmp_path / "nowhere"))
    assert "no such run folder" in str(refusal(folder / "manifest.json"))
    (tmp_path / "other").mkdir()
    assert "is not a run" in str(refusal(tmp_path / "other"))


def test_each_file_removed(folder: Path) -> None:
    (folder / "results.json").unlink()
    assert f"--out {folder} --resume" in str(refusal(folder))
    (folder / "items.parquet").unlink()
    assert "not finished" in str(refusal(folder))
    (folder / "manifest.json").unlink()
    assert "is not a run" in str(refusal(folder))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_each_file_cut_short(folder: Path, name: str, keep: float) -> None:
    file = folder / name
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    assert refusal(folder).file == str(file)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 50, b"[]", b"null", b'"text"', b"{}", b"[" * 100_000, b"PAR1garbagePAR1"]
)
def test_each_file_replaced(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert refusal(folder).file == str(folder / name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.binary(min_size=1, max_size=40), st.floats(0, 1))
def test_bytes_overwritten_anywhere_never_raise_anything_else(
    folder: Path, name: str, patch: bytes, place: float
) -> None:
    file = folder / name
    content = file.read_bytes()
    start = int(place * len(content))
    file.write_bytes(content[:start] + patch + content[start + len(patch) :])
    try:
        with suppress(RunError):
            read_all(folder)
    finally:
        file.write_bytes(content)


@pytest.mark.parametrize("name", ["manifest.json", "results.json"])
@pytest.mark.parametrize("version", [0, 2, "1.0", None])
def test_another_version_is_named(folder: Path, name: str, version: Any) -> None:
    edit(folder / name, lambda content: content.update(schema_version=version))
    error = refusal(folder)
    assert (error.file, error.field) == (str(folder / name), "schema_version")


def test_the_path_of_a_wrong_field_is_named(folder: Path) -> None:
    edit(folder / "manifest.json", lambda content: content["tasks"]["sums"].update(chance="high"))
    assert refusal(folder).field == "tasks.sums.chance"


@pytest.mark.parametrize("name", ["manifest.json", "results.json"])
def test_an_unknown_field_is_named(folder: Path, name: str) -> None:
    edit(folder / name, lambda content: content.update(verdict="great"))
    assert refusal(folder).field == "verdict"


def test_a_missing_field_is_named(folder: Path) -> None:
    edit(folder / "results.json", lambda content: content["scores"][0].pop("n"))
    assert refusal(folder).field == "scores.0.n"


def test_a_score_of_a_task_that_was_not_run(folder: Path) -> None:
    edit(folder / "results.json", lambda content: content["scores"][0].update(task="other"))
    error = refusal(folder)
    assert (error.field, "'other'" in str(error)) == ("scores.0.task", True)


def test_a_missing_column_is_named(folder: Path) -> None:
    table = pq.read_table(folder / "items.parquet").drop_columns(["target"])
    pq.write_table(table, folder / "items.parquet")
    error = refusal(folder)
    assert (error.file, error.field) == (str(folder / "items.parquet"), "target")


def test_a_further_column_does_no_harm(folder: Path) -> None:
    table = pq.read_table(folder / "items.parquet")
    pq.write_table(table.append_column("note", pa.array(["x"] * 3)), folder / "items.parquet")
    assert len(list(Run.open(folder).items())) == 3


def test_a_cell_that_is_no_json(folder: Path) -> None:
    rows = pq.read_table(folder / "items.parquet").to_pylist()
    rows[1]["scores"] = "{'acc': 1}"
    pq.write_table(pa.Table.from_pylist(rows), folder / "items.parquet")
    assert "cannot be read" in str(refusal(folder))


def test_items_of_a_task_that_was_not_run_are_told_on_recomputing(folder: Path) -> None:
    edit(folder / "results.json", lambda content: content.update(scores=[]))
    edit(folder / "manifest.json", lambda content: content.update(tasks={}))
    with pytest.raises(RunError, match="'sums' is not in the manifest"):
        Run.open(folder).recompute()


def test_a_changed_score_does_not_survive_recomputing(folder: Path) -> None:
    edit(folder / "results.json", lambda content: content["scores"][0].update(value=0.25))
    run = Run.open(folder)
    assert run.scores[0].value == 0.25
    assert run.recompute()[0].value == 1.0

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jaeval.cli.data import app
from jaeval.data import lock as lock_module
from jaeval.data.lock import Lock
from jaeval.errors import DataError

CONTENT = b"invented\n"
FOLDER = f"someone/data/{'a' * 40}"


def entry(name: str, **changes: object) -> dict[str, object]:
    return {
        "name": name,
        "title": f"Invented [{name}]",
        "repository": "someone/data",
        "commit": "a" * 40,
        "licence": "MIT",
        "licence_url": "https://example.org",
        "redistributable": True,
        "files": [{"path": f"{name}.txt", "bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}],
        **changes,
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with `free` and `exam` in it, and a lock that also names `absent`. The network is refused."""
    exam = entry("exam", licence="no licence stated", redistributable=False, note="Do not pass on.")
    datasets = [entry("free"), exam, entry("absent")]
    lock = Lock.model_validate({"schema_version": 1, "datasets": datasets})
    monkeypatch.setattr(lock_module, "packaged_lock", lambda: lock)
    monkeypatch.setattr("jaeval.data.store.packaged_lock", lambda: lock)
    monkeypatch.setenv("JAEVAL_DATA_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setenv("JAEVAL_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("JAEVAL_OFFLINE", "1")
    (tmp_path / "mirror" / FOLDER).mkdir(parents=True)
    for name in ("free", "exam"):
        (tmp_path / "mirror" / FOLDER / f"{name}.txt").write_bytes(CONTENT)
    return tmp_path / "mirror" / FOLDER


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(args), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("folder")
def test_list_says_what_there_is_and_what_is_here() -> None:
    code, out, _ = run("list", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0
    assert {name: row["present"] for name, row in rows.items()} == {"free": True, "exam": True, "absent": False}
    assert rows["exam"]["redistributable"] is False
    code, out, _ = run("list")
    assert code == 0
    assert "do not" in out
    assert "\x1b[" not in out


def test_pull_says_where_the_files_lie_and_what_the_licence_is(folder: Path) -> None:
    code, out, _ = run("pull", "free", "--json")
    assert (code, json.loads(out)) == (0, [{"dataset": "free", "path": "free.txt", "file": str(folder / "free.txt")}])
    code, out, err = run("pull", "exam")
    assert code == 0
    assert "Do not pass on." in err


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_pulled_is_a_data_error() -> None:
    with pytest.raises(DataError, match="network is refused"):
        run("pull", "absent")
    with pytest.raises(DataError, match="no data set 'other'"):
        run("pull", "other")


@pytest.mark.usefixtures("folder")
def test_nothing_named_is_bad_usage() -> None:
    assert run("pull")[0] == 2


def test_verify_exits_with_1_where_a_file_is_missing_or_changed(folder: Path) -> None:
    code, out, _ = run("verify", "free", "exam", "--json")
    assert (code, {row["state"] for row in json.loads(out)}) == (0, {"ok"})
    assert run("verify")[0] == 1
    assert run("verify", "absent")[0] == 1
    (folder / "free.txt").write_bytes(CONTENT[::-1])
    code, out, _ = run("verify", "free")
    assert code == 1
    assert "changed" in out
    assert hashlib.sha256(CONTENT[::-1]).hexdigest()[:20] in out.replace("\n", "").replace(" ", "")


@pytest.mark.usefixtures("folder")
def test_mirror_copies_files_and_sums(tmp_path: Path) -> None:
    code, out, _ = run("mirror", str(tmp_path / "copy"), "free", "--json")
    assert code == 0
    assert [row["path"] for row in json.loads(out)] == [f"{FOLDER}/free.txt"]
    assert (tmp_path / "copy" / FOLDER / "free.txt").read_bytes() == CONTENT
    assert (tmp_path / "copy" / "SHA256SUMS").read_text().endswith(f"  {FOLDER}/free.txt\n")

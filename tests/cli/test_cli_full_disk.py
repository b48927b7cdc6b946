"""A disk that is full: one line, no half-written run, and the run goes on once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Command

RUN = ("run", "x", "-t", "procedural_math", "-n", 30, "--no-cache")
LONG = ("--engine", "scripted_engines:speaking", "--engine-arg", f"says={'長' * 200}")


@pytest.fixture
def small_disk(elsewhere: Path) -> Iterator[Path]:
    """A disk of 200 KB, where this process may mount one."""
    folder = elsewhere / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", folder]).returncode:
        pytest.skip("a small disk cannot be mounted here (not root, or not allowed)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("room", [0, 24_000, 60_000])
def test_a_full_disk_is_told_in_one_line_and_the_run_can_go_on(small_disk: Path, process: Command, room: int) -> None:
    ballast = small_disk / ".ballast"
    ballast.write_bytes(b"\0" * (200 * 1024 - room))
    found = process(*RUN, *LONG, "--out", small_disk / "run")
    assert found.code == 2
    line = found.err.splitlines()[-1]
    assert line.startswith(f"jaeval: {small_disk}")
    assert "cannot be" in line
    assert "Traceback" not in found.err
    assert not (small_disk / "run" / "results.json").exists()
    left = [path.name for path in small_disk.rglob(".*") if path != ballast]
    assert left == [], "no temporary file stays behind"

    ballast.unlink()
    resumed = process(*RUN, *LONG, "--out", small_disk / "run", "--resume")
    assert resumed.code == 0, resumed.err


def test_a_cache_that_cannot_be_written_is_told(process: Command, elsewhere: Path) -> None:
    (elsewhere / "file").touch()
    found = process(
        "run", "x", "-t", "procedural_math", "-n", 1, "--engine", "scripted_engines:make", "--out", "run",
        env={"JAEVAL_CACHE_DIR": str(elsewhere / "file")},
    )  # fmt: skip
    assert found.code == 2
    line = found.err.splitlines()[-1]
    assert line.startswith(f"jaeval: {elsewhere / 'file'}")
    assert "--no-cache" in line

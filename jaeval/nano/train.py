"""Trains a nano family: `python -m jaeval.nano.train --seed 0 --out DIR`. On two processor cores, some minutes.

First the base, from nothing; then MATH and JA, each from that base. The same seed gives the same weights on the same
machine with the same version of torch.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaeval.nano.architecture import fresh_model
from jaeval.nano.corpus import MEMBERS, Member
from jaeval.nano.family import write_checkpoint, write_manifest
from jaeval.nano.learning import Course, learn
from jaeval.nano.tokenizer import make_tokenizer

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

RECIPE = 1
"""Counts the changes of corpora, architecture and courses; raise it when a seed shall give other weights."""

PLAIN_EVERY = 250
"""Steps between lines of progress where stderr is no terminal."""

COURSES: Mapping[Member, Course] = {
    "base": Course(steps=2500, learning_rate=3e-3, batch=800, weight_decay=0.05),
    "math": Course(steps=800, learning_rate=1.2e-3, batch=800, noise=0.012),
    "ja": Course(steps=900, learning_rate=8e-4, batch=800, noise=0.012),
}


def train_family(seed: int, out: Path) -> dict[str, Any]:
    """Trains the three members and writes `out/base`, `out/math`, `out/ja` and `out/manifest.json`.

    Args:
        seed: of the first weights and of all texts.
        out: the folder of the family; it is made.

    Returns:
        The manifest: recipe, seed, versions, and for each member its course, losses and SHA-256.
    """
    import torch
    import transformers

    torch.set_num_threads(1)  # another number of threads would sum in another order, and give other weights
    tokenizer = make_tokenizer()
    models: dict[Member, LlamaForCausalLM] = {}
    members: dict[str, Any] = {}
    for place, member in enumerate(MEMBERS):
        model = copy.deepcopy(models["base"]) if models else fresh_model(seed)
        with _Bar(member, COURSES[member].steps) as bar:
            losses = learn(model, tokenizer, member, COURSES[member], seed * len(MEMBERS) + place, bar.show)
        models[member] = model
        members[member] = {
            "course": asdict(COURSES[member]),
            "losses": [round(loss, 4) for loss in losses],
            "parameters": sum(weight.numel() for weight in model.parameters()),
            "sha256": write_checkpoint(model, out / member),
        }
    manifest = {
        "recipe": RECIPE,
        "seed": seed,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "members": members,
    }
    write_manifest(out, manifest)
    return manifest


class _Bar:
    """The progress of one member on stderr: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, member: Member, steps: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("loss {task.fields[loss]}"), TimeRemainingColumn())
        self._console = Console(stderr=True, highlight=False)
        self._bars = Progress(TextColumn("{task.description}"), *columns, console=self._console)
        self._task = self._bars.add_task(f"{member:4}", total=steps, loss="")
        self._member, self._steps = member, steps

    def show(self, step: int, loss: float) -> None:
        if self._console.is_terminal:
            self._bars.update(self._task, completed=step, loss=f"{loss:.3f}")
        elif step % PLAIN_EVERY == 0 or step == self._steps:
            self._console.print(f"{self._member:4} {step:,}/{self._steps:,} steps, loss {loss:.3f}", soft_wrap=True)

    def __enter__(self) -> _Bar:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m jaeval.nano.train", description="Train a nano family.")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights and all texts (default 0)")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    options = parser.parse_args(arguments)
    manifest = train_family(options.seed, options.out)
    for member, facts in manifest["members"].items():
        print(f"{options.out / member}  loss {facts['losses'][-1]:.3f}  sha256 {facts['sha256']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

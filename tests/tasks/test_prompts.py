"""What every task asks, to the letter: golden files over invented items, and hashes over all real items.

A hash covers every prompt, target and choice list in order. Those of the exams were taken when the prompts of all items
were equal to what japanese-lm-fin-harness 0.2.4 builds; those of the other tasks are held by `test_lm_eval_parity.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"
HASHES: dict[str, dict[str, Any]] = json.loads((GOLDEN / "prompt_hashes.json").read_text())
SEED = 1234
SHOTS = {"mgsm_ja_native_cot": 2}


def rendered(task: Any, shots: int | None = None) -> Iterable[tuple[str, str, list[str]]]:
    """Prompt, target and choices of each document, few-shots drawn as lm-eval draws them by default."""
    shots = (task.config.num_fewshot or 0) if shots is None else shots
    task.set_fewshot_seed(SEED)
    for doc in task.eval_docs:
        choices = task.doc_to_choice(doc) if task.config.doc_to_choice else []
        yield task.fewshot_context(doc, shots), str(task.doc_to_target(doc)), choices


@pytest.mark.parametrize("name", HASHES)
def test_the_prompt_over_invented_items_is_the_golden_one(name: str, invented_task: Callable[[str], Any]) -> None:
    parts = [
        f"----- prompt\n{prompt}\n----- target\n{target}\n----- choices\n{choices}\n"
        for prompt, target, choices in rendered(invented_task(name), SHOTS.get(name))
    ]
    assert "".join(parts) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HASHES)
def test_the_prompts_over_all_real_items_have_their_hash(name: str, real_task: Callable[[str], Any]) -> None:
    digest, items = hashlib.sha256(), 0
    for prompt, target, choices in rendered(real_task(name)):
        digest.update("\0".join([prompt, target, *choices, ""]).encode())
        items += 1
    assert {"items": items, "sha256": digest.hexdigest()} == HASHES[name]


def test_every_task_of_these_folders_is_held() -> None:
    tasks = Path(__file__).parents[2] / "tasks"
    named = {path.stem for folder in ("math", "finance", "reasoning") for path in (tasks / folder).glob("*.yaml")}
    assert named >= set(HASHES)
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(HASHES)

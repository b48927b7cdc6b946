"""What every task asks, to the letter: golden files over invented items, and hashes over all real items.

`golden/DATA.txt` holds what the tasks of one data set render over invented items; `golden/DATA.json` a hash for each
task over every prompt, target and choice list of the real data, in order. Whether these are the published prompts is
held by the parity tests beside this file. `UPDATE_GOLDEN=1 pytest tests/tasks/test_prompts.py` writes both anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from jaeval.catalogue import Catalogue, TaskCard

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
SEED = 1234
SHOTS = {"mgsm_ja_native_cot": 2}
"""Few-shot examples in the golden file of a task that has none of its own, so that their form is held too."""
NOT_WRITTEN_TWICE = {"jmmlu_letters_asked"}
"""Its prompts are those of `jmmlu_letters` (`test_asked_tasks.py`): 4,700 lines of the golden file."""

CARDS: dict[str, list[TaskCard]] = defaultdict(list)
for _card in Catalogue().cards.values():
    if "data" in _card.header:
        CARDS[_card.header["data"]].append(_card)


def rendered(task: Any, shots: int | None = None) -> Iterable[tuple[str, str, list[str]]]:
    """Prompt, target and choices of each document, few-shots drawn as lm-eval draws them by default."""
    shots = (task.config.num_fewshot or 0) if shots is None else shots
    task.set_fewshot_seed(SEED)
    for doc in task.eval_docs:
        choices = task.doc_to_choice(doc) if task.config.doc_to_choice else []
        yield task.fewshot_context(doc, shots), str(task.doc_to_target(doc)), choices


@pytest.mark.parametrize("data", CARDS)
def test_the_prompts_over_invented_items_are_the_golden_ones(data: str, invented_task: Callable[[str], Any]) -> None:
    text = "".join(
        f"===== {card.name}\n"
        + "".join(
            f"----- prompt\n{prompt}\n----- target\n{target}\n----- choices\n{choices}\n"
            for prompt, target, choices in rendered(invented_task(card.name), SHOTS.get(card.name))
        )
        for card in CARDS[data]
        if card.name not in NOT_WRITTEN_TWICE
    )
    golden = GOLDEN / f"{data}.txt"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("data", CARDS)
def test_the_prompts_over_all_real_items_have_their_hash(data: str, real_task: Callable[[str], Any]) -> None:
    found = {}
    for card in CARDS[data]:
        digest, items = hashlib.sha256(), 0
        for prompt, target, choices in rendered(real_task(card.name)):
            digest.update("\0".join([prompt, target, *choices, ""]).encode())
            items += 1
        found[card.name] = {"items": items, "sha256": digest.hexdigest()}
        assert items == card.header["size"]
    golden = GOLDEN / f"{data}.json"
    if UPDATE:
        golden.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(golden.read_text())


def test_no_golden_file_is_left_behind() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} <= set(CARDS)

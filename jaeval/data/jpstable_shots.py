"""The few-shot examples of MGSM in Stability AI's jp-stable harness, for a task's `fewshot_config.sampler`.

The harness (Stability-AI/lm-evaluation-harness@effdbeaf, `lm_eval/evaluator.py` and `Task.fewshot_examples`) makes one
random generator for a task, seeds it with 42, shuffles the documents with it, and then draws the examples for one
document after the other. Its published prompts come out to the letter when the documents are asked in that order,
`jaeval.data.mgsm.load(order="jpstable")`. The seed belongs to the protocol: another few-shot seed changes nothing.
"""

from __future__ import annotations

from random import Random
from typing import Any

from lm_eval.api.samplers import ContextSampler

from jaeval.data.mgsm import JPSTABLE_SEED

DOCUMENTS = 250
"""How many documents are shuffled before the first draw."""


class MgsmShots(ContextSampler):  # type: ignore[misc]
    """Draws as the harness does: call by call, one for each document in its order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_rnd(None)

    def set_rnd(self, rnd: int | None) -> MgsmShots:
        """Start again with the first document's draw."""
        self.rnd = Random(JPSTABLE_SEED)
        self.rnd.shuffle(list(range(DOCUMENTS)))
        return self

    def sample(self, n: int, *_: Any, **__: Any) -> list[dict[str, Any]]:
        """The next document's examples."""
        return self.rnd.sample(self.fewshot_docs(), n)

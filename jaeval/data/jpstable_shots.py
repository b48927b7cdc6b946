"""The few-shot examples of Stability AI's jp-stable harness, for a task's `fewshot_config.sampler`.

The harness (Stability-AI/lm-evaluation-harness@effdbeaf, `lm_eval/evaluator.py` and `Task.fewshot_examples`) makes one
random generator for a task, seeds it with 42, shuffles the documents with it, and then draws the examples for one
document after the other. Its published prompts come out to the letter when the documents are asked in that order,
`jaeval.data.mgsm.load(order="jpstable")`. The seed belongs to the protocol: another few-shot seed changes nothing.
"""

from __future__ import annotations

from random import Random
from typing import Any, ClassVar, Self

from lm_eval.api.samplers import ContextSampler

from jaeval.data.mgsm import JPSTABLE_SEED


class JpStableShots(ContextSampler):  # type: ignore[misc]
    """Draws as the harness does: call by call, one for each document in its order."""

    documents: ClassVar[int]
    """How many documents are shuffled before the first draw."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_rnd(None)

    def set_rnd(self, rnd: int | None) -> Self:
        """Start again with the first document's draw."""
        self.rnd = Random(JPSTABLE_SEED)
        self.rnd.shuffle(list(range(self.documents)))
        return self

    def sample(self, n: int, *_: Any, **__: Any) -> list[dict[str, Any]]:
        """The next document's examples."""
        return self.rnd.sample(self.fewshot_docs(), n)


class MgsmShots(JpStableShots):
    """MGSM's: drawn from its 8 exemplars."""

    documents = 250

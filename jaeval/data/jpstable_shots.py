"""The few-shot examples of Stability AI's jp-stable harness, for a task's `fewshot_config.sampler`.

The harness (Stability-AI/lm-evaluation-harness@effdbeaf, `lm_eval/evaluator.py`, `lm_eval/base.py`) makes one
random generator for a task, seeds it with 42, shuffles the documents with it, and then draws the examples for one
document after the other: for JNLI about as many of each class, for the others any. Its published prompts come out to
the letter when the documents are asked in that order, which the readers give with `order="jpstable"`. The seed belongs
to the protocol: another few-shot seed changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
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


class JCommonsenseQAShots(JpStableShots):
    """For the 1,119 documents of JCommonsenseQA."""

    documents = 1119


class JSquadShots(JpStableShots):
    """For the 4,442 documents of JSQuAD."""

    documents = 4442


class JnliShots(JpStableShots):
    """For the 2,434 documents of JNLI: stratified by label."""

    documents = 2434

    def sample(self, n: int, *_: Any, **__: Any) -> list[dict[str, Any]]:
        """The next document's examples: of each class its share of `n`, rounded down, the rest to the fewest."""
        classes: dict[int, list[dict[str, Any]]] = self._classes()
        total = sum(map(len, classes.values()))
        counts = {label: int(len(docs) / total * n) for label, docs in classes.items()}
        for _place in range(n - sum(counts.values())):
            counts[min(counts, key=lambda label: counts[label])] += 1
        drawn = [doc for label, count in counts.items() for doc in self.rnd.sample(classes[label], count)]
        self.rnd.shuffle(drawn)
        return drawn

    def _classes(self) -> dict[int, list[dict[str, Any]]]:
        if not hasattr(self, "_by_label"):
            self._by_label = defaultdict(list)
            for doc in self.fewshot_docs():
                self._by_label[doc["label"]].append(doc)
        return self._by_label

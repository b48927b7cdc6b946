"""Changing an engine's weights from candidate to candidate, and making sure that it happened."""

from __future__ import annotations

import time

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.protocol import Engine, Reloadable
from jaeval.errors import EngineError, FitnessError
from jaeval.fitness.canary import TOLERANCES, Canary, Reading, Reference, TransformersReference, canary_request
from jaeval.fitness.candidate import Candidate


class Swapper:
    """Gives a warm engine a candidate's weights. The engine says whose it holds: others may swap in it too.

    Args:
        engine: a `Reloadable` one.
        base: the checkpoint that the engine was made with.
        every: the canary is asked at the first swap and after every so many; 0: never.
        reference: computes what the engine should say; None: transformers, and only for an engine of a checkpoint's
            own dtype; an engine of one's own without a checkpoint's vocabulary has no canary.

    Attributes:
        swaps: how many there were.
    """

    def __init__(self, engine: Engine, base: Checkpoint, *, every: int = 1, reference: Reference | None = None) -> None:
        self._engine, self._base, self._every = engine, base, every
        self._reference = reference
        self._canary: Canary | None = None
        self.swaps = 0

    @property
    def last_reading(self) -> Reading | None:
        """What the canary said last."""
        return None if self._canary is None else self._canary.last

    def swap(self, candidate: Candidate, model_hash: str, seconds: dict[str, float]) -> None:
        """Put a candidate's weights into the engine, unless they are there.

        Args:
            candidate: checked before.
            model_hash: names weights, configuration and tokenizer: what the engine's answers depend on.
            seconds: the phases "swap" and "canary" are added to.

        Raises:
            EngineError: the engine refuses them. FitnessError: the canary says that it does not compute with them.
        """
        if self._engine.weight_hash() == model_hash:
            return
        assert isinstance(self._engine, Reloadable)
        began = time.monotonic()
        try:
            weights = candidate.weights
            self._engine.reload(weights if not isinstance(weights, dict) else weights.items(), weight_hash=model_hash)
            seconds["swap"] += time.monotonic() - began
            began = time.monotonic()
            if self._every and self.swaps % self._every == 0:
                self._ask_canary(candidate)
            seconds["canary"] += time.monotonic() - began
        except (EngineError, FitnessError):
            self.close()  # half-loaded weights: the next candidate gets a new engine
            raise
        self.swaps += 1

    def close(self) -> None:
        """Close the engine; the next `start` makes a new one. Safe to call twice."""
        if self._canary is not None:
            self._canary.last = None
        self._engine.close()

    def _ask_canary(self, candidate: Candidate) -> None:
        if self._canary is None:
            fingerprint = self._engine.fingerprint()
            dtype = str(fingerprint.get("dtype") or "auto")
            known = dtype if dtype in TOLERANCES else str(self._base.config.get("dtype") or "bfloat16")
            text = self._base.config.get("text_config")
            settings = self._base.config | (text if isinstance(text, dict) else {})
            reference = self._reference or TransformersReference(self._base, known)
            request = canary_request(self._engine, int(settings["vocab_size"]))
            self._canary = Canary(reference, request, TOLERANCES.get(known, TOLERANCES["bfloat16"]))
        self._canary.check(self._engine, candidate.tensors(), candidate.weight_hash)

"""Makes vLLM generate given tokens, so that a whole choice is scored by one prompt that computes nothing twice.

Log-probabilities are taken before any token is forced: they are the model's own.
"""

from __future__ import annotations

from typing import Any

import torch
from vllm.v1.sample.logits_processor import AdapterLogitsProcessor

from jaeval.engines.vllm_batch import FORCED


class ForcedTokens(AdapterLogitsProcessor):  # type: ignore[misc]
    """A custom logits processor of vLLM: the first tokens of an answer are those in `extra_args[FORCED]`."""

    @classmethod
    def validate_params(cls, params: Any) -> None:
        """See vLLM's `LogitsProcessor`. The tokens come from a plan, which has checked them."""

    def is_argmax_invariant(self) -> bool:
        """See vLLM's `LogitsProcessor`: it changes which token is picked."""
        return False

    def new_req_logits_processor(self, params: Any) -> Any:
        """See vLLM's `AdapterLogitsProcessor`."""
        forced = (params.extra_args or {}).get(FORCED)
        if not forced:
            return None

        def force(output: list[int], logits: torch.Tensor) -> torch.Tensor:
            if (place := len(output)) < len(forced):
                logits.fill_(float("-inf"))
                logits[forced[place]] = 0.0
            return logits

        return force

"""JNLI as Stability AI's lm-evaluation-harness scores it (branch jp-stable, commit effdbeaf).

Source: `BalancedMultipleChoiceTask` in `lm_eval/base.py`. The choice with the highest log-likelihood is the prediction,
the first of equal ones. `acc` is the share of right ones; `balanced_acc`, `mcc` and `macro_f1` come of all pairs of
gold and prediction. Upstream's `acc_norm` is left out: the three choices have two characters each, so it equals `acc`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Score one item, for lm-eval's `process_results`.

    Args:
        doc: `label` is the place of the right choice.
        results: log-likelihood of each choice, and whether it is the greedy one.

    Returns:
        `acc`, 0.0 or 1.0, and for the other three metrics the pair (gold, prediction) that
        `jaeval.metrics.classification` aggregates.
    """
    likelihoods = [likelihood for likelihood, _ in results]
    pair = (doc["label"], likelihoods.index(max(likelihoods)))
    return {"acc": float(pair[0] == pair[1]), "balanced_acc": pair, "mcc": pair, "macro_f1": pair}

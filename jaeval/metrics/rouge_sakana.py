"""ROUGE-1, ROUGE-2 and ROUGE-L as three Japanese harnesses share it: one rule, three outward forms.

| harness | source | score |
|---|---|---|
| jp-stable | Stability-AI/lm-evaluation-harness@effdbea, `utils.rouge2_mecab` (XL-Sum, WikiLingua) | ROUGE-2 × 100 |
| Sakana AI | SakanaAI/evolutionary-model-merge@09aff54, `evomerge/eval/metrics.py`, `rouge_ja` | all three × 100 |
| lm-eval | lm-eval 0.4.13, `ja_leaderboard_xlsum.py` | ROUGE-2 |

Tokens are MeCab's with unidic-lite after `normalisation.jpstable`, punctuation included; the F1 is rouge_score's.

Upstream reports the middle of 1,000 unseeded bootstrap samples of the mean, so its figure moves by some hundredths of
a point from run to run; here it is the mean they scatter about. jp-stable's WikiLingua compares with the article
(`source`), not with its summary: that is its task's affair. Upstream has one gold; of several, the best counts here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.japanese.tokens import wakati
from jaeval.metrics import normalisation
from jaeval.metrics.golds import golds_of
from jaeval.metrics.rouge import scored


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`rouge1`, `rouge2` and `rougeL` of a response, from 0 to 1."""
    return scored(results[0], golds_of(doc), tokens)


def process_results_rouge2(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`rouge2` of a response, from 0 to 1: all that jp-stable and lm-eval report."""
    return scored(results[0], golds_of(doc), tokens, "rouge2")


def rouge1(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of single tokens."""
    return scored(prediction, golds, tokens, "rouge1")["rouge1"]


def rouge2(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of pairs of neighbouring tokens."""
    return scored(prediction, golds, tokens, "rouge2")["rouge2"]


def rouge_l(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of the longest common subsequence of tokens."""
    return scored(prediction, golds, tokens, "rougeL")["rougeL"]


def tokens(text: str) -> list[str]:
    """MeCab's tokens of the text after `normalisation.jpstable`."""
    return wakati(normalisation.jpstable(text))

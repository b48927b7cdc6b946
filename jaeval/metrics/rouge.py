"""ROUGE-1, ROUGE-2 and ROUGE-L over MeCab tokens, as F1 (Lin, 2004), the best over the golds.

The numbers are rouge_score's (Google's library, 0.1.2) over the same tokens, which the tests check; its table for
ROUGE-L, in Python, would take most of the time, so the longest common subsequence is rapidfuzz's.

This is jaeval's own rule: `jaeval.japanese.normalise`, then MeCab with unidic-lite, every token counted. The published
ones are `rouge_sakana` (also jp-stable's and lm-eval's) and `rouge_flexeval`, where n-grams are sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from jaeval.japanese.normalise import normalise
from jaeval.japanese.tokens import words
from jaeval.metrics.golds import checked, golds_of


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`rouge1`, `rouge2` and `rougeL` of a response, each the best over the document's golds."""
    return scored(results[0], golds_of(doc), tokens)


def rouge1(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of single tokens."""
    return scored(prediction, golds, tokens, "rouge1")["rouge1"]


def rouge2(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of pairs of neighbouring tokens. A text of one token has none, and scores 0."""
    return scored(prediction, golds, tokens, "rouge2")["rouge2"]


def rouge_l(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of the longest common subsequence of tokens."""
    return scored(prediction, golds, tokens, "rougeL")["rougeL"]


def tokens(text: str) -> list[str]:
    """The normalised text's MeCab tokens, punctuation included."""
    return words(normalise(text))


def scored(
    prediction: str,
    golds: Sequence[str],
    cut: Callable[[str], Sequence[str]],
    *names: str,
) -> dict[str, float]:
    """The measures named (without names all), each the best over the golds, of texts that `cut` makes tokens of."""
    answer = cut(prediction)
    wanted = [cut(gold) for gold in checked(golds)]
    return {name: max(_MEASURES[name](answer, gold) for gold in wanted) for name in names or _MEASURES}


def ngram_f1(prediction: Sequence[str], gold: Sequence[str], n: int) -> float:
    """F1 of the n-grams of two token lists, each counted as often as both have it; 0 where either has none."""
    predicted = Counter(zip(*(prediction[i:] for i in range(n)), strict=False))
    wanted = Counter(zip(*(gold[i:] for i in range(n)), strict=False))
    return _f1((predicted & wanted).total(), len(prediction) - n + 1, len(gold) - n + 1)


def subsequence_f1(prediction: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of the longest common subsequence of two token lists; 0 where either is empty."""
    from rapidfuzz.distance import LCSseq

    return _f1(LCSseq.similarity(prediction, gold), len(prediction), len(gold))


def _f1(shared: int, predicted: int, wanted: int) -> float:
    if not shared:
        return 0.0
    precision, recall = shared / predicted, shared / wanted
    return 2 * precision * recall / (precision + recall)


_MEASURES: dict[str, Callable[[Sequence[str], Sequence[str]], float]] = {
    "rouge1": partial(ngram_f1, n=1),
    "rouge2": partial(ngram_f1, n=2),
    "rougeL": subsequence_f1,
}

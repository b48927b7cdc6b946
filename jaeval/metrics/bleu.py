"""Corpus BLEU by sacrebleu over jaeval's MeCab tokens (unidic-lite), fast enough for a bootstrap.

An item's value is its n-gram statistics and the signature, the score is `corpus_bleu` of all items':

    process_results: !function jaeval.metrics.bleu.process_results
    metric_list:
      - metric: bleu
        aggregation: !function jaeval.metrics.bleu.corpus_bleu

Published Japanese BLEU has sacrebleu's own tokenizer: `jaeval.metrics.bleu_ja_mecab`. Figures with different
tokenizers cannot be compared, therefore each value carries its signature. Scores are from 0 to 1; sacrebleu's are
these × 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, TypeAlias

from jaeval.japanese.tokens import words
from jaeval.metrics.golds import checked, golds_of

Statistics: TypeAlias = tuple[int | str, ...]
"""Length of the prediction and of the gold nearest in length, matches and totals of 1- to 4-grams, signature."""

ORDERS = 4


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Statistics]:
    """`bleu`: the statistics of a response."""
    return {"bleu": statistics(results[0], golds_of(doc))}


def statistics(prediction: str, golds: Sequence[str]) -> Statistics:
    """What corpus BLEU needs to know of one item: ten counts and the signature."""
    return (*counts(prediction, golds, _cut), signature(len(golds)))


def sentence_bleu(prediction: str, golds: Sequence[str]) -> float:
    """BLEU of one answer, over the orders that it has n-grams of (sacrebleu's `effective_order`)."""
    return score(counts(prediction, golds, _cut), effective_order=True)


def corpus_bleu(items: Sequence[Statistics]) -> float:
    """BLEU of all items, smoothed as sacrebleu does by default (`exp`); NaN without items.

    Raises:
        ValueError: the items' signatures differ in more than the number of golds.
    """
    if not items:
        return float("nan")
    *columns, signatures = zip(*items, strict=True)
    kinds = {str(signature).partition("|")[2] for signature in set(signatures)}
    if len(kinds) > 1:
        raise ValueError(f"BLEU of several kinds: {', '.join(sorted(kinds))}")
    return score([sum(column) for column in columns])


@cache
def signature(golds: int = 1) -> str:
    """sacrebleu's signature for items of so many golds, with jaeval's tokenizer in it."""
    return signed(f"mecab-unidic_lite-{version('unidic-lite')}", golds)


def counts(prediction: str, golds: Sequence[str], cut: Callable[[str], str]) -> tuple[int, ...]:
    """The ten counts of one item, by sacrebleu, after `cut` has put a space between tokens."""
    found = _sacrebleu().sentence_score(cut(prediction), [cut(gold) for gold in checked(golds)])
    return (found.sys_len, found.ref_len, *found.counts, *found.totals)


def score(numbers: Sequence[int], *, effective_order: bool = False) -> float:
    """BLEU from ten counts, by sacrebleu."""
    from sacrebleu.metrics.bleu import BLEU

    found = BLEU.compute_bleu(
        correct=list(numbers[2 : 2 + ORDERS]),
        total=list(numbers[2 + ORDERS :]),
        sys_len=numbers[0],
        ref_len=numbers[1],
        smooth_method="exp",
        effective_order=effective_order,
        max_ngram_order=ORDERS,
    )
    return min(float(found.score) / 100, 1.0)  # equal texts have 100.00000000000004 there


def signed(tokenizer: str, golds: int) -> str:
    """sacrebleu's signature of corpus BLEU with its defaults, the tokenizer named."""
    return f"nrefs:{golds}|case:mixed|eff:no|tok:{tokenizer}|smooth:exp|version:{version('sacrebleu')}"


@cache
def _sacrebleu() -> Any:
    from sacrebleu.metrics.bleu import BLEU

    # The order is only "effective" to keep sacrebleu from warning at each sentence; its counts do not depend on it.
    return BLEU(tokenize="none", force=True, effective_order=True, max_ngram_order=ORDERS)


def _cut(text: str) -> str:
    return " ".join(words(text))

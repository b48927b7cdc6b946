"""Corpus BLEU with sacrebleu's Japanese tokenizer `ja-mecab`, as published: MeCab with the IPA dictionary.

Equal to `sacrebleu --tokenize ja-mecab` and to flexeval's `BLEU(tokenize_option="ja-mecab")` (WMT20 en-ja), both
× 100. `sentence_bleu` is Nejumi's `bleu_ja` (wandb/llm-leaderboard@6e29db4, from 0 to 1 there as well). llm-jp-eval
1.3.0 passes texts where sacrebleu wants lists of texts, so that its `bleu_ja` compares single characters: no BLEU, and
not here.

Use it as `jaeval.metrics.bleu`. It needs the extra `jaeval[bleu-ipadic]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jaeval.metrics import ja_mecab
from jaeval.metrics.bleu import Statistics, corpus_bleu, counts, score, signed
from jaeval.metrics.golds import golds_of

__all__ = ["corpus_bleu", "process_results", "sentence_bleu", "signature", "statistics"]


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Statistics]:
    """`bleu`: the statistics of a response.

    Raises:
        TaskError: the tokenizer is not installed.
    """
    return {"bleu": statistics(results[0], golds_of(doc))}


def statistics(prediction: str, golds: Sequence[str]) -> Statistics:
    """What corpus BLEU needs to know of one item: ten counts and the signature.

    Raises:
        TaskError: as above.
    """
    return (*counts(prediction, golds, ja_mecab.ja_mecab), signature(len(golds)))


def sentence_bleu(prediction: str, golds: Sequence[str]) -> float:
    """BLEU of one answer, over the orders that it has n-grams of (sacrebleu's `effective_order`).

    Raises:
        TaskError: as above.
    """
    return score(counts(prediction, golds, ja_mecab.ja_mecab), effective_order=True)


@cache
def signature(golds: int = 1) -> str:
    """sacrebleu's signature for items of so many golds.

    Raises:
        TaskError: as above.
    """
    return signed(ja_mecab.signature(), golds)

"""ROUGE as flexeval scores XL-Sum: the library `rouge` (pltrdy, 1.0.1) over sacrebleu's `ja-mecab` tokens.

Source: sbintuitions/flexeval@8a07c3c, `core/metric/rouge.py` and the preset `xlsum_ja`. Only the first gold counts.
The rule differs from `rouge` and `rouge_sakana` much, so a figure of one says nothing about the others:

- n-grams are sets: a word said five times counts once;
- ROUGE-L compares the set of words on *one* longest common subsequence with the sets of all words, so it depends on
  which of several equally long ones is taken (upstream's choice is kept);
- a text is divided into sentences at ASCII full stops, so also inside 3.5; every pair of sentences is compared;
- 10⁻⁸ in the denominator: equal texts have 0.999999995;
- a response without tokens is one empty word.

Where upstream breaks off (a gold without tokens, a response of full stops only; above some 500 tokens Python's
recursion limit), here the score is 0, or is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from jaeval.metrics.golds import checked, golds_of
from jaeval.metrics.ja_mecab import ja_mecab


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`rouge1`, `rouge2` and `rougeL` of a response.

    Raises:
        TaskError: the tokenizer is not installed (`jaeval[bleu-ipadic]`).
    """
    response, golds = results[0], golds_of(doc)
    return {"rouge1": rouge1(response, golds), "rouge2": rouge2(response, golds), "rougeL": rouge_l(response, golds)}


def rouge1(prediction: str, golds: Sequence[str]) -> float:
    """F1 of the sets of tokens."""
    return _ngram_f1(prediction, golds, 1)


def rouge2(prediction: str, golds: Sequence[str]) -> float:
    """F1 of the sets of pairs of neighbouring tokens."""
    return _ngram_f1(prediction, golds, 2)


def rouge_l(prediction: str, golds: Sequence[str]) -> float:
    """F1 of the words on the longest common subsequences of the sentences."""
    predicted, wanted = _sentences_of_response(prediction), _sentences(ja_mecab(checked(golds)[0]))
    if not predicted or not wanted:
        return 0.0
    shared: set[str] = set()
    for gold in wanted:
        for sentence in predicted:
            shared |= subsequence_words(gold, sentence)
    return _f1(len(shared), len(set().union(*predicted)), len(set().union(*wanted)))


def _ngram_f1(prediction: str, golds: Sequence[str], n: int) -> float:
    predicted, wanted = _sentences_of_response(prediction), _sentences(ja_mecab(checked(golds)[0]))
    if not predicted or not wanted:
        return 0.0
    a, b = _ngrams(predicted, n), _ngrams(wanted, n)
    return _f1(len(a & b), len(a), len(b))


def _ngrams(sentences: Sequence[Sequence[str]], n: int) -> set[tuple[str, ...]]:
    words = list(chain.from_iterable(sentences))
    return set(zip(*(words[i:] for i in range(n)), strict=False))


def _sentences_of_response(response: str) -> list[list[str]]:
    tokens = ja_mecab(response)
    return _sentences(" " if tokens in ("", ".") else tokens)


def _sentences(tokens: str) -> list[list[str]]:
    return [sentence.split() or [""] for sentence in tokens.split(".") if sentence]


def _f1(shared: int, predicted: int, wanted: int) -> float:
    precision, recall = shared / predicted if predicted else 0.0, shared / wanted if wanted else 0.0
    return 2.0 * (precision * recall / (precision + recall + 1e-8))


def subsequence_words(gold: Sequence[str], prediction: Sequence[str]) -> set[str]:
    """The words on one longest common subsequence, the one that a walk back through the table finds.

    The walk starts at the ends; where the last words differ, it drops the gold's if that alone keeps the length, else
    the prediction's. Rows of the table are bits, Hyyrö's way (2004): bit j of row i is 0 where the length grows at j.
    """
    where: dict[str, int] = {}
    for j, word in enumerate(prediction):
        where[word] = where.get(word, 0) | 1 << j
    row = every = (1 << len(prediction)) - 1
    rows = [row]
    for word in gold:
        hits = row & where.get(word, 0)
        row = ((row + hits) | (row - hits)) & every
        rows.append(row)
    i, j = len(gold), len(prediction)
    found: set[str] = set()
    while i and j:
        if gold[i - 1] == prediction[j - 1]:
            i, j = i - 1, j - 1
            found.add(gold[i])
        elif rows[i] >> (j - 1) & 1:
            j -= 1
        else:
            i -= 1
    return found

"""F1 over bags of MeCab tokens, SQuAD's way, as Stability's jp-stable scores JSQuAD.

Source: Stability-AI/lm-evaluation-harness@effdbea, `lm_eval/jasquad/evaluate.py`, with fugashi and unidic-lite 1.0.8
as its requirements pin them; the same code is in swallow-llm/swallow-evaluation. The published scores are these × 100.
JGLUE's own F1 is over characters: `jaeval.metrics.character_f1.jglue`.

Quirks kept:

- only a token that is a single punctuation mark is dropped, so "。」" as one token counts;
- an answer of punctuation alone has no tokens and scores 0, even where `exact_match` is 1;
- case counts, and so does every particle and blank that moves MeCab's cuts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from string import punctuation
from typing import Any

from jaeval.japanese.tokens import wakati
from jaeval.metrics import exact_match, normalisation
from jaeval.metrics.golds import best, golds_of

_PUNCTUATION = frozenset(
    "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』【】〔〕〖〗〘〙〚〛〜"
    "〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏." + punctuation
)


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`exact_match` and `f1` of jp-stable's JSQuAD, each the best over the document's golds."""
    golds = golds_of(doc)
    return {"exact_match": exact_match.jpstable(results[0], golds), "f1": jpstable(results[0], golds)}


def jpstable(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of the prediction's tokens with a gold's."""
    return best(_f1, prediction, golds)


def tokens(text: str) -> list[str]:
    """The tokens that count: MeCab's, after `normalisation.jpstable`, without single punctuation marks."""
    return [word for word in wakati(normalisation.jpstable(text)) if word not in _PUNCTUATION]


def _f1(prediction: str, gold: str) -> float:
    return bag_f1(tokens(prediction), tokens(gold))


def bag_f1(prediction: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two bags: 2pr/(p+r) of the shared elements, counted as often as both have them; 0 without any."""
    shared = (Counter(prediction) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(prediction), shared / len(gold)
    return 2 * precision * recall / (precision + recall)

"""Three different scores are published as "char F1". Each has its own name here.

| function | what it is | published as | source |
|---|---|---|---|
| `fuzzy_ratio` | indel similarity of the texts, in whole per cents | char_f1 | flexeval@8a07c3c, `CharF1` |
| `token_sort_ratio` | the same, after words are sorted | char_f1 | llm-jp-eval 1.3.0; Nejumi |
| `character_f1` | F1 over bags of characters | f1_score | swallow-evaluation-instruct@3520211, `compute_char_f1` |
| `jglue` | the same, in lower case, without 。 at the end | F1 | JGLUE@6f071c0, `squad_metrics.compute_f1` |

The first two are `fuzz.ratio` and `fuzz.token_sort_ratio` of fuzzywuzzy 0.18 with python-Levenshtein, both of which
depend on order: 東京 and 京東 have 0.5, but a character F1 of 1. fuzzywuzzy falls back to another algorithm (difflib,
never far above and up to 0.82 below) where python-Levenshtein is missing, as it is in swallow-evaluation-instruct's
requirements. fuzzywuzzy is under the GPL; here rapidfuzz computes the similarity, and the rest is rewritten.

All compare texts as they come; what harnesses do to a response before, and the full names of the repositories, are in
`jaeval.metrics.normalisation`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jaeval.metrics import exact_match, normalisation
from jaeval.metrics.golds import best, checked, golds_of
from jaeval.metrics.token_f1 import bag_f1

_NO_WORD = re.compile(r"\W")
_LATIN_1 = dict.fromkeys(range(128, 256))


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """`character_f1`, `fuzzy_ratio` and `token_sort_ratio` of a response as it is, each the best over the golds."""
    response, golds = results[0], golds_of(doc)
    return {
        "character_f1": character_f1(response, golds),
        "fuzzy_ratio": fuzzy_ratio(response, golds),
        "token_sort_ratio": token_sort_ratio(response, golds),
    }


def process_results_flexeval(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """flexeval's `char_f1` and `exact_match` without processors, as its JSQuAD has them."""
    response, golds = results[0], golds_of(doc)
    return {"fuzzy_ratio": fuzzy_ratio(response, golds), "exact_match": exact_match.strict(response, golds)}


def process_results_llm_jp_eval(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """llm-jp-eval's `char_f1` and `exact_match` of the response's first paragraph, in NFKC."""
    golds = golds_of(doc)
    ratio = token_sort_ratio(normalisation.llm_jp_eval(results[0]), [normalisation.nfkc(gold) for gold in golds])
    return {"token_sort_ratio": ratio, "exact_match": exact_match.llm_jp_eval(results[0], golds)}


def process_results_nejumi(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Nejumi's `char_f1` and `exact_match` for JEMHopQA, JSQuAD and NIILC."""
    golds = golds_of(doc)
    ratio = token_sort_ratio(normalisation.nejumi(results[0]), [normalisation.nfkc(gold) for gold in golds])
    return {"token_sort_ratio": ratio, "exact_match": exact_match.nejumi(results[0], golds)}


def character_f1(prediction: str, golds: Sequence[str]) -> float:
    """The best F1 of the prediction's characters with a gold's, blanks and marks included. Two empty texts have 1."""
    return best(_character_f1, prediction, golds)


def jglue(prediction: str, golds: Sequence[str]) -> float:
    """`character_f1` after `normalisation.jglue`."""
    return character_f1(normalisation.jglue(prediction), [normalisation.jglue(gold) for gold in checked(golds)])


def fuzzy_ratio(prediction: str, golds: Sequence[str]) -> float:
    """The best indel similarity with a gold: 1 − (insertions + deletions) / (length + length), in whole per cents."""
    return best(_ratio, prediction, golds)


def token_sort_ratio(prediction: str, golds: Sequence[str]) -> float:
    """`fuzzy_ratio` of the words, sorted, in lower case, and without what is neither letter, digit nor underscore.

    Words are what blanks and marks divide, so a Japanese sentence is one word. Characters of Latin-1 outside ASCII
    (é, ×, °) are removed first. Texts of marks alone are equal: 。 and ！ have 1.
    """
    return best(_ratio, _sorted_words(prediction), [_sorted_words(gold) for gold in checked(golds)])


def _sorted_words(text: str) -> str:
    return " ".join(sorted(_NO_WORD.sub(" ", text.translate(_LATIN_1)).lower().split()))


def _ratio(prediction: str, gold: str) -> float:
    from rapidfuzz.distance import Indel

    if prediction == gold:
        return 1.0
    if not prediction or not gold:
        return 0.0
    return round(100 * Indel.normalized_similarity(prediction, gold)) / 100


def _character_f1(prediction: str, gold: str) -> float:
    return 1.0 if not prediction and not gold else bag_f1(prediction, gold)

"""chABSA's F1 as japanese-lm-fin-harness 0.2.4 has it (`two_class_adjusted_macro_f1_score_for_chabsa`).

The prompt offers positive and negative, but 258 of the 7,723 golds are neutral. lm-eval gives a gold that is none of
the choices the index -100, and macro F1 then has three classes, one of which no answer can hit. Upstream multiplies by
1.5 to make up for that: an answer that is right on all others still stays a little below 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from jaeval.metrics.classification import Pair, macro_f1

ADJUSTMENT = 1.5
"""Three classes are averaged, of which two can be hit."""


def adjusted_macro_f1(pairs: Sequence[Pair]) -> float:
    """Macro F1 over the classes that occur, -100 among them, times 1.5.

    Without neutral golds (a small sample of the items may have none) this exceeds what it is meant to be, up to 1.5;
    so it does upstream.

    Args:
        pairs: gold and predicted index of each opinion, as lm-eval's `f1` of a multiple-choice task collects them.
    """
    return ADJUSTMENT * macro_f1(pairs)

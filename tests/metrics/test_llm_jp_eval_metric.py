"""llm-jp-eval's rules as the Swallow board runs them, against verdicts of its own code.

The verdicts were given by the lines of `get_evaluation_result` at swallow-evaluation 57c4ecd, with fuzzywuzzy 0.18 and
python-Levenshtein, on invented answers.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics.llm_jp_eval import process_results, process_word

VERDICTS = [
    ("東京,大阪", "東京,大阪", 1, 1.0),
    ("東京,大阪", "東京、大阪", 0, 1.0),
    ("東京,大阪", "大阪,東京", 0, 1.0),
    ("東京,大阪", "大阪 東京", 0, 1.0),
    ("東京,大阪", "東京", 0, 0.57),
    ("東京,大阪", "東京,大阪です", 0, 0.83),
    ("東京,大阪", "東京，大阪", 1, 1.0),
    ("東京,大阪", "\u6771\u4eac,\u5927\u962a\n\n### \u5165\u529b:", 1, 1.0),
    ("東京,大阪", "\n\n\u6771\u4eac,\u5927\u962a", 0, 0.0),
    ("東京,大阪", " \u6771\u4eac,\u5927\u962a \n", 1, 1.0),
    ("東京,大阪", "\u6771\u4eac,\u5927\u962a\n\u4eac\u90fd", 0, 0.77),
    ("東京,大阪", "", 0, 0.0),
    ("A", "A", 1, 1.0),
    ("A", "Ａ", 1, 1.0),
    ("A", " A", 1, 1.0),
    ("A", "A.", 0, 1.0),
    ("A", "B", 0, 0.0),
    ("A", "a", 0, 1.0),
    ("A", "答えはA", 0, 0.4),
    ("A", "A\n\nB", 1, 1.0),
    ("1,234円", "１，２３４円", 1, 1.0),
    ("1,234円", "1234円", 0, 0.91),
    ("1,234円", "1,234 円", 0, 0.92),
    ("1,234円", "1,235円", 0, 0.83),
    ("1,234円", "約1,234円", 0, 0.62),
    ("1,234円", "千円", 0, 0.25),
    ("1,234円", "-1,234円", 0, 1.0),
    ("1,234円", "−1,234円", 0, 1.0),
    ("non-entailment", "non-entailment", 1, 1.0),
    ("non-entailment", "entailment", 0, 0.83),
    ("non-entailment", "Non-entailment", 0, 1.0),
    ("non-entailment", "non entailment", 0, 1.0),
    ("non-entailment", "entailment-non", 0, 1.0),
    ("non-entailment", "non‐entailment", 0, 1.0),
    ("Café Noir", "Café Noir", 1, 1.0),
    ("Café Noir", "cafe noir", 0, 0.94),
    ("Café Noir", "Noir Café", 0, 1.0),
    ("Café Noir", "CAFÉ NOIR", 0, 1.0),
    ("Café Noir", "Café", 0, 0.55),
    ("。", "。", 1, 1.0),
    ("。", "！", 0, 1.0),
    ("。", "", 0, 1.0),
    ("。", ".", 0, 1.0),
    ("株式会社", "㈱", 0, 0.4),
    ("株式会社", "株式会社", 1, 1.0),
    ("株式会社", "(株)", 0, 0.4),
    ("YES", "YES", 1, 1.0),
    ("YES", "yes", 0, 1.0),
    ("YES", "はい", 0, 0.0),
    ("YES", "ＹＥＳ", 1, 1.0),
    ("YES", "NO", 0, 0.0),
    ("円周率", "π", 0, 0.0),
    ("円周率", "円周率は3.14", 0, 0.55),
    ("円周率", "<think>円周率</think>", 0, 0.33),
    ("円周率", "円周率" * 200, 0, 0.01),
    ("円周率", "😀円周率", 0, 1.0),
    ("円周率", "\u5186\u3000\u5468\u7387", 0, 0.86),
    ("円周率", "\u5186\u2028\u5468\u7387", 0, 0.86),
]


@pytest.mark.parametrize(("gold", "response", "exact_match", "ratio"), VERDICTS)
def test_verdicts_of_the_harness(gold: str, response: str, exact_match: int, ratio: float) -> None:
    scores = process_results({"answer": gold}, [response])
    assert scores == {"token_sort_ratio": ratio, "exact_match": exact_match}
    assert process_word({"answer": gold}, [response]) == {"exact_match": exact_match}


def test_the_verdicts_are_of_every_sort() -> None:
    assert {verdict[2] for verdict in VERDICTS} == {0, 1}
    assert len({verdict[3] for verdict in VERDICTS}) > 10


@given(st.text(), st.text(min_size=1))
def test_scores_are_shares(response: str, gold: str) -> None:
    scores = process_results({"answer": gold}, [response])
    assert scores["exact_match"] in (0.0, 1.0)
    assert 0.0 <= scores["token_sort_ratio"] <= 1.0
    assert scores["exact_match"] <= scores["token_sort_ratio"]

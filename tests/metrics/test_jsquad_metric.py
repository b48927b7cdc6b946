"""JSQuAD's scores in Stability AI's jp-stable harness, as its tasks name them, against verdicts of the harness itself.

The verdicts below were given by `lm_eval/jasquad/evaluate.py` at commit effdbeaf with neologdn 0.5.6 and unidic-lite
1.0.8, on invented golds and answers.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics.token_f1 import process_results

VERDICTS: list[tuple[list[str], list[tuple[str, int, float]]]] = [
    (
        ["1,234km", "全長 1,234km"],
        [
            ("1,234km", 1, 1.0),
            ("１，２３４ｋｍ", 1, 1.0),
            ("1234km", 0, 0.4),
            ("全長1,234km", 1, 1.0),
            ("1,234 km", 0, 1.0),
            ("-1,234km", 0, 1.0),
            ("−1,234km", 0, 1.0),
            ("約1,234km", 0, 0.8571428571428571),
            ("1,234km。", 0, 1.0),
            ("1,234km\n\u5168\u9577", 0, 1.0),
            ("1,234㎞", 0, 0.6666666666666666),
            ("千二百三十四km", 0, 0.25),
            ("1,234kmまたは5km", 0, 0.6),
            ("", 0, 0.0),
            (" ", 0, 0.0),
            ("km", 0, 0.5),
        ],
    ),
    (
        ["東京タワー"],
        [
            ("東京タワー", 1, 1.0),
            ("「東京タワー」", 0, 1.0),
            ("東京タワー。", 0, 1.0),
            ("東京タワーです", 0, 0.8),
            ("答えは東京タワー。", 0, 0.6666666666666666),
            ("東京", 0, 0.6666666666666666),
            ("京東タワー", 0, 0.5),
            ("東京 タワー", 1, 1.0),
            ("東京タワーー", 1, 1.0),
            ("東京タワ〜", 0, 0.4),
            ("ﾄｳｷｮｳﾀﾜｰ", 0, 0.5),
            ("東京ﾀﾜｰ", 1, 1.0),
            ("東京タワー😀", 1, 1.0),
            ("☀東京タワー", 1, 1.0),
            ("©東京タワー", 1, 1.0),
            ("\u6771\u4eac\u3000\u30bf\u30ef\u30fc", 1, 1.0),
            ("\u6771\u4eac\u2028\u30bf\u30ef\u30fc", 0, 1.0),
            ("東京タワー東京タワー", 0, 0.6666666666666666),
            ("東京タワー" * 300, 0, 0.006644518272425249),
            ("大阪城", 0, 0.0),
            ("\u6771\u200b\u4eac\u30bf\u30ef\u30fc", 0, 0.3333333333333333),
        ],
    ),
    (
        ["「」"],
        [
            ("「」", 1, 0.0),
            ("「", 0, 0.0),
            ("。", 0, 0.0),
            ("", 0, 0.0),
            ("記号", 0, 0.0),
        ],
    ),
    (
        ["コーヒー豆", "珈琲豆"],
        [
            ("コーヒー豆", 1, 1.0),
            ("コーヒーー豆", 1, 1.0),
            ("こーひー豆", 0, 0.5),
            ("珈琲豆", 1, 1.0),
            ("コーヒー豆と珈琲豆", 0, 0.5714285714285715),
            ("豆コーヒー", 0, 1.0),
            ("コ－ヒ－豆", 1, 1.0),
        ],
    ),
    (
        ["New York City", "NYC"],
        [
            ("New York City", 1, 1.0),
            ("new york city", 0, 0.0),
            ("NewYorkCity", 0, 0.0),
            ("New  York\tCity", 1, 1.0),
            ("\uff2e\uff45\uff57\u3000\uff39\uff4f\uff52\uff4b\u3000\uff23\uff49\uff54\uff59", 1, 1.0),
            ("NYC", 1, 1.0),
            ("N.Y.C.", 0, 0.0),
            ("New York", 0, 0.8),
            ("City York New", 0, 1.0),
            ('"New York City"', 0, 1.0),
            ("“New York City”", 0, 1.0),
            ("①New York City", 0, 0.8571428571428571),
        ],
    ),
]
CASES = [(golds, *case) for golds, cases in VERDICTS for case in cases]


@pytest.mark.parametrize(("golds", "response", "exact_match", "f1"), CASES)
def test_verdicts_of_the_harness(golds: list[str], response: str, exact_match: int, f1: float) -> None:
    scores = process_results({"answers": golds}, [response])
    assert scores == {"exact_match": exact_match, "f1": pytest.approx(f1, abs=1e-12)}


def test_the_verdicts_are_of_every_sort() -> None:
    assert {(exact_match, f1 in (0.0, 1.0) and f1) for _, _, exact_match, f1 in CASES} == {
        *((0, 0.0), (0, False), (0, 1.0)),
        *((1, 0.0), (1, 1.0)),
    }


def test_a_lone_surrogate_is_a_character_like_another() -> None:
    scores = process_results({"answers": ["東京タワー"]}, ["\ud800東京タワー"])
    assert scores["exact_match"] == 0.0
    assert 0.0 < scores["f1"] < 1.0


@given(st.text(), st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_scores_are_shares_and_a_gold_matches_itself(response: str, golds: list[str]) -> None:
    scores = process_results({"answers": golds}, [response])
    assert scores["exact_match"] in (0.0, 1.0)
    assert 0.0 <= scores["f1"] <= 1.0
    assert process_results({"answers": golds}, [golds[-1]])["exact_match"] == 1.0
    more = process_results({"answers": [*golds, "別の答え"]}, [response])
    assert all(more[name] >= scores[name] for name in scores)

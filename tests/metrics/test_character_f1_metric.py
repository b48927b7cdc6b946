"""The three scores that are published as "char F1", and JGLUE's F1."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics import character_f1 as metrics

Rule = Callable[[str, Sequence[str]], float]
RULES: list[Rule] = [metrics.character_f1, metrics.jglue, metrics.fuzzy_ratio, metrics.token_sort_ratio]
PIECES = [
    "東京",
    "都",
    "です",
    "。",
    "、",
    "・",
    "！",
    "é",
    "×",
    "_",
    "A",
    "ａ",
    "b c",
    " ",
    "　",
    "\n",
    "👍",
    "1",
    "\ud800",
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))

# character_f1 (swallow-evaluation-instruct), jglue (transformers 4.9.2 with JGLUE's patch), fuzzy_ratio (flexeval) and
# token_sort_ratio (Nejumi; fuzzywuzzy 0.18 with Levenshtein 0.27.5), as that code gives them.
PUBLISHED = [
    ("東京都", ["東京都"], 1.0, 1.0, 1.0, 1.0),
    ("東京都です。", ["東京都"], 0.6666666666666666, 0.7499999999999999, 0.67, 0.75),
    ("答えは東京都です", ["東京都", "東京"], 0.5454545454545454, 0.5454545454545454, 0.55, 0.55),
    ("京都", ["東京都"], 0.8, 0.8, 0.8, 0.8),
    ("ＪＲ東日本", ["JR東日本"], 0.6, 0.6, 0.6, 0.6),
    ("jr東日本", ["JR東日本"], 0.6, 1.0, 0.6, 1.0),
    ("1990年 4月", ["1990年4月"], 0.9333333333333333, 0.9333333333333333, 0.93, 0.93),
    ("約３０００人", ["3000人"], 0.1818181818181818, 0.1818181818181818, 0.18, 0.18),
    ("", ["東京"], 0.0, 0.0, 0.0, 0.0),
    ("", [""], 1.0, 1.0, 1.0, 1.0),
    ("！", ["。"], 0.0, 0.0, 0.0, 1.0),
    ("りんご👍", ["りんご"], 0.8571428571428571, 0.8571428571428571, 0.86, 1.0),
    ("3.5パーセント", ["3.5%"], 0.5, 0.5, 0.5, 0.55),
    ("国立 国会図書館", ["国立国会図書館"], 0.9333333333333333, 0.9333333333333333, 0.93, 0.67),
    ("猫が猫を追い、猫が逃げた。", ["猫が犬を追い、犬が逃げた。"], 0.8461538461538461, 0.8333333333333334, 0.85, 0.42),
    ("Tokyo  tower", ["tokyo tower"], 0.8695652173913043, 1.0, 0.87, 1.0),
    ("Café 3×4", ["cafe 34"], 0.6666666666666666, 0.7999999999999999, 0.67, 0.92),
    ("田中、佐藤", ["佐藤、田中"], 1.0, 1.0, 0.4, 1.0),
]


@pytest.mark.parametrize(("prediction", "golds", "true", "jglue", "fuzzy", "sorted_"), PUBLISHED)
def test_the_published_scores(
    prediction: str, golds: list[str], true: float, jglue: float, fuzzy: float, sorted_: float
) -> None:
    assert [rule(prediction, golds) for rule in RULES] == [true, jglue, fuzzy, sorted_]
    assert metrics.process_results({"answers": golds}, [prediction]) == {
        "character_f1": true,
        "fuzzy_ratio": fuzzy,
        "token_sort_ratio": sorted_,
    }


@pytest.mark.parametrize("rule", RULES)
@given(one=texts, other=texts)
def test_identity_symmetry_and_bounds(rule: Rule, one: str, other: str) -> None:
    assert rule(one, [one]) == 1.0
    assert 0 <= rule(one, [other]) <= 1
    assert rule(one, [other]) == pytest.approx(rule(other, [one]), abs=1e-15)


@pytest.mark.parametrize("rule", RULES)
@given(one=st.text("あいうえお", min_size=1), other=st.text("かきくけこ", min_size=1))
def test_texts_without_a_common_character_have_0(rule: Rule, one: str, other: str) -> None:
    assert rule(one, [other]) == rule(one, [""]) == rule("", [other]) == 0.0


@pytest.mark.parametrize("rule", RULES)
@given(prediction=texts, golds=st.lists(texts, min_size=1, max_size=4))
def test_the_best_gold_counts(rule: Rule, prediction: str, golds: list[str]) -> None:
    assert rule(prediction, golds) == max(rule(prediction, [gold]) for gold in golds)


@pytest.mark.parametrize("rule", RULES)
def test_golds_are_needed_and_are_a_list(rule: Rule) -> None:
    with pytest.raises(ValueError, match="without golds"):
        rule("東京", [])
    with pytest.raises(TypeError, match="not one text"):
        rule("東京", "東京")


@pytest.mark.parametrize("rule", RULES)
def test_a_very_long_text(rule: Rule) -> None:
    long = "太郎はりんごを三つ食べた" * 2_000
    assert rule(long, [long]) == 1.0
    assert rule(long, ["猫"]) == 0.0
    assert rule(long, [long[:12_000]]) == pytest.approx(2 / 3, abs=0.005)


def common_subsequence(one: str, other: str) -> int:
    """The textbook's table."""
    row = [0] * (len(other) + 1)
    for a in one:
        above = row[:]
        for j, b in enumerate(other, 1):
            row[j] = above[j - 1] + 1 if a == b else max(above[j], row[j - 1])
    return row[-1]


@given(one=st.text("あいう", min_size=1, max_size=30), other=st.text("あいう", min_size=1, max_size=30))
def test_the_fuzzy_ratio_is_the_indel_similarity_in_whole_per_cents(one: str, other: str) -> None:
    length = len(one) + len(other)
    changes = length - 2 * common_subsequence(one, other)
    # Levenshtein.ratio (0.21 to 0.27) takes the quotient from 1, which decides how some halves are rounded.
    assert metrics.fuzzy_ratio(one, [other]) == round(100 * (1 - changes / length)) / 100


def test_a_half_per_cent_is_rounded_as_levenshtein_does() -> None:
    """Lengths and changes for which (L − d) / L and 1 − d / L are rounded apart: 34 below 420 characters."""
    halves = [(length, changes) for length in range(2, 420, 2) for changes in range(2, length, 2)]
    apart = [
        (length, changes)
        for length, changes in halves
        if round(100 * (length - changes) / length) != round(100 * (1 - changes / length))
    ]
    assert len(apart) == 34
    for length, changes in apart:
        shared = "あ" * ((length - changes) // 2)
        assert metrics.fuzzy_ratio(shared + "い" * changes, [shared]) == round(100 * (1 - changes / length)) / 100


@given(st.lists(st.text("東京都アイabcXYZ012", min_size=1, max_size=5), min_size=1, max_size=5), st.randoms())
def test_order_of_words_case_and_marks_are_nothing_to_the_token_sort_ratio(
    parts: list[str], chance: random.Random
) -> None:
    mixed = [part.swapcase() for part in parts]
    chance.shuffle(mixed)
    assert metrics.token_sort_ratio("、".join(mixed) + "。", [" ".join(parts)]) == 1.0


@given(text=texts, latin=st.text([chr(point) for point in range(128, 256)], max_size=3))
def test_latin_1_beyond_ascii_is_nothing_to_the_token_sort_ratio(text: str, latin: str) -> None:
    assert metrics.token_sort_ratio(text + latin, [text]) == 1.0


@given(st.text(max_size=30), st.text(max_size=30), st.randoms())
def test_order_of_characters_is_nothing_to_the_character_f1(one: str, other: str, chance: random.Random) -> None:
    mixed = list(one)
    chance.shuffle(mixed)
    assert metrics.character_f1("".join(mixed), [other]) == metrics.character_f1(one, [other])


@given(st.text("東京都 " + string.ascii_letters), st.text("東京都 " + string.ascii_letters))
def test_case_blanks_and_a_last_full_stop_are_nothing_to_jglue(one: str, other: str) -> None:
    assert metrics.jglue(f"{one.upper()}。", [other]) == metrics.jglue(f" {one.lower()} ", [other])


@pytest.mark.parametrize(
    ("response", "gold", "llm_jp_eval", "nejumi"),
    [
        ("東京都\n\n説明です。", "東京都", (1.0, 1.0), (1.0, 1.0)),
        ("東京都\n", "東京都", (1.0, 0.0), (1.0, 1.0)),
        ("答え:東京都", "東京都", (0.67, 0.0), (1.0, 1.0)),
        ("ＪＲ東日本", "JR東日本", (1.0, 1.0), (1.0, 0.0)),
        ("'東京'", "東京", (1.0, 0.0), (1.0, 1.0)),
        ("", "東京", (0.0, 0.0), (0.0, 0.0)),
    ],
)
def test_what_llm_jp_eval_and_nejumi_do_to_a_response(
    response: str, gold: str, llm_jp_eval: tuple[float, float], nejumi: tuple[float, float]
) -> None:
    keys = ("token_sort_ratio", "exact_match")
    doc = {"answer": gold}
    assert metrics.process_results_llm_jp_eval(doc, [response]) == dict(zip(keys, llm_jp_eval, strict=True))
    assert metrics.process_results_nejumi(doc, [response]) == dict(zip(keys, nejumi, strict=True))


def test_flexeval_takes_a_response_as_it_is() -> None:
    doc = {"answers": ["東京都", "東京"]}
    assert metrics.process_results_flexeval(doc, ["東京\n"]) == {"fuzzy_ratio": 0.8, "exact_match": 0.0}

"""F1 over MeCab tokens as jp-stable scores JSQuAD."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.japanese.tokens import wakati, words
from jaeval.metrics import token_f1

PIECES = [
    "東京",
    "都",
    "です",
    "。",
    "、",
    "「",
    "」",
    "は",
    "1990年",
    "4月",
    "Ａ",
    "a",
    " ",
    "　",
    "\n",
    "👍",
    "%",
    "\x01",
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))

# Prediction, golds, exact match and F1, as `lm_eval/jasquad/evaluate.py` (with fugashi 1.5.2) gives them.
PUBLISHED = [
    ("東京都", ["東京都"], 1.0, 1.0),
    ("東京都です。", ["東京都"], 0.0, 0.8),
    ("答えは東京都です", ["東京都", "東京"], 0.0, 0.5714285714285715),
    ("京都", ["東京都"], 0.0, 0.0),
    ("ＪＲ東日本", ["JR東日本"], 1.0, 1.0),
    ("jr東日本", ["JR東日本"], 0.0, 0.6666666666666666),
    ("1990年 4月", ["1990年4月"], 1.0, 1.0),
    ("約３０００人", ["3000人"], 0.0, 0.8),
    ("", ["東京"], 0.0, 0.0),
    ("東京", ["。"], 0.0, 0.0),
    ("りんご👍", ["りんご"], 1.0, 1.0),
    ("「吾輩は猫である」", ["吾輩は猫である"], 0.0, 1.0),
    ("スーパーーマン", ["スーパーマン"], 1.0, 1.0),
    ("3.5パーセント", ["3.5%"], 0.0, 0.8),
    ("国立 国会図書館", ["国立国会図書館"], 1.0, 1.0),
    ("その会社は去年の春に新しい部品を倉庫へ運んだ。", ["去年の春、会社は部品を倉庫に運んだ。"], 0.0, 0.88),
    ("猫が猫を追い、猫が逃げた。", ["猫が犬を追い、犬が逃げた。"], 0.0, 0.7777777777777778),
    ("売上高は3.5倍になった. 利益は2.1倍になった.", ["利益は2.1倍、売上高は3.5倍になった."], 0.0, 0.9032258064516129),
    ("Tokyo  tower", ["tokyo tower"], 0.0, 0.5),
    ("Café 3×4", ["cafe 34"], 0.0, 0.0),
    ("田中、佐藤", ["佐藤、田中"], 0.0, 1.0),
]


@pytest.mark.parametrize(("prediction", "golds", "match", "f1"), PUBLISHED)
def test_the_published_scores(prediction: str, golds: list[str], match: float, f1: float) -> None:
    assert token_f1.process_results({"answers": golds}, [prediction]) == {"exact_match": match, "f1": f1}


def test_an_answer_of_marks_matches_but_has_no_f1() -> None:
    assert token_f1.process_results({"answers": ["。"]}, ["。"]) == {"exact_match": 1.0, "f1": 0.0}
    assert token_f1.process_results({"answers": [""]}, [""]) == {"exact_match": 1.0, "f1": 0.0}


@given(texts)
def test_a_text_with_tokens_has_1_with_itself(text: str) -> None:
    assert token_f1.jpstable(text, [text]) == (1.0 if token_f1.tokens(text) else 0.0)


@given(one=texts, other=texts)
def test_the_score_is_symmetric_and_bounded(one: str, other: str) -> None:
    score = token_f1.jpstable(one, [other])
    assert score == pytest.approx(token_f1.jpstable(other, [one]), abs=1e-15)
    assert 0 <= score <= 1
    assert (score == 0) == set(token_f1.tokens(one)).isdisjoint(token_f1.tokens(other))


@given(prediction=texts, golds=st.lists(texts, min_size=1, max_size=4))
def test_the_best_gold_counts(prediction: str, golds: list[str]) -> None:
    assert token_f1.jpstable(prediction, golds) == max(token_f1.jpstable(prediction, [gold]) for gold in golds)


@given(st.lists(st.sampled_from("abcde"), min_size=1), st.lists(st.sampled_from("abcde"), min_size=1), st.randoms())
def test_a_bag_has_no_order(one: list[str], other: list[str], chance: random.Random) -> None:
    mixed = one.copy()
    chance.shuffle(mixed)
    assert token_f1.bag_f1(mixed, other) == token_f1.bag_f1(one, other)


def test_a_bag_counts_repetitions() -> None:
    assert token_f1.bag_f1("aab", "abb") == pytest.approx(2 / 3)
    assert token_f1.bag_f1("", "") == token_f1.bag_f1("a", "") == token_f1.bag_f1("", "a") == 0.0


@given(texts)
def test_white_space_at_the_ends_and_emoji_change_nothing(text: str) -> None:
    assert token_f1.tokens(f" \n{text}\u3000👍 ") == token_f1.tokens(text)


def test_lone_surrogates_are_characters() -> None:
    assert token_f1.jpstable("猫\ud800", ["猫\ud800"]) == 1.0
    assert token_f1.jpstable("\ud800", ["東京"]) == 0.0


def test_a_very_long_text() -> None:
    sentence = "太郎はりんごを三つ食べた。"
    assert token_f1.jpstable(sentence * 5_000, [sentence * 5_000]) == 1.0
    assert token_f1.jpstable(sentence * 5_000, [sentence]) == pytest.approx(2 / 5001)


def test_golds_are_needed_and_are_a_list() -> None:
    with pytest.raises(ValueError, match="without golds"):
        token_f1.jpstable("東京", [])
    with pytest.raises(TypeError, match="not one text"):
        token_f1.jpstable("東京", "東京")


@given(texts)
def test_wakati_is_fugashis(text: str) -> None:
    import fugashi
    import unidic_lite

    global _TAGGER
    _TAGGER = _TAGGER or fugashi.Tagger(f'-r "{unidic_lite.DICDIR}/mecabrc" -d "{unidic_lite.DICDIR}" -Owakati')
    safe = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    assert wakati(text) == _TAGGER.parse(safe).split()


_TAGGER = None


def test_wakati_and_words_agree_but_for_control_characters() -> None:
    text = "去年の春、\n太郎は　りんごを三つ食べた。\tそれから？"
    assert wakati(text) == words(text)
    assert (wakati("猫\x01犬"), words("猫\x01犬")) == (["猫", "\x01", "犬"], ["猫", "犬"])
    assert (wakati("猫\0犬"), words("猫\0犬")) == (["猫"], ["猫", "犬"])


def test_what_is_remembered_cannot_be_changed_from_outside() -> None:
    for cut in (words, wakati):
        cut("東京タワー").append("鳥")
        assert cut("東京タワー") == ["東京", "タワー"]

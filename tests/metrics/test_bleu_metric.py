"""Corpus BLEU: sacrebleu's numbers, with jaeval's tokens and with sacrebleu's own."""

from __future__ import annotations

import json
import math
import sys
import time
from importlib.metadata import version
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU

from jaeval.errors import TaskError
from jaeval.japanese import words
from jaeval.metrics import bleu, bleu_ja_mecab, ja_mecab
from jaeval.results.aggregate import estimate

PIECES = ["猫", "犬", "が", "を", "追う", "逃げた", "。", ".", "、", "東京", "都", " ", "　", "\n", "A", "👍"]
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

# Prediction, golds and sentence BLEU by sacrebleu 2.6.0, `BLEU(tokenize="ja-mecab", effective_order=True)`.
PUBLISHED = [
    ("東京都です。", ["東京都"], 0.31947155212313627),
    ("答えは東京都です", ["東京都", "東京"], 0.21364350319811698),
    ("京都", ["東京都"], 0.0),
    ("jr東日本", ["JR東日本"], 0.49999999999999994),
    ("約３０００人", ["3000人"], 0.08116697886877475),
    ("", ["東京"], 0.0),
    ("東京", [""], 0.0),
    ("「吾輩は猫である」", ["吾輩は猫である"], 0.6147881529512643),
    ("その会社は去年の春に新しい部品を倉庫へ運んだ。", ["去年の春、会社は部品を倉庫に運んだ。"], 0.2490328638846774),
    ("猫が猫を追い、猫が逃げた。", ["猫が犬を追い、犬が逃げた。"], 0.3781790427652475),
]


@pytest.fixture
def published() -> ModuleType:
    """BLEU with the IPA dictionary, or skip."""
    for name in ("MeCab", "ipadic"):
        pytest.importorskip(name, reason="needs jaeval[bleu-ipadic]")
    return bleu_ja_mecab


@pytest.mark.parametrize(("prediction", "golds", "score"), PUBLISHED)
def test_sentence_bleu_is_sacrebleus(prediction: str, golds: list[str], score: float, published: ModuleType) -> None:
    assert published.sentence_bleu(prediction, golds) == score


def test_corpus_bleu_is_sacrebleus(published: ModuleType) -> None:
    predictions = [prediction for prediction, _, _ in PUBLISHED]
    golds = [golds[0] for _, golds, _ in PUBLISHED]
    upstream = BLEU(tokenize="ja-mecab")
    score = upstream.corpus_score(predictions, [golds]).score
    items = [published.statistics(*pair) for pair in zip(predictions, ([gold] for gold in golds), strict=True)]
    assert published.corpus_bleu(items) == score / 100
    assert 0.2 < score / 100 < 0.9
    assert {item[-1] for item in items} == {str(upstream.get_signature())}


def test_the_items_of_a_task_give_the_corpus_score(published: ModuleType) -> None:
    for rule in (bleu, published):
        doc = {"answers": ["猫が犬を追い、犬が逃げた。", "猫が犬を追う。"]}
        (value,) = rule.process_results(doc, ["猫が犬を追う。"]).values()
        assert value[:2] == (6, 6)
        assert value[2:6] == value[6:10] == (6, 5, 4, 3)
        assert value[10] == rule.signature(2)
        assert rule.corpus_bleu([value, value]) == 1.0


@given(st.lists(st.tuples(texts, st.lists(texts, min_size=2, max_size=2)), min_size=1, max_size=6))
def test_over_jaevals_tokens_it_is_sacrebleus_too(pairs: list[tuple[str, list[str]]]) -> None:
    upstream = BLEU(tokenize="none", force=True)
    cut = [[" ".join(words(text)) for text in (prediction, *golds)] for prediction, golds in pairs]
    predictions, *references = (list(column) for column in zip(*cut, strict=True))
    score = upstream.corpus_score(predictions, references).score
    items = [bleu.statistics(*pair) for pair in pairs]
    assert bleu.corpus_bleu(items) == min(score / 100, 1.0)
    signature = str(upstream.get_signature()).replace("tok:none", f"tok:mecab-unidic_lite-{version('unidic-lite')}")
    assert {item[-1] for item in items} == {signature}


@given(prediction=texts, golds=st.lists(texts, min_size=1, max_size=3))
def test_sentence_bleu_has_bounds_and_1_for_a_gold(prediction: str, golds: list[str]) -> None:
    assert 0 <= bleu.sentence_bleu(prediction, golds) <= 1
    if words(prediction):
        assert bleu.sentence_bleu(prediction, [*golds, prediction]) == pytest.approx(1.0)
        assert bleu.sentence_bleu(prediction, ["鶴"]) == 0.0


def test_texts_that_share_nothing_have_0_and_no_items_no_score() -> None:
    assert bleu.corpus_bleu([bleu.statistics("猫が鳴いた", ["東京都"])]) == 0.0
    assert bleu.corpus_bleu([bleu.statistics("", [""])]) == 0.0
    assert math.isnan(bleu.corpus_bleu([]))


def test_scores_with_different_tokenizers_are_not_mixed(published: ModuleType) -> None:
    items = [bleu.statistics("東京都", ["東京都"]), published.statistics("東京都", ["東京都"])]
    with pytest.raises(ValueError, match=r"several kinds.*tok:ja-mecab.*tok:mecab-unidic_lite"):
        bleu.corpus_bleu(items)


def test_the_number_of_golds_may_vary() -> None:
    text = "猫が犬を追い、犬が逃げた。"
    assert bleu.corpus_bleu([bleu.statistics(text, [text]), bleu.statistics(text, ["猫", text])]) == 1.0


def test_items_come_back_from_json() -> None:
    texts_ = ["猫が犬を追い、犬が逃げた。", "太郎はりんごを三つ食べた。"]
    items = [bleu.statistics(f"{text}はい。", [text]) for text in texts_]
    stored = json.loads(json.dumps(items))
    found = estimate(stored, "jaeval.metrics.bleu.corpus_bleu", "a task")
    assert found.value == bleu.corpus_bleu(items)
    assert found.stderr is not None
    assert found.low is not None
    assert found.low <= found.value <= (found.high or 0)


def test_a_thousand_resamples_of_a_thousand_items_are_quick() -> None:
    items = [bleu.statistics("猫が犬を追い、犬が逃げた。", ["猫が犬を追う。"])] * 1000
    start = time.process_time()
    for _ in range(1000):
        bleu.corpus_bleu(items)
    assert time.process_time() - start < 5, "0.4 s measured on one core"


@pytest.mark.parametrize("rule", [bleu, bleu_ja_mecab])
def test_golds_are_needed_and_are_a_list(rule: ModuleType) -> None:
    if rule is bleu_ja_mecab:
        pytest.importorskip("MeCab", reason="needs jaeval[bleu-ipadic]")
    for function in (rule.statistics, rule.sentence_bleu):
        with pytest.raises(ValueError, match="without golds"):
            function("東京", [])
        with pytest.raises(TypeError, match="not one text"):
            function("東京", "東京")


def test_lone_surrogates_and_very_long_texts(published: ModuleType) -> None:
    for rule in (bleu, published):
        assert rule.sentence_bleu("猫\ud800犬", ["猫\ud800犬"]) == pytest.approx(1.0)
        long = "太郎はりんごを三つ食べた。" * 3_000
        assert rule.sentence_bleu(long, [long]) == pytest.approx(1.0)


@pytest.mark.parametrize("missing", ["MeCab", "ipadic"])
def test_a_missing_tokenizer_is_an_error_that_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MeCab", "ipadic"):
        monkeypatch.setitem(sys.modules, name, None if name == missing else ModuleType(name))
    monkeypatch.delattr(ja_mecab._OWN, "tokenizer", raising=False)
    ja_mecab.ja_mecab.cache_clear()
    with pytest.raises(TaskError, match=rf"needs {missing}.*pip install 'jaeval\[bleu-ipadic\]'"):
        bleu_ja_mecab.process_results({"answer": "東京都"}, ["東京都"])


def test_the_tokens_are_sacrebleus(published: ModuleType) -> None:
    from sacrebleu.tokenizers.tokenizer_ja_mecab import TokenizerJaMecab

    upstream = TokenizerJaMecab()
    for text in [
        "",
        " 東京 都 ",
        "太郎は三百円のりんごを食べた。\n\nそれから？",
        "A.B 3.5",
        *(p for p, _, _ in PUBLISHED),
    ]:
        assert ja_mecab.ja_mecab(text) == upstream(text)

"""ROUGE over MeCab tokens: jaeval's rule, the one of Sakana, jp-stable and lm-eval, and flexeval's."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics import rouge, rouge_flexeval, rouge_sakana

PIECES = ["猫", "犬", "が", "を", "追う", "。", ".", "、", "3.5", "東京", "都", " ", "　", "\n", "A", "👍", "\ud800"]
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
NAMES = ("rouge1", "rouge2", "rougeL")

# Prediction, gold, ROUGE-1, -2 and -L by `rouge_ja`'s scorer (rouge_score 0.1.2, fugashi 1.5.2), and by flexeval's
# ROUGE (rouge 1.0.1, sacrebleu 2.6.0).
PUBLISHED = [
    ("東京都", "東京都", (1.0, 1.0, 1.0), (0.999999995, 0.999999995, 0.999999995)),
    (
        "東京都です。",
        "東京都",
        (0.6666666666666666, 0.5, 0.6666666666666666),
        (0.6666666622222223, 0.4999999962500001, 0.6666666622222223),
    ),
    ("京都", "東京都", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ("ＪＲ東日本", "JR東日本", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)),
    ("約３０００人", "3000人", (0.8, 0.6666666666666666, 0.8), (0.33333332888888895, 0.0, 0.33333332888888895)),
    ("。", "。", (1.0, 0.0, 1.0), (0.999999995, 0.0, 0.999999995)),
    ("", "東京", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ("りんご👍", "りんご", (1.0, 0.0, 1.0), (0.6666666622222223, 0.0, 0.6666666622222223)),
    ("スーパーーマン", "スーパーマン", (1.0, 0.0, 1.0), (0.0, 0.0, 0.0)),
    (
        "その会社は去年の春に新しい部品を倉庫へ運んだ。",
        "去年の春、会社は部品を倉庫に運んだ。",
        (0.8571428571428571, 0.5384615384615384, 0.6428571428571429),
        (0.8571428521683674, 0.5384615334911242, 0.6428571378826532),
    ),
    (
        "猫が猫を追い、猫が逃げた。",
        "猫が犬を追い、犬が逃げた。",
        (0.8181818181818182, 0.6, 0.8181818181818182),
        (0.9411764656055364, 0.6315789423822715, 0.9411764656055364),
    ),
    (
        "売上高は3.5倍になった. 利益は2.1倍になった.",
        "利益は2.1倍、売上高は3.5倍になった.",
        (0.8717948717948718, 0.8108108108108107, 0.5641025641025642),
        (0.959999995008, 0.8888888838957477, 0.959999995008),
    ),
    ("田中、佐藤", "佐藤、田中", (1.0, 0.0, 0.3333333333333333), (0.999999995, 0.0, 0.3333333283333334)),
]


@pytest.fixture
def flexeval() -> ModuleType:
    """The rule that needs the IPA dictionary, or skip."""
    for name in ("MeCab", "ipadic"):
        pytest.importorskip(name, reason="needs jaeval[bleu-ipadic]")
    return rouge_flexeval


def three(rule: ModuleType, prediction: str, golds: list[str]) -> tuple[float, ...]:
    return rule.rouge1(prediction, golds), rule.rouge2(prediction, golds), rule.rouge_l(prediction, golds)


@pytest.mark.parametrize(("prediction", "gold", "sakana", "_"), PUBLISHED)
def test_sakanas_scores(prediction: str, gold: str, sakana: tuple[float, ...], _: object) -> None:
    assert three(rouge_sakana, prediction, [gold]) == sakana
    assert rouge_sakana.process_results({"answer": gold}, [prediction]) == dict(zip(NAMES, sakana, strict=True))
    assert rouge_sakana.process_results_rouge2({"answer": gold}, [prediction]) == {"rouge2": sakana[1]}


@pytest.mark.parametrize(("prediction", "gold", "_", "scores"), PUBLISHED)
def test_flexevals_scores(
    prediction: str, gold: str, _: object, scores: tuple[float, ...], flexeval: ModuleType
) -> None:
    assert three(flexeval, prediction, [gold]) == scores
    assert flexeval.process_results({"answer": gold}, [prediction]) == dict(zip(NAMES, scores, strict=True))


@pytest.mark.parametrize("rule", [rouge, rouge_sakana])
@given(prediction=texts, golds=st.lists(texts, min_size=1, max_size=3))
def test_the_numbers_are_rouge_scores(rule: ModuleType, prediction: str, golds: list[str]) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    class Tokenizer:
        def tokenize(self, text: str) -> list[str]:
            return rule.tokens(text)  # type: ignore[no-any-return]

    upstream = RougeScorer(list(NAMES), tokenizer=Tokenizer()).score_multi(golds, prediction)
    assert three(rule, prediction, golds) == tuple(upstream[name].fmeasure for name in NAMES)


@pytest.mark.parametrize("rule", [rouge, rouge_sakana])
@given(one=texts, other=texts)
def test_identity_symmetry_and_bounds(rule: ModuleType, one: str, other: str) -> None:
    length = len(rule.tokens(one))
    assert three(rule, one, [one]) == (float(length > 0), float(length > 1), float(length > 0))
    scores = three(rule, one, [other])
    assert all(0 <= score <= 1 for score in scores)
    assert scores == pytest.approx(three(rule, other, [one]), abs=1e-15)
    assert scores[2] <= scores[0]


@pytest.mark.parametrize("rule", [rouge, rouge_sakana])
def test_texts_without_a_common_token_have_0(rule: ModuleType) -> None:
    assert three(rule, "猫が鳴いた", ["東京都"]) == three(rule, "", [""]) == three(rule, "猫", [""]) == (0.0, 0.0, 0.0)


def test_jaevals_rule_takes_width_for_nothing_and_keeps_emoji() -> None:
    assert three(rouge, "ＪＲ東日本１２", ["JR東日本12"]) == (1.0, 1.0, 1.0)
    assert rouge.rouge1("りんご👍", ["りんご"]) < 1.0


def test_order_moves_rouge_l_only() -> None:
    assert rouge.rouge1("田中、佐藤", ["佐藤、田中"]) == 1.0
    assert rouge.rouge_l("田中、佐藤", ["佐藤、田中"]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("rule", [rouge, rouge_sakana])
def test_the_best_gold_counts_for_each_measure(rule: ModuleType) -> None:
    golds = ["東京都です。", "大阪", "東京"]
    singly = [three(rule, "東京都", [gold]) for gold in golds]
    assert three(rule, "東京都", golds) == tuple(max(scores) for scores in zip(*singly, strict=True))


@pytest.mark.parametrize("rule", [rouge, rouge_sakana, rouge_flexeval])
def test_golds_are_needed_and_are_a_list(rule: ModuleType) -> None:
    if rule is rouge_flexeval:
        pytest.importorskip("MeCab", reason="needs jaeval[bleu-ipadic]")
    for measure in (rule.rouge1, rule.rouge2, rule.rouge_l):
        with pytest.raises(ValueError, match="without golds"):
            measure("東京", [])
        with pytest.raises(TypeError, match="not one text"):
            measure("東京", "東京")


@pytest.mark.parametrize("rule", [rouge, rouge_sakana])
def test_a_very_long_text(rule: ModuleType) -> None:
    sentence = "太郎はりんごを三つ食べた。"
    assert three(rule, sentence * 1_000, [sentence * 1_000]) == (1.0, 1.0, 1.0)


def test_flexeval_takes_the_first_gold_only(flexeval: ModuleType) -> None:
    assert three(flexeval, "東京都", ["大阪", "東京都"]) == (0.0, 0.0, 0.0)


def test_flexeval_counts_a_repeated_word_once(flexeval: ModuleType) -> None:
    assert flexeval.rouge1("猫猫猫猫猫犬", ["猫犬"]) == 0.999999995


def test_flexeval_takes_a_response_without_tokens_for_one_empty_word(flexeval: ModuleType) -> None:
    """Which a gold has as well, where two full stops stand apart."""
    for empty in ("", " ", "."):
        assert three(flexeval, empty, ["東京. .日本"]) == (0.4999999962500001, 0.0, 0.4999999962500001)


def test_flexeval_where_upstream_breaks_off(flexeval: ModuleType) -> None:
    assert three(flexeval, "東京", [" "]) == three(flexeval, "..", ["東京"]) == (0.0, 0.0, 0.0)
    long = "太郎はりんごを三つ食べた。" * 150  # more tokens than Python's recursion limit
    assert three(flexeval, long, [long]) == (0.999999995, 0.999999995, 0.999999995)


@given(one=texts, other=texts)
def test_flexevals_bounds(one: str, other: str) -> None:
    for name in ("MeCab", "ipadic"):
        pytest.importorskip(name, reason="needs jaeval[bleu-ipadic]")
    assert all(0 <= score <= 1 for score in three(rouge_flexeval, one, [other]))


def walk_back(gold: str, prediction: str) -> set[str]:
    """The words of the longest common subsequence as the published code finds them, with a table."""
    table = [[0] * (len(prediction) + 1) for _ in range(len(gold) + 1)]
    for i, a in enumerate(gold, 1):
        for j, b in enumerate(prediction, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if a == b else max(table[i - 1][j], table[i][j - 1])
    i, j, found = len(gold), len(prediction), set()
    while i and j:
        if gold[i - 1] == prediction[j - 1]:
            found.add(gold[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] > table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return found


@given(gold=st.text("abcdefg", max_size=40), prediction=st.text("abcdefg", max_size=40))
def test_of_equally_long_subsequences_the_published_one_is_taken(gold: str, prediction: str) -> None:
    assert rouge_flexeval.subsequence_words(gold, prediction) == walk_back(gold, prediction)

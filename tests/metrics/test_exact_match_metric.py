"""Exact match, rule by rule: literal verdicts of the published rules, and what each rule promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lm_eval.api.metrics import exact_match_hf_evaluate

from jaeval.japanese import UnreadableNumber
from jaeval.metrics import exact_match, normalisation
from jaeval.metrics.golds import golds_of

Rule = Callable[[str, Sequence[str]], float]

PIECES = [
    *["東京", "都", "です", "。", "！", "、", "・", "=", "-", "ー", "～", "「", "」", "『", "』", "(", ")", "（", "）"],
    *[
        "A",
        "ａ",
        "１",
        "1",
        ".",
        "'",
        '"',
        " ",
        "　",
        "\n",
        "\n\n",
        "\t",
        "\0",
        "ｶﾞ",
        "㈱",
        "é",
        "👍",
        "🇯🇵",
        "✓",
        "\ud800",
    ],
    *["答え:", "回答:", "応答："],
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))

SYMMETRIC: list[Rule] = [
    exact_match.strict,
    exact_match.lm_eval,
    exact_match.jpstable,
    exact_match.jglue,
    exact_match.flexeval_aio,
]
RULES: list[Rule] = [*SYMMETRIC, exact_match.llm_jp_eval, exact_match.swallow, exact_match.nejumi]

# strict, lm_eval, jpstable, jglue, flexeval_aio, llm_jp_eval, swallow, nejumi: as the published code answers.
VERDICTS = [
    ("東京都", "東京都", "11111111"),
    ("東京都\n", "東京都", "01111011"),
    ("東京都\n\n日本の首都です。", "東京都", "00000111"),
    ("東京都。", "東京都", "00010000"),
    ("東京都。 ", "東京都", "00000000"),
    ("「東京都」", "東京都", "00001000"),
    ("東京 都", "東京都", "00101000"),
    ("ＪＲ東日本", "JR東日本", "00101110"),
    ("ＪＲ東日本", "jr東日本", "00001001"),
    ("jr東日本", "JR東日本", "00011000"),
    ("蛹化(ようか)", "蛹化", "00001000"),
    ("りんご👍", "りんご", "00100000"),
    ("スーパーーマン", "スーパーマン", "00100000"),
    ("ジョン・スミス", "ジョンスミス", "00001000"),
    ("答え:東京都", "東京都", "00000001"),
    ("'東京都'", "東京都", "00000001"),
    ("１２３", "123", "00101111"),
    ("", "", "11111111"),
    ("", "東京都", "00000000"),
    ("京都", "東京都", "00000000"),
]


@pytest.mark.parametrize(("prediction", "gold", "verdicts"), VERDICTS)
def test_the_published_verdicts(prediction: str, gold: str, verdicts: str) -> None:
    assert "".join(str(int(rule(prediction, [gold]))) for rule in RULES) == verdicts


@pytest.mark.parametrize("rule", RULES)
@given(prediction=texts, golds=st.lists(texts, min_size=1, max_size=3))
def test_a_match_with_any_gold_is_1_and_none_0(rule: Rule, prediction: str, golds: list[str]) -> None:
    assert rule(prediction, golds) == max(rule(prediction, [gold]) for gold in golds)
    assert rule(prediction, golds) in (0.0, 1.0)


@pytest.mark.parametrize("rule", SYMMETRIC)
@given(one=texts, other=texts)
def test_a_text_matches_itself_and_order_does_not_matter(rule: Rule, one: str, other: str) -> None:
    assert rule(one, [one]) == 1.0
    assert rule(one, [other]) == rule(other, [one])


@pytest.mark.parametrize("rule", RULES)
def test_golds_are_needed_and_are_a_list(rule: Rule) -> None:
    with pytest.raises(ValueError, match="without golds"):
        rule("東京", [])
    with pytest.raises(TypeError, match="not one text"):
        rule("東京", "東京")


@pytest.mark.parametrize("rule", RULES)
def test_a_very_long_text_is_compared(rule: Rule) -> None:
    long = "東京都の人口は増えた。" * 20_000
    assert rule(long, [long]) == 1.0
    assert rule(long, [long + "大阪"]) == 0.0


@given(prediction=texts, gold=texts)
@example(prediction="東京 \0", gold="東京")
@example(prediction="東京\0", gold="東京\n")
def test_lm_evals_rule_is_lm_evals(prediction: str, gold: str) -> None:
    upstream = exact_match_hf_evaluate([prediction], [gold], regexes_to_ignore=[r"^\s+", r"\s+$"])
    assert exact_match.lm_eval(prediction, [gold]) == upstream["exact_match"]


@given(text=texts, before=st.text(" \n　\t"), after=st.text(" \n　\t"))
def test_white_space_at_the_ends_is_nothing_to_lm_eval_and_jpstable(text: str, before: str, after: str) -> None:
    for rule in (exact_match.lm_eval, exact_match.jpstable):
        assert rule(before + text + after, [text]) == 1.0


@given(text=texts.filter(lambda text: not text.endswith("。")), end=st.text("。"))
def test_full_stops_at_the_end_and_case_are_nothing_to_jglue(text: str, end: str) -> None:
    assert exact_match.jglue(text.lower() + end, [text.lower()]) == 1.0
    assert exact_match.jglue(text.upper().lower(), [text.upper()]) == 1.0


@given(st.text("東京都ひらカナabcXYZ012", max_size=8), st.text("東京都ひらカナabcXYZ012", max_size=8))
def test_blanks_brackets_and_case_are_nothing_to_the_aio_rule(one: str, other: str) -> None:
    assert exact_match.flexeval_aio(f"「{one}」 ・{other.swapcase()}(読み)", [one + other]) == 1.0


@given(answer=st.text("東京都ひらカナ012", min_size=1), rest=texts)
def test_what_follows_a_blank_line_is_nothing_to_llm_jp_evals_family(answer: str, rest: str) -> None:
    for rule in (exact_match.llm_jp_eval, exact_match.swallow):
        assert rule(f"{answer}\n\n{rest}", [answer]) == 1.0


@given(st.text("東京都 ＡＢ１２　ｶﾞ", max_size=8))
def test_width_is_nothing_where_nfkc_is_applied(text: str) -> None:
    narrow = normalisation.nfkc(text)
    assert exact_match.llm_jp_eval(text, [narrow]) == exact_match.llm_jp_eval(narrow, [text]) == 1.0


def test_dingbats_and_flags_are_emoji_to_jpstable() -> None:
    assert normalisation.jpstable("✓東京🇯🇵タワー❶") == "東京タワー"
    assert normalisation.jpstable("東京①") == "東京①"


def test_neologdn_is_one_that_straightens_quotation_marks() -> None:
    """From 0.5.5 on. With an older one, scores could differ from machine to machine."""
    assert normalisation.jpstable("“防衛部隊”") == '"防衛部隊"'


@pytest.mark.parametrize(
    ("prediction", "gold", "right"),
    [
        ("答えは1,800円です。", "1800", 1.0),
        ("答えは1,800円です。", "1800円", 1.0),
        ("１８", "18", 1.0),
        ("18個", "18", 1.0),
        ("18個", "18円", 0.0),
        ("75億円", "7,500百万円", 1.0),
        ("3割2分", "32%", 1.0),
        ("50%", "0.5", 0.0),
        ("△4.2%", "-4.2%", 1.0),
        ("まず10円、次に20円です。", "10", 0.0),
        ("約18個", "18", 0.0),
        ("十八", "18", 1.0),
        ("わかりません", "18", 0.0),
        ("", "18", 0.0),
        ("18\ud800", "18", 1.0),
    ],
)
def test_numbers_match_by_value_and_unit(prediction: str, gold: str, right: float) -> None:
    assert exact_match.numeric(prediction, [gold]) == right


def test_a_missing_unit_can_be_held_against_an_answer() -> None:
    assert exact_match.numeric("18", ["18個"], allow_missing_unit=False) == 0.0
    assert exact_match.numeric("18個", ["18個"], allow_missing_unit=False) == 1.0


def test_a_gold_that_is_no_number_is_an_error_and_not_a_wrong_answer() -> None:
    with pytest.raises(UnreadableNumber):
        exact_match.numeric("18", ["18", "18か19"])
    with pytest.raises(ValueError, match="without golds"):
        exact_match.numeric("18", [])


@given(number=st.integers(-(10**12), 10**12), before=st.sampled_from(["", "答えは", "計算すると、", "3個と4個で "]))
def test_a_number_matches_however_it_is_written(number: int, before: str) -> None:
    wide = str(number).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    for written in (str(number), f"{number:,}", wide):
        assert exact_match.numeric(f"{before}{written}です。", [str(number)]) == 1.0
        assert exact_match.numeric(f"{before}{written}です。", [str(number + 1)]) == 0.0


def test_the_golds_of_a_document() -> None:
    assert golds_of({"answers": ["東京", "東京都"], "answer": "大阪"}) == ["東京", "東京都"]
    assert golds_of({"answer": "大阪"}) == ["大阪"]
    with pytest.raises(KeyError):
        golds_of({"target": "大阪"})


def test_what_a_task_gets() -> None:
    doc = {"answers": ["18", "十八"]}
    assert exact_match.process_results(doc, ["十八"]) == {"exact_match": 1.0}
    assert exact_match.process_results_numeric(doc, ["全部で18個です。"]) == {"numeric_match": 1.0}

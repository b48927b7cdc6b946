"""The reader of letters against cases decided by hand, and what holds of any response."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.metrics import asked_letter
from jaeval.metrics.asked_letter import LETTERS, read_letter

CITIES = ["東京", "大阪", "京都", "奈良"]
# Decided by hand: what a person who reads the response takes for the answer, where the choices are CITIES.
READ_AS_B = {
    "the letter": [
        "B",
        "Ｂ",
        "(B)",
        "（Ｂ）",
        "B.",
        "B。",
        "**B**",
        "「B」",
        "【B】",
        "Ⓑ",
        "`B`",
        "\nB\n",
        "B)",
        "- B",
    ],
    "in lower case, alone": ["b", "(b)", "b.", "ｂ", "答えはｂ", "解答: b"],
    "with a word before it": ["選択肢B", "選択肢：B", "記号：B", "選択肢Bです。", "Option B"],
    "a sentence": ["Bです。", "Bだと思います。", "おそらくBです。", "最も適切なのはBです。", "誤っているのはBである。"],
    "with the choice": [
        "B. 大阪",
        "B: 大阪",
        "B) 大阪",
        "B 大阪",
        "B（大阪）",
        "B「大阪」",
        "B、大阪です。",
        "Bの「大阪」です。",
    ],
    "with reasons": ["B：大阪は西日本にあります。", "B\n\n理由：Aは東、Cは内陸だからです。", "B。Aは東にある。"],
    "followed by a look at every choice": [
        "B. 大阪\n\n解説：\nA. 誤り\nB. 正しい\nC. 誤り",
        "B\n\nA: 誤り\nB: 正しい\nC: 誤り\nD: 誤り",
    ],
    "stated": [
        *[
            "答えはBです",
            "答えは、Ｂです。",
            "答え：B",
            "答え B",
            "答：B",
            "答えは\nB",
            "答え：\nB",
            "【答え】B",
            "■答え：B",
        ],
        *[
            "正解は「B」",
            "正解は(B)大阪です。",
            "正解はB：大阪です。",
            "正解はBの大阪です。",
            "回答：「B」",
            "【回答】\nB. 大阪",
        ],
        *["### 答え\n\n**B**", "正解：**B**（大阪）", "最終的な答え：B", "最終的な答えは選択肢Bです。", "### 応答:\nB"],
        *[
            "答えはBかと思います。",
            "結論：B",
            "正しい答えはBです。",
            "Bが正解です。",
            "Bが正解となります。",
            "Bを選びます。",
        ],
        *["私はBと答えます。", "選択肢Bが正しい。", "Bが最も適切です。", "答えはBが適切です。"],
    ],
    "in English": [
        *[
            "Answer: B",
            "Answer:\nB",
            "The answer is B.",
            "The correct answer is (B).",
            "Answer: option B",
            "I choose B.",
        ],
        *[
            "B is correct.",
            "So the answer is B because A is wrong.",
            "Thus, B.",
            "The answer is 'B' because A is not.",
            "I think the answer is b",
        ],
    ],
    "in LaTeX or a tag": [r"\boxed{B}", r"$\boxed{\text{B}}$", r"よって \(\boxed{B}\) です。", "<answer>B</answer>"],
    "after other letters": [
        "Aは東にあり、Cは内陸です。したがって、答えはBです。",
        "Aは違う。Cも違う。よってB。",
        "AとCは誤りなので、残るのはBです。",
        "A: 誤り\nB: 正しい\nC: 誤り\n正しいのはBです。",
        "もし答えがAだとすると矛盾する。よって、Bです。",
        "答えはAだと思ったが、地図では違う。答えはBです。",
        "AかBで迷いますが、答えはBです。",
        "答えはAではなく、Bです。",
        "正解はAではありません。正解はBです。",
        "答えはBであり、Aではありません。",
        "正解はB、Aは誤りです。",
        "Bが正解です。Aが正解だとすると矛盾するからです。",
        "The answer is A. No, the answer is B.",
        "正しくないものはBです。Aは正しい記述です。",
        "答えはBで、AとCは違います。",
        "答えはBで間違いありません。",
        "AもCも適切です。以上より、B が最も不適切である。",
        "A～Dのうち、誤っているのはBです。",
        "私の回答はBです。ただし、Aの可能性もあります。",
    ],
    "after the reasoning part": [
        "<think>Aかな。答えはCかも</think>B",
        "<think>\n答えはAです。\n</think>\n\n答えはB。",
        "答えはCです。</think>B",
    ],
    "a choice instead of the letter": [
        "大阪",
        "大阪です。",
        "「大阪」",
        "答えは大阪です。",
        "正解：**大阪**",
        "大阪\n\n西にあるからです。",
    ],
}
UNREAD = {
    "nothing": ["", " \n", "。", "<think>Bだと思う", "<think>", "B</think>"],
    "refusals": [
        "わかりません",
        "わかりません。",
        "答えはわかりません。",
        "正解はありません。",
        "すべて正しい。",
        "いずれも正しくありません。",
    ],
    "several": [
        *[
            "AかB",
            "A、B",
            "AかBです。",
            "答えはAまたはBです。",
            "AとCが正解です。",
            "答えはA、Cです。",
            "答えはABです。",
        ],
        *["Answer: A or B", "A\nB", "A\nB\nC\nD", r"\boxed{A}と\boxed{B}", "東京か大阪", "東京\n大阪", "A: B"],
    ],
    "the list of choices": [
        "A. 東京\nB. 大阪\nC. 京都\nD. 奈良",
        "A: 誤り\nB: 正しい\nC: 誤り",
        "答え:\nA: 誤り\nB: 正しい",
    ],
    "doubt": ["答えはAかもしれません。", "正解はAですか？", "答えはA？"],
    "what is not answered": [
        "Aは誤りです。",
        "Aが誤りです。",
        "Bは正解ではありません。",
        "A、Bは誤り。",
        "よって、A、Cは誤り。",
        "不正解はAです。",
    ],
    "an answer that goes on to others": [
        "回答: Aは東にあるので誤り。Bは…",
        "B。誤りなのはAです。",
        "誤りはAです。正しいのはBです。",
        "答えは以下の通りです。",
    ],
    "words and names": [
        *[
            "ATM",
            "CFP",
            "A社",
            "A社です。",
            "答えはA社です。",
            "答えはAさんです。",
            "Bank",
            "B大阪支店",
            "株式B",
            "答えは株式Bです。",
        ],
        *["ファンドAです。", "A bank is a place.", "Answer: A person who sells.", "a bank", "ABS", "A4", "3B"],
    ],
    "no such choice": ["E", "答えはEです。", "Zです。", "名古屋"],
}


@pytest.mark.parametrize("response", [text for texts in READ_AS_B.values() for text in texts])
def test_what_is_read(response: str) -> None:
    assert read_letter(response, CITIES) == "B"


@pytest.mark.parametrize("response", [text for texts in UNREAD.values() for text in texts])
def test_what_is_not_guessed(response: str) -> None:
    assert read_letter(response, CITIES) is None


@pytest.mark.parametrize(
    ("response", "choices", "letter"),
    [
        *[(response, list("１２３４"), "C") for response in ("3", "３", "（３）", "答えは3です。", "選択肢3", "C")],
        ("3番", list("１２３４"), None),
        ("×", ["○", "×"], "B"),
        ("Negative", ["positive", "negative"], "B"),
        ("positiveとは言えない", ["positive", "negative"], None),
        ("答えはアウです。", ["アイ", "アウ", "アエ"], "B"),
        ("A社の株式", ["B社の株式", "A社の株式"], "B"),
        ("答えはA社の株式です。", ["B社の株式", "A社の株式"], "B"),
        ("株式A", ["株式B", "株式A"], "B"),
        ("答えはA", ["B", "A"], "A"),  # the letter was asked for
        ("同じ", ["違う", "同じ", "同じ"], None),
        ("議決権がある。", ["満期がある。", "議決権がある。"], "B"),
        ("", ["", "空でない"], None),
        ("よって、16人です。", ["16人", "17人"], None),  # may be a step on the way
        ("F", list("アイウエオカ"), "F"),
        ("I don't know.", [str(i) for i in range(9)], None),
    ],
)
def test_choices_of_other_kinds(response: str, choices: list[str], letter: str | None) -> None:
    assert read_letter(response, choices) == letter


PIECES = [
    *[
        "A",
        "B",
        "Ｃ",
        "d",
        "答えは",
        "正解",
        "：",
        "です",
        "。",
        "\n",
        "か",
        "と",
        "ではなく",
        "わかりません",
        "したがって、",
    ],
    *[
        "<think>",
        "</think>",
        r"\boxed{",
        "}",
        "東京",
        "大阪",
        "(",
        "「",
        "**",
        " ",
        "Answer: ",
        " is ",
        "だとすると",
        "を選びます",
    ],
]
responses = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@given(responses, st.integers(1, 26))
def test_any_response_names_one_of_the_choices_or_none(response: str, count: int) -> None:
    letter = read_letter(response, [f"選択{i}" for i in range(count)])
    assert letter is None or letter in LETTERS[:count]


@given(responses, st.text().filter(lambda text: "</think>" not in text))
def test_the_reasoning_part_says_nothing(response: str, reasoning: str) -> None:
    answer = response.rpartition("</think>")[2]
    if not answer.lstrip().startswith("<think>"):
        assert read_letter(f"<think>{reasoning}</think>{answer}", CITIES) == read_letter(answer, CITIES)


@given(st.text(st.characters(categories=["Lo"], min_codepoint=0x3041, max_codepoint=0x9FFF), max_size=40))
def test_without_a_letter_and_a_choice_nothing_is_read(response: str) -> None:
    if not any(city in response for city in CITIES):
        assert read_letter(response, CITIES) is None


FORMS = [
    "{}",
    "（{}）",
    "{}。",
    "**{}**",
    "答えは{}です。",
    "正解は「{}」",
    "Answer: {}",
    r"\boxed{{{}}}",
    "{}：説明",
    "{}を選びます。",
]


@given(st.sampled_from(FORMS), st.integers(2, 26), st.data())
def test_every_letter_is_read_alike(form: str, count: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, count - 1))
    full_width = chr(ord("Ａ") + place)
    choices = [f"選択{i}" for i in range(count)]
    for letter in (LETTERS[place], full_width):
        assert read_letter(form.format(letter), choices) == LETTERS[place]


TALK = [
    *[
        "{1}は違う。{2}も違う。よって、答えは{0}です。",
        "{0}。{1}は誤りです。",
        "答えは{1}ではなく{0}です。",
        "{1}: 誤り\n{2}: 誤り\n\n{0}",
    ],
    *[
        "{0}\n\n解説：\n{1}は誤り。\n{2}は古い。",
        "もし{1}なら{2}も正しい。したがって{0}です。",
        "{1}か{2}かで迷ったが、正解は{0}。",
    ],
]


@given(st.sampled_from(TALK), st.permutations("ABCD"))
def test_no_letter_is_preferred(talk: str, order: list[str]) -> None:
    assert read_letter(talk.format(*order), CITIES) == order[0]


@given(st.permutations("ABCD"), st.sampled_from(["か", "または", "と", "、", "/", " or "]))
def test_two_letters_without_a_conclusion_are_none(order: list[str], joint: str) -> None:
    first, second = order[:2]
    for form in ("{}", "{}です。", "答えは{}です。", "{}が正解です。"):
        assert read_letter(form.format(first + joint + second), CITIES) is None


@pytest.mark.parametrize(
    "piece",
    [
        "答えは",
        "答え:\n",
        "A",
        "Aか",
        "A\n",
        "(",
        " ",
        "したがって、A、",
        r"\boxed{",
        "<think>",
        "Bが正解です",
        "ではなく",
        "「A",
    ],
)
def test_a_long_response_takes_no_long_time(piece: str) -> None:
    begin = time.perf_counter()
    read_letter(piece * (100_000 // len(piece)), CITIES)
    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize(
    ("process", "doc", "gold"),
    [
        (asked_letter.process_exam, {"choices": CITIES, "answer": 2}, "C"),
        (asked_letter.process_label, {"choices": CITIES, "label": 2, "answer": "C"}, "C"),
        (asked_letter.process_generated, {"choices": CITIES, "answer_index": 2, "answer": "京都"}, "C"),
        (asked_letter.process_jnli, {"label": 2}, "C"),
        (asked_letter.process_chabsa, {"polarity": "negative"}, "B"),
        (asked_letter.process_chabsa, {"polarity": "neutral"}, None),
    ],
)
def test_an_answer_that_cannot_be_read_is_wrong_and_visible(
    process: asked_letter.Process, doc: dict[str, object], gold: str | None
) -> None:
    for letter in "ABC"[: 2 if "polarity" in doc else 3]:
        assert process(doc, [f"答えは{letter}です。"]) == {"acc": float(letter == gold), "coverage": 1.0}
    for unread in ("", "わかりません", "AかB"):
        assert process(doc, [unread]) == {"acc": 0.0, "coverage": 0.0}

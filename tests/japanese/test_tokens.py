"""MeCab tokens and their offsets."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaeval.japanese import tokenise, words
from jaeval.japanese.tokens import LONGEST_PIECE


def _check_offsets(text: str) -> None:
    end = 0
    for token in tokenise(text):
        assert token.start >= end
        assert token.surface
        assert text[token.start : token.end] == token.surface
        between = text[end : token.start]
        assert all(character.isspace() or category(character) in ("Cc", "Zs") for character in between)
        end = token.end
    assert all(character.isspace() or category(character) in ("Cc", "Zs") for character in text[end:])


def test_a_sentence() -> None:
    assert words("太郎は三百円のりんごを食べた。") == [
        "太郎",
        "は",
        "三百",
        "円",
        "の",
        "りんご",
        "を",
        "食べ",
        "た",
        "。",
    ]


def test_lemma_and_part_of_speech() -> None:
    eat, past, computer = (tokenise("食べた")[0], tokenise("食べた")[1], tokenise("コンピューター")[0])
    assert (eat.lemma, eat.pos) == ("食べる", "動詞-一般")
    assert past.pos == "助動詞"
    assert (computer.lemma, computer.pos) == ("コンピューター", "名詞-普通名詞-一般")


def test_an_unknown_word_is_its_own_lemma() -> None:
    (token,) = tokenise("zqxjk")
    assert token.lemma == token.surface == "zqxjk"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t　 ", "\x00"])
def test_nothing_to_cut(text: str) -> None:
    assert tokenise(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "あ\x00い",
        "猫\ud800犬",
        "いいね👍🏽です👨‍👩‍👧",
        "  前 後  \r\n次の行",
        "が と か\u3099",
        "a" * 70_000,
        "あ" * (LONGEST_PIECE + 1),
        "今日は良い天気です。" * 2_000,
        " " * 70_000 + "猫",
        "𠮷野家",
        "\u3000猫\u3000",
        "\ufeff猫\u200b犬",
    ],
    ids=lambda text: f"{text[:6]!r}x{len(text)}",
)
def test_offsets(text: str) -> None:
    _check_offsets(text)


@given(st.text(alphabet=st.characters()) | st.text(alphabet="猫は a1１\x00\ud800\n\t　👍🏽。ー\u3099"))
@settings(deadline=None)
def test_offsets_of_any_text(text: str) -> None:
    _check_offsets(text)


def test_a_long_text_is_cut_like_its_sentences() -> None:
    sentence = "太郎はりんごを三つ食べた。"
    assert words(sentence * 1_000) == words(sentence) * 1_000


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"{n}人が{n * 3}個のりんごを食べた。" for n in range(200)]
    alone = [tokenise(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenise, texts)) == alone


def test_ten_thousand_short_answers() -> None:
    tokenise("")
    start = time.process_time()
    for n in range(10_000):
        tokenise(f"答えは{n}円です。")
    assert time.process_time() - start < 8, "1 s measured on one core"


def test_importing_the_package_does_not_load_mecab() -> None:
    code = "import sys, jaeval.japanese; print({'fugashi', 'unidic_lite', 'numpy'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"

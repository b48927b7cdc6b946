"""The quick way to the tokens' surfaces gives what `tokenise` gives, in any thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.japanese.tokens import LONGEST_PIECE, LONGEST_REMEMBERED, tokenise, wakati, words

texts = st.text(alphabet=st.characters()) | st.text(alphabet="猫は a1１\x00\ud800\n\t\u3000\xa0👍🏽。ー\u3099")


@given(texts)
def test_words_are_the_tokens_surfaces(text: str) -> None:
    assert words(text) == [token.surface for token in tokenise(text)]
    assert words(text) == words(text)


@pytest.mark.parametrize("length", [LONGEST_REMEMBERED, LONGEST_REMEMBERED + 1, LONGEST_PIECE + 1, 60_000])
def test_words_of_long_texts(length: int) -> None:
    text = ("太郎はりんごを三つ食べた。" * (length // 12 + 1))[:length]
    assert words(text) == [token.surface for token in tokenise(text)]


def test_threads_cut_alike() -> None:
    made = [f"{n}人が{n * 7}個のみかんを{n % 5}日で食べた。" for n in range(300)]
    alone = [(words(text + "朝"), wakati(text + "夜")) for text in made]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: (words(text + "朝 "), wakati(text + "夜 ")), made))
    assert together == alone

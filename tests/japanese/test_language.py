"""The language of an answer, on hand-labelled text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.japanese import LanguageIdentifier, ScriptIdentifier, is_japanese, japanese_share

JAPANESE = [
    "答えは18です。",
    "ジャネットは1日に16個の卵を売ります。",
    "したがって、合計は $3 + 5 = 8$ です。",
    "はい",
    "いいえ、一致しません。",
    "リンゴ",
    "りんご",
    "ﾘﾝｺﾞ",
    "売上高",
    "増加",
    "三百円",
    "東京駅",
    "営業利益率は前期比で改善した。",
    "Pythonのlistをsortする関数です",
    "ROEは8.5%でした。",
    "計算すると\n```python\nprint(sum(range(10)))\n```\nとなります。",
    "詳しくは https://example.com/very/long/path/to/a/page?with=query を見てください。",
    "\\text{答え} = \\frac{1}{3} より、三分の一です。",
    "ステップ1：まず距離を求める。",
    "株式会社トヨタ自動車",
    "東京都千代田区に本社を置く",
    "GPT-4は賢い。",
    "えーと、八個かな",
    "働く",
]
NOT_JAPANESE = [
    "The answer is 18.",
    "Janet sells 9 eggs a day. 答えは18",
    "So the total is 18 dollars, because she sells nine eggs at two dollars each day (円).",
    "La réponse est dix-huit.",
    "Ответ: восемнадцать",
    "정답은 18입니다",
    "东京是日本的首都。",
    "我有三个苹果,一共十八元。",
    "今天天氣很好,我們去公園吧。",
    "营业利润率改善了",
    "因此,答案是十八。所以珍妮特每天在市場上賺十八美元。",
    "中国是世界上人口最多的国家之の一,历史非常悠久",
    "你好",
    "他们说",
    "الجواب هو ١٨",
    "Die Antwort lautet achtzehn",
]
UNDETERMINED = [
    "",
    "18",
    "1,800",
    "△1,234",
    "50%",
    "$x^2 + 1$",
    "\\frac{1}{3}",
    "```\nprint(1)\n```",
    "…！？",
    "👍",
    "東京",
    "日本",
    "(3)",
]


@pytest.mark.parametrize("text", JAPANESE)
def test_japanese(text: str) -> None:
    assert is_japanese(text) is True


@pytest.mark.parametrize("text", NOT_JAPANESE)
def test_not_japanese(text: str) -> None:
    assert is_japanese(text) is False


@pytest.mark.parametrize("text", UNDETERMINED)
def test_nothing_to_judge_by(text: str) -> None:
    assert is_japanese(text) is None
    assert japanese_share(text) == 0.0


def test_share_weighs_letters_of_an_alphabet_by_half() -> None:
    assert japanese_share("ねこ cats") == pytest.approx(2 / (2 + 4 * 0.5))
    assert is_japanese("ねこ cats") is False
    assert is_japanese("ねこ cats", threshold=0.4) is True


def test_kana_carry_a_bounded_number_of_kanji() -> None:
    assert japanese_share("日" * 6 + "の") == 1.0
    assert japanese_share("日" * 13 + "の") == pytest.approx(7 / 14)


@given(st.text())
def test_share_is_a_share(text: str) -> None:
    assert 0.0 <= japanese_share(text) <= 1.0
    assert ScriptIdentifier().p_japanese(text) == japanese_share(text)


def test_any_identifier_can_judge() -> None:
    class Constant:
        name = "constant"

        def p_japanese(self, text: str) -> float:
            return 0.7

    identifier = Constant()
    assert isinstance(identifier, LanguageIdentifier)
    assert is_japanese("The answer", identifier=identifier) is True
    assert is_japanese("東京", identifier=identifier) is True
    assert is_japanese("The answer", identifier=identifier, threshold=0.7) is False
    assert is_japanese("18", identifier=identifier) is None
    assert ScriptIdentifier().name == "script"

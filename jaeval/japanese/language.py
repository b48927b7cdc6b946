"""Whether an answer is written in Japanese, judged by its script.

`LanguageIdentifier` is the seam: any other identifier is another class with the same two members, as fastText's lid.176
in `jaeval.japanese.lid176`, which scores use. A score that depends on the judgement names the identifier it used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Protocol, runtime_checkable

#: As many kanji are taken for Japanese as the kana beside them can carry.
KANJI_PER_KANA = 6
#: A kana stands for a syllable, which takes about two letters of an alphabet.
LETTER_WEIGHT = 0.5
#: Kanji without any kana are Chinese rather than Japanese from this length on.
LONG_WITHOUT_KANA = 12

_NOT_PROSE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|https?://[!-~]+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+"
    r"|\$\$[^$]{1,1000}\$\$|\$[^$\n]{1,300}\$|\\\([^\n]{0,300}?\\\)|\\\[.{0,1000}?\\\]|\\[A-Za-z]+",
    re.DOTALL,
)
_KANA = re.compile(r"[ぁ-ゖゝゞァ-ヺヽヾㇰ-ㇿｦ-ﾝ]")
_HANGUL = re.compile(r"[가-힣]")
_KANJI = re.compile(r"[一-鿿㐀-䶿豈-﫿𠀀-𯨟々〆〇]")
_JAPANESE = re.compile(f"{_KANA.pattern}|{_KANJI.pattern}|[ーｰ]")
#: Words of Chinese grammar that Japanese does not write.
_CHINESE_WORDS = frozenset("你妳您她它很哪吧呢吗嗎们們这這么麼说說个")


@runtime_checkable
class LanguageIdentifier(Protocol):
    """Anything that says how likely a text is Japanese."""

    @property
    def name(self) -> str:
        """A short name for tables and manifests, such as "script"."""
        ...

    def p_japanese(self, text: str) -> float:
        """Return the probability, 0 to 1, that the text is Japanese."""
        ...


class ScriptIdentifier:
    """Judges by the script alone: its "probability" is `japanese_share`."""

    name = "script"

    def p_japanese(self, text: str) -> float:
        """Return the share of Japanese letters, 0 to 1; 0 where the text has no letters."""
        return japanese_share(text)


def japanese_share(text: str) -> float:
    """Return the share of the letters of a text that are Japanese, 0 to 1.

    Kana are Japanese, and so are kanji up to `KANJI_PER_KANA` for every kana. Kanji without any kana count if a form
    among them is only Japanese (円, 売, 駅) and none only Chinese. A letter of an alphabet weighs `LETTER_WEIGHT`.
    Digits, punctuation, LaTeX, URLs, addresses and code are ignored. A text without letters has the share 0.
    """
    letters = _count(text)
    if letters.kana:
        japanese = letters.kana + min(letters.kanji, KANJI_PER_KANA * letters.kana)
    else:
        japanese = letters.kanji if letters.has_japanese_forms else 0
    return japanese / letters.weight if letters.weight else 0.0


def is_japanese(text: str, *, threshold: float = 0.5, identifier: LanguageIdentifier | None = None) -> bool | None:
    """Judge whether a text is Japanese.

    Args:
        text: the text.
        threshold: the text is Japanese if the identifier's probability is above this.
        identifier: who judges; `ScriptIdentifier` unless given.

    Returns:
        True or False, or None where there is nothing to judge by: no letters ("18", "$x^2$"), or for the script
        identifier a few kanji that Chinese and Japanese share (東京).
    """
    letters = _count(text)
    if not letters.weight or (identifier is None and letters.could_be_either):
        return None
    return (identifier or ScriptIdentifier()).p_japanese(text) > threshold


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a text's prose: kana, kanji, the weight of the rest, and what the forms of the kanji betray."""

    kana: int
    kanji: int
    other: float
    has_japanese_forms: bool
    has_chinese_forms: bool

    @property
    def weight(self) -> float:
        return self.kana + self.kanji + self.other

    @property
    def could_be_either(self) -> bool:
        """Whether there are only a few kanji, in forms that Chinese and Japanese share."""
        forms = self.has_japanese_forms or self.has_chinese_forms
        return not self.kana and not self.other and not forms and self.kanji < LONG_WITHOUT_KANA


def _count(text: str) -> _Letters:
    prose = _NOT_PROSE.sub(" ", text)
    kanji = _KANJI.findall(prose)
    alphabetic = sum(map(str.isalpha, _JAPANESE.sub("", prose)))
    hangul = len(_HANGUL.findall(prose))
    chinese = any(map(_is_chinese_only, kanji))
    return _Letters(
        kana=len(_KANA.findall(prose)),
        kanji=len(kanji),
        other=(alphabetic - hangul) * LETTER_WEIGHT + hangul,
        has_japanese_forms=not chinese and any(map(_is_japanese_only, kanji)),
        has_chinese_forms=chinese,
    )


@cache
def _is_in(charset: str, character: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _is_japanese_only(kanji: str) -> bool:
    """Whether the national character sets give a form to Japan alone: 円, 売, 駅, 働."""
    return _is_in("euc_jp", kanji) and not _is_in("gb2312", kanji) and not _is_in("big5", kanji)


def _is_chinese_only(kanji: str) -> bool:
    """Whether a form is simplified Chinese alone (们, 现, 说), or a word of Chinese grammar."""
    return kanji in _CHINESE_WORDS or (_is_in("gb2312", kanji) and not _is_in("shift_jis", kanji))

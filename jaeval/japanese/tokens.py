"""MeCab tokens with their places in the text, cut with fugashi and the dictionary unidic-lite."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

#: MeCab stores the length of a token in 16 bits of UTF-8 bytes, so long texts are cut into pieces first.
LONGEST_PIECE = 4000

_SENTENCE_END = re.compile(r"[\n。！？!?]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: One tagger serves all threads: MeCab reuses its lattice, so a parse and the reading of its nodes are one step.
_PARSING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Token:
    """A word as MeCab cuts it.

    Attributes:
        surface: the characters as they stand in the text.
        start, end: where they stand, so that `text[start:end] == surface`.
        lemma: UniDic's dictionary form without its gloss (コンピューター, not コンピューター-computer); the surface
            of a word that the dictionary lacks.
        pos: UniDic's part of speech, its levels joined by "-": 名詞-普通名詞-一般.
    """

    surface: str
    start: int
    end: int
    lemma: str
    pos: str


def tokenise(text: str) -> list[Token]:
    """Cut text into MeCab tokens. White space and control characters belong to no token."""
    safe = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))
    tokens: list[Token] = []
    for start, end in _pieces(text):
        tokens += _parse(text, safe[start:end], start)
    return tokens


def words(text: str) -> list[str]:
    """Return the surfaces of the tokens of a text, as word-level metrics want them."""
    return [token.surface for token in tokenise(text)]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of consecutive pieces of a text, each a few sentences, or a part of an endless one."""
    start = 0
    while len(text) - start > LONGEST_PIECE:
        limit = start + LONGEST_PIECE
        end = limit
        for match in _SENTENCE_END.finditer(text, start, limit):
            end = match.end()
        yield start, end
        start = end
    yield start, len(text)


def _parse(text: str, piece: str, offset: int) -> list[Token]:
    tokens = []
    position = 0
    with _PARSING:
        for node in _tagger()(piece):
            start = piece.index(node.surface, position)
            position = start + len(node.surface)
            if node.surface.isspace():
                continue
            surface = text[offset + start : offset + position]
            feature = node.feature
            levels = (feature.pos1, feature.pos2, feature.pos3, feature.pos4)
            lemma = (feature.lemma or "").partition("-")[0] or surface
            pos = "-".join(level for level in levels if level and level != "*")
            tokens.append(Token(surface, offset + start, offset + position, lemma, pos))
    return tokens


@cache
def _tagger() -> Any:
    """Load MeCab with unidic-lite, by name: fugashi alone would prefer a larger dictionary where one is installed."""
    import fugashi
    import unidic_lite

    return fugashi.Tagger(f'-r "{unidic_lite.DICDIR}/mecabrc" -d "{unidic_lite.DICDIR}"')

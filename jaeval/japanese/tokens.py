"""MeCab tokens with their places in the text, cut with fugashi and the dictionary unidic-lite."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

#: MeCab stores the length of a token in 16 bits of UTF-8 bytes, so long texts are cut into pieces first.
LONGEST_PIECE = 4000
#: Several metrics cut the same text one after the other, and golds come back with every candidate of a search. The
#: two bounds keep what is remembered below some 100 MB.
REMEMBERED_TEXTS = 4096
LONGEST_REMEMBERED = 2000

_SENTENCE_END = re.compile(r"[\n。！？!?]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: MeCab reuses its lattice from text to text, so each thread has a tagger of its own; they share the dictionary.
_OWN = threading.local()


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
    return list(_remembered_surfaces(text) if len(text) <= LONGEST_REMEMBERED else _surfaces(text))


def wakati(text: str) -> list[str]:
    """Return what MeCab prints with -Owakati, divided at white space: how published harnesses make words of a text.

    Unlike in `words`, control characters are words, a NUL ends the text, and a run of blanks above 64 KiB does as well.
    """
    return list(_remembered_wakati(text) if len(text) <= LONGEST_REMEMBERED else _wakati(text))


def _surfaces(text: str) -> tuple[str, ...]:
    """What `tokenise` gives, surfaces only: reading a node's features takes twice as long as finding the nodes."""
    if _SURROGATE.search(text):
        return tuple(token.surface for token in tokenise(text))
    safe = _CONTROL.sub(" ", text)
    tagger = _tagger()
    return tuple(
        intern(surface)
        for start, end in _pieces(text)
        for node in tagger(safe[start:end])
        if not (surface := node.surface).isspace()
    )


def _wakati(text: str) -> tuple[str, ...]:
    return tuple(map(intern, _tagger().parse(_SURROGATE.sub("\ufffd", text)).split()))


_remembered_surfaces = lru_cache(REMEMBERED_TEXTS)(_surfaces)
_remembered_wakati = lru_cache(REMEMBERED_TEXTS)(_wakati)


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
    for node in _tagger()(piece):
        surface = node.surface
        start = piece.index(surface, position)
        position = start + len(surface)
        if surface.isspace():
            continue
        surface = text[offset + start : offset + position]
        feature = node.feature
        levels = (feature.pos1, feature.pos2, feature.pos3, feature.pos4)
        lemma = (feature.lemma or "").partition("-")[0] or surface
        pos = "-".join(level for level in levels if level and level != "*")
        tokens.append(Token(surface, offset + start, offset + position, lemma, pos))
    return tokens


def _tagger() -> Any:
    """This thread's MeCab with unidic-lite, by name: fugashi alone would prefer a larger dictionary, if installed."""
    if not hasattr(_OWN, "tagger"):
        import fugashi
        import unidic_lite

        _OWN.tagger = fugashi.Tagger(f'-r "{unidic_lite.DICDIR}/mecabrc" -d "{unidic_lite.DICDIR}" -Owakati')
    return _OWN.tagger

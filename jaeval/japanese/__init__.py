"""Pure functions on Japanese text: numbers, normalisation, MeCab tokens, and the language of an answer.

Nothing here imports the rest of jaeval, and MeCab is loaded only when the first text is cut into tokens.
"""

from __future__ import annotations

from jaeval.japanese.kanji_numerals import to_kanji
from jaeval.japanese.language import LanguageIdentifier, ScriptIdentifier, is_japanese, japanese_share
from jaeval.japanese.lid176 import LanguageModelError, Lid176
from jaeval.japanese.normalise import normalise
from jaeval.japanese.numbers import find_quantities, last_number, read_quantity, same_quantity, scan
from jaeval.japanese.quantity import Quantity, Reason, Refusal, UnreadableNumber
from jaeval.japanese.tokens import Token, tokenise, words

__all__ = [
    "LanguageIdentifier",
    "LanguageModelError",
    "Lid176",
    "Quantity",
    "Reason",
    "Refusal",
    "ScriptIdentifier",
    "Token",
    "UnreadableNumber",
    "find_quantities",
    "is_japanese",
    "japanese_share",
    "last_number",
    "normalise",
    "read_quantity",
    "same_quantity",
    "scan",
    "to_kanji",
    "tokenise",
    "words",
]

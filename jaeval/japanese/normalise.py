"""One spelling for the same Japanese text: width, white space, hyphens, wave dashes and quotation marks."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from unicodedata import category, decomposition, is_normalized
from unicodedata import normalize as unicode_normalize

_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("〜∼", "~"),
        **dict.fromkeys("“”„‟〝〞〟", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
    }
)
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_INVISIBLE_IN_NUMBER = re.compile(rf"(?<=[\d.,，．])[{_INVISIBLE}]+(?=[\d.,，．])")
_INVISIBLE_ELSEWHERE = re.compile(rf"[{_INVISIBLE}]+")
_LINE_END = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANKS_AT_LINE_EDGE = re.compile(r"(?:(?<=\n)|\A) | (?=\n|\Z)")


def normalise(text: str) -> str:
    """Bring Japanese text to one spelling without touching what it says.

    Does: NFKC (full-width Latin and digits, half-width katakana, ㈱ to (株), ㎏ to kg) where it is safe; hyphen and
    minus variants to "-"; wave dashes to "~"; curly quotation marks to straight ones; line ends to a line feed;
    runs of blanks to one space and none at the edges of a line; removes zero-width spaces and soft hyphens.

    Does not: change the value or order of any digit, or bring two numbers together. Characters that NFKC would turn
    into digits, full stops or signs stay as they are: 3² is not 32, nor 10① 101, nor ½ 1/2, nor ㎡ m2, nor … three
    stops. Kanji numerals, daiji, case, ー, long dashes (—, ―), 「」 and line breaks stay as well.

    Returns:
        The normalised text. `normalise(normalise(text)) == normalise(text)`.
    """
    text = _INVISIBLE_IN_NUMBER.sub(" ", text)
    text = _INVISIBLE_ELSEWHERE.sub("", text)
    text = _LINE_END.sub("\n", text)
    if not is_normalized("NFKC", text):
        text = "".join(
            "".join(stretch) if stays else unicode_normalize("NFKC", "".join(stretch))
            for stays, stretch in groupby(text, key=_stays)
        )
    text = _BLANKS.sub(" ", text.translate(_VARIANTS))
    return _BLANKS_AT_LINE_EDGE.sub("", text)


@lru_cache(maxsize=8192)
def _stays(character: str) -> bool:
    """Whether NFKC would make a digit, numeral, stop or sign of a character that is none."""
    compatible = unicode_normalize("NFKC", character)
    if compatible == character or category(character) == "Nd" or character in "．，﹒﹐":
        return False
    if decomposition(character).startswith(("<super>", "<sub>")):
        return True
    return any(part.isnumeric() or part in ".," for part in compatible)

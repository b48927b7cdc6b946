"""sacrebleu's Japanese tokenizer `ja-mecab`: MeCab with the IPA dictionary, which published BLEU and flexeval use.

It needs mecab-python3 and ipadic (51 MB), the extra `jaeval[bleu-ipadic]`. Each thread has a tagger of its own, and
the last texts are remembered.
"""

from __future__ import annotations

import inspect
import re
import threading
from functools import lru_cache
from importlib import import_module
from typing import Any

from jaeval.errors import TaskError

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OWN = threading.local()


@lru_cache(maxsize=4096)
def ja_mecab(text: str) -> str:
    """The text's tokens, joined by spaces, as sacrebleu has them. Lone surrogates, which it refuses, become U+FFFD.

    Raises:
        TaskError: the tokenizer is not installed.
    """
    tokenizer = _tokenizer()
    cut = inspect.unwrap(type(tokenizer).__call__)  # without sacrebleu's own memory, which holds 65,536 texts
    return str(cut(tokenizer, _SURROGATE.sub("\ufffd", text)))


def signature() -> str:
    """The tokenizer's part of sacrebleu's signature, such as ja-mecab-0.996-IPA.

    Raises:
        TaskError: as above.
    """
    return str(_tokenizer().signature())


def _tokenizer() -> Any:
    if not hasattr(_OWN, "tokenizer"):
        try:
            import ipadic  # noqa: F401  (sacrebleu says nothing of which of the two is missing)
            import MeCab  # noqa: F401
        except ImportError as error:
            raise TaskError(
                f"a score with sacrebleu's tokenizer ja-mecab needs {error.name}",
                remedy="Install it: pip install 'jaeval[bleu-ipadic]'",
            ) from error
        _OWN.tokenizer = import_module("sacrebleu.tokenizers.tokenizer_ja_mecab").TokenizerJaMecab()
    return _OWN.tokenizer

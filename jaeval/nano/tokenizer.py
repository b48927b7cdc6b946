"""The tokenizer of the nano family: one token a word, numbers shared by both languages, white space not kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jaeval.nano.words import BOS, SPECIAL, VOCABULARY

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def make_tokenizer() -> Tokenizer:
    """The tokenizer: it reads and writes 「3個あります。」 without spaces and "Tom has 3 apples." with them.

    A text begins with BOS. A word that is not in the vocabulary becomes <unk>.

    >>> tokenizer = make_tokenizer()
    >>> tokenizer.encode("3 + 4 = 7。答えは7個です。").tokens
    ['<bos>', '3', '+', '4', '=', '7', '。', '答え', 'は', '7', '個', 'です', '。']
    >>> [tokenizer.decode(tokenizer.encode(text).ids) for text in ("The answer is 7 apples.", "答えは7個です。")]
    ['The answer is 7 apples.', '答えは7個です。']
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors

    # Japanese has no spaces: the longest word of the vocabulary wins.
    japanese = sorted((word for word in VOCABULARY if not word.isascii()), key=len, reverse=True)
    words = Regex(rf"[A-Za-z]+|[0-9]+|{'|'.join(map(re.escape, japanese))}|\S")

    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(VOCABULARY)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(words, "removed", invert=True)
    tokenizer.post_processor = processors.TemplateProcessing("<bos> $A", None, [("<bos>", BOS)])
    tokenizer.decoder = decoders.Sequence(
        [
            # A space before each western word, number and sign; then none after a Japanese character.
            decoders.Replace(Regex(r"^(?=[A-Za-z0-9+\-=])"), " "),
            decoders.Fuse(),
            decoders.Replace(Regex(r"(?<=[^\x00-\x7f]) "), ""),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer

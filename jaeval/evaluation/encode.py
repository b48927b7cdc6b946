"""Prompts to token ids, by the rules of lm-eval 0.4.13, so that both harnesses ask an engine the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from jaeval.engines.tokenizer import Tokenizer

Tokens = tuple[int, ...]


class Encoder:
    """Encodes each distinct text once, all together.

    Args:
        tokenizer: the checkpoint's tokenizer.
        max_length: the most tokens of prompt and answer together.
    """

    def __init__(self, tokenizer: Tokenizer, max_length: int) -> None:
        self._tokenizer = tokenizer
        self._max_length = max_length
        self._known: dict[str, list[int]] = {}
        self.truncated = 0
        """How many prompts lost tokens on the left."""

    def encode_all(self, texts: Iterable[str]) -> None:
        """Encode texts that are not known yet, in one batch."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._tokenizer.encode(new), strict=True))

    def _encode(self, text: str) -> list[int]:
        if text not in self._known:
            self.encode_all([text])
        return self._known[text]

    def pair(self, context: str, continuation: str) -> tuple[Tokens, Tokens]:
        """Context and continuation as token ids, cut on the left to leave room for one new token.

        As lm-eval's `_encode_pair`: white space at the context's end moves to the continuation, and the continuation's
        tokens are what the whole text has beyond the context's. An empty context is the BOS (or end) token. So is one
        of white space alone, for which lm-eval's vLLM backend has no row to read.
        """
        context, continuation = move_spaces(context, continuation)
        if not context:
            prefix = self._tokenizer.prefix_token
            tokens = self._tokenizer.encode([continuation], special_tokens=False)[0]
            own_prefix = bool(tokens) and tokens[0] == prefix
            head, tail = (tokens[:1], tokens[1:]) if own_prefix else ([prefix], tokens)
        else:
            head = self._encode(context)
            tail = self._encode(context + continuation)[len(head) :]
        return self._fit(tuple(head), tuple(tail))

    def _fit(self, context: Tokens, continuation: Tokens) -> tuple[Tokens, Tokens]:
        room = self._max_length - 1
        excess = len(context) + len(continuation) - room
        if excess <= 0:
            return context, continuation
        self.truncated += 1
        if excess < len(context):
            return context[excess:], continuation
        whole = (context + continuation)[-room:]  # the continuation alone is too long: its first token is context
        return whole[:1], whole[1:]

    def prompt(self, text: str, max_tokens: int) -> tuple[Tokens, int]:
        """A prompt to continue, cut on the left to leave room for its answer, and how long that may be.

        As lm-eval's `maybe_truncate`; where the answer alone would fill the context, the answer is shortened instead.
        """
        tokens = tuple(self._encode(text)) if text else (self._tokenizer.prefix_token,)
        if len(tokens) + max_tokens <= self._max_length:
            return tokens, max_tokens
        self.truncated += 1
        if max_tokens < self._max_length:
            return tokens[-(self._max_length - max_tokens) :], max_tokens
        half = self._max_length // 2
        kept = tokens[-half:]
        return kept, self._max_length - len(kept)

    def rolling(self, text: str) -> list[tuple[Tokens, Tokens]]:
        """A text in disjoint windows, each as context and continuation, for its log-likelihood as a whole."""
        from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

        windows = get_rolling_token_windows(
            token_list=self._encode(text),
            prefix_token=self._tokenizer.prefix_token,
            max_seq_len=self._max_length - 2,
            context_len=1,
        )
        return [self._fit(tuple(head), tuple(tail)) for head, tail in map(make_disjoint_window, windows)]


def move_spaces(context: str, continuation: str) -> tuple[str, str]:
    """Move white space at a context's end to its continuation, so that words are tokenised as in running text.

    Example:
        >>> move_spaces("答え: ", "18")
        ('答え:', ' 18')
    """
    kept = context.rstrip()
    return kept, context[len(kept) :] + continuation

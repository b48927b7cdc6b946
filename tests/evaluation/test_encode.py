"""Prompts become the token ids that lm-eval 0.4.13 sends to an engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lm_eval.api.instance import Instance
from lm_eval.api.model import TemplateLM
from lm_eval.models.utils import maybe_truncate
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

from jaeval.engines.scripted import CharacterTokenizer
from jaeval.engines.tokenizer import CheckpointTokenizer, Tokenizer
from jaeval.evaluation.encode import Encoder, move_spaces

LONG = 10_000
TEXTS = st.text(st.sampled_from("答えは8です。 \u3000\n\tabA😀<s>"), max_size=16)
Tokens = list[int]


class LmEvalEncoding(TemplateLM):
    """lm-eval's own encoding of pairs; what it would send to an engine is kept in `sent`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self._ours = tokenizer
        self.sent: list[tuple[Tokens, Tokens]] = []

    @property
    def eot_token_id(self) -> int:
        return self._ours.end_tokens[0]

    @property
    def prefix_token_id(self) -> int:
        return self._ours.prefix_token

    def tok_encode(self, string: str, add_special_tokens: bool | None = None, **_: Any) -> Tokens:
        return self._ours.encode([string], special_tokens=add_special_tokens)[0]

    def _loglikelihood_tokens(self, requests: list[Any], **_: Any) -> list[tuple[float, bool]]:
        self.sent += [(list(context), list(continuation)) for _, context, continuation in requests]
        return [(0.0, True)] * len(requests)

    def loglikelihood_rolling(self, requests: Any, disable_tqdm: bool = False) -> list[float]:
        raise NotImplementedError

    def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:
        raise NotImplementedError


def lm_eval_pair(tokenizer: Tokenizer, context: str, continuation: str) -> tuple[Tokens, Tokens]:
    model = LmEvalEncoding(tokenizer)
    model.loglikelihood([Instance("loglikelihood", {}, (context, continuation), 0)], disable_tqdm=True)
    return model.sent[0]


@pytest.fixture(scope="module", params=["characters", "byte pairs"])
def tokenizer(request: pytest.FixtureRequest) -> Iterator[Tokenizer]:
    if request.param == "characters":
        yield CharacterTokenizer()
    else:
        yield CheckpointTokenizer(request.getfixturevalue("tokenizer_folder"))


class TestPairs:
    @given(context=TEXTS, continuation=TEXTS)
    def test_pairs_are_lm_evals(self, tokenizer: Tokenizer, context: str, continuation: str) -> None:
        # lm-eval has no answer to an empty continuation without a context, nor (in vLLM) to a context of spaces.
        assume(context.strip() or (continuation and not context))
        head, tail = Encoder(tokenizer, LONG).pair(context, continuation)
        assert (list(head), list(tail)) == lm_eval_pair(tokenizer, context, continuation)

    @given(spaces=st.text(st.sampled_from(" \u3000\n"), min_size=1), continuation=TEXTS)
    def test_a_context_of_white_space_is_an_empty_one(
        self, tokenizer: Tokenizer, spaces: str, continuation: str
    ) -> None:
        encoder = Encoder(tokenizer, LONG)
        assert encoder.pair(spaces, continuation) == encoder.pair("", spaces + continuation)
        assert encoder.pair(spaces, continuation)[0] == (tokenizer.prefix_token,)

    def test_a_continuation_that_begins_with_bos_gets_no_second_one(self, tokenizer_folder: Path) -> None:
        head, tail = Encoder(CheckpointTokenizer(tokenizer_folder), LONG).pair("", "<s>答え")
        assert head == (1,)
        assert 1 not in tail

    @given(context=TEXTS, continuation=TEXTS)
    def test_texts_known_beforehand_are_encoded_alike(
        self, tokenizer: Tokenizer, context: str, continuation: str
    ) -> None:
        known = Encoder(tokenizer, LONG)
        known.encode_all(["答え", context, context + continuation, *move_spaces(context, continuation)])
        assert known.pair(context, continuation) == Encoder(tokenizer, LONG).pair(context, continuation)


class TestTruncation:
    @given(context=TEXTS, continuation=TEXTS, max_length=st.integers(3, 24))
    def test_pairs_are_cut_like_lm_evals_vllm(
        self, tokenizer: Tokenizer, context: str, continuation: str, max_length: int
    ) -> None:
        assume(context.strip())
        head, tail = lm_eval_pair(tokenizer, context, continuation)
        encoder = Encoder(tokenizer, max_length)
        found_head, found_tail = encoder.pair(context, continuation)
        # `VLLM._loglikelihood_tokens` of lm-eval 0.4.13: keep the last max_length - 1, count the context down.
        room = max_length - 1
        kept = (head + tail)[-room:]
        context_length = len(head) - max(0, len(head) + len(tail) - room)
        assert [*found_head, *found_tail] == kept
        # Where nothing is left of the context lm-eval reads a row that does not exist; here one token stays context.
        assert len(found_head) == max(1, context_length)
        assert encoder.truncated == (len(head) + len(tail) > room)

    @given(text=TEXTS.filter(bool), max_tokens=st.integers(1, 30), max_length=st.integers(2, 24))
    def test_prompts_are_cut_like_lm_evals(
        self, tokenizer: Tokenizer, text: str, max_tokens: int, max_length: int
    ) -> None:
        (tokens,) = tokenizer.encode([text])
        encoder = Encoder(tokenizer, max_length)
        prompt, allowed = encoder.prompt(text, max_tokens)
        assert len(prompt) + allowed <= max_length
        assert prompt == tuple(tokens[-len(prompt) :])
        if max_tokens < max_length:
            expected, same = maybe_truncate(tokens, max_tokens, max_length, verbose=False)
            assert (list(prompt), allowed) == (expected, same)
        else:  # lm-eval would send no prompt at all
            assert prompt
            assert allowed >= 1
        assert encoder.truncated == (len(tokens) + max_tokens > max_length)

    def test_an_empty_prompt_is_the_prefix_token(self, tokenizer: Tokenizer) -> None:
        assert Encoder(tokenizer, LONG).prompt("", 8) == ((tokenizer.prefix_token,), 8)


class TestRolling:
    @given(text=TEXTS.filter(bool), max_length=st.integers(4, 12))
    def test_windows_are_lm_evals(self, tokenizer: Tokenizer, text: str, max_length: int) -> None:
        (tokens,) = tokenizer.encode([text])
        windows = map(
            make_disjoint_window,
            get_rolling_token_windows(tokens, tokenizer.prefix_token, max_seq_len=max_length - 2, context_len=1),
        )
        found = Encoder(tokenizer, max_length).rolling(text)
        assert found == [(tuple(head), tuple(tail)) for head, tail in windows]
        assert [token for _, tail in found for token in tail] == tokens


@given(TEXTS, TEXTS)
def test_moving_spaces_moves_nothing_else(context: str, continuation: str) -> None:
    head, tail = move_spaces(context, continuation)
    assert head + tail == context + continuation
    assert head == head.rstrip()
    assert tail.endswith(continuation)
    assert not tail[: len(tail) - len(continuation)].strip()

"""The way of engines that give log-probabilities of given prompt tokens alone (vLLM's second model runner, on GPUs).

No such engine runs on a processor. Here a stand-in computes what vLLM documents, and vLLM's own classes check what it
is asked: the parameters are built, and their rows counted, by the rules of vLLM's input processor.
"""

from __future__ import annotations

import math
import random
from types import SimpleNamespace
from typing import Any

import pytest

from jaeval.engines import ChoiceRequest, ChoiceResponse
from jaeval.engines.choices import Costs
from jaeval.engines.scripted import CharacterTokenizer

pytestmark = pytest.mark.slow
VOCABULARY = 12
BLOCK = 4


def row_after(prompt: tuple[int, ...]) -> list[float]:
    """A made-up next-token distribution."""
    draw = random.Random(repr(prompt))
    weights = [draw.random() + 0.01 for _ in range(VOCABULARY)]
    return [math.log(weight / sum(weights)) for weight in weights]


class SecondRunner:
    """Answers like vLLM's engine over its second model runner, prefix cache included."""

    vllm_config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=4))

    def __init__(self) -> None:
        self._waiting: list[tuple[str, tuple[int, ...], Any]] = []
        self._cached: set[tuple[int, ...]] = set()
        self.uncached = 0

    def add_request(self, name: str, prompt: Any, params: Any) -> None:
        tokens = tuple(prompt["prompt_token_ids"])
        if params.prompt_logprob_token_ids is not None:
            assert len(params.prompt_logprob_token_ids) == len(tokens) - 1 - params.prompt_logprob_start
            assert params.prompt_logprobs is None
        self._waiting.append((name, tokens, params))

    def abort_request(self, names: list[str]) -> None:
        raise AssertionError(names)

    def step(self) -> list[Any]:
        name, tokens, params = self._waiting.pop(0)
        cached = 0
        if not params.skip_reading_prefix_cache:
            while cached + BLOCK < len(tokens) and tokens[: cached + BLOCK] in self._cached:
                cached += BLOCK
        else:
            self.uncached += 1
        self._cached |= {tokens[:end] for end in range(BLOCK, len(tokens) + 1, BLOCK)}
        scores = None
        if (ids := params.prompt_logprob_token_ids) is not None and cached <= params.prompt_logprob_start:
            rows = range(params.prompt_logprob_start, len(tokens) - 1)
            scores = [[row_after(tokens[: r + 1])[i] for i in wanted] for r, wanted in zip(rows, ids, strict=True)]
        grown: tuple[int, ...] = ()
        for _ in range(params.max_tokens):
            row = row_after(tokens + grown)
            grown += (row.index(max(row)),)
        completion = SimpleNamespace(token_ids=list(grown), logprobs=None, finish_reason="length")
        return [
            SimpleNamespace(
                request_id=name,
                finished=True,
                outputs=[completion],
                num_cached_tokens=cached,
                prompt_token_id_logprobs=scores,
                prompt_logprobs=None,
            )
        ]


@pytest.mark.parametrize("length", [3, 4, 5, 8, 11])
def test_it_gives_the_sums_and_what_is_greedy(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vllm", reason="needs vLLM")
    from jaeval.engines.vllm_batch import Batch

    monkeypatch.setattr("jaeval.engines.vllm_batch.cheapest", lambda request, costs: "scored")
    draw = random.Random(length)
    context = tuple(draw.randrange(VOCABULARY) for _ in range(length))
    likeliest: tuple[int, ...] = ()
    for _ in range(6):
        row = row_after(context + likeliest)
        likeliest += (row.index(max(row)),)
    others = [tuple(draw.randrange(VOCABULARY) for _ in range(draw.randrange(1, 6))) for _ in range(4)]
    choices = (likeliest, likeliest[:2], (*likeliest[:3], (likeliest[3] + 1) % VOCABULARY), (), *others)
    engine = SecondRunner()
    requests = [ChoiceRequest(context, choices), ChoiceRequest(context, choices)]
    costs = Costs(block=BLOCK, scores=True)
    found = dict(Batch(engine, CharacterTokenizer(), requests, costs=costs, first_id=0).run())
    for response in (found[0], found[1]):
        assert isinstance(response, ChoiceResponse)
        sums = [sum(row_after(context + choice[:i])[token] for i, token in enumerate(choice)) for choice in choices]
        assert response.log_likelihoods == pytest.approx(sums)
        assert response.greedy == tuple(likeliest[: len(choice)] == choice for choice in choices)
    if length % BLOCK == 0:  # the row before the choice came from the cache: asked anew
        assert engine.uncached > 0

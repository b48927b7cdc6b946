"""The canary sees an engine that computes with other weights than it was given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs torch and safetensors")
import torch
from scripted_candidates import CONFIG, SkilledEngine, weights, write_candidate

from jaeval.engines import open_checkpoint
from jaeval.engines.protocol import ChoiceRequest, ChoiceResponse, Request, Response
from jaeval.errors import FitnessError
from jaeval.fitness.canary import Canary, CanaryError, canary_request
from jaeval.fitness.candidate import checkpoint_lines, open_candidate
from jaeval.fitness.swap import Swapper

pytestmark = pytest.mark.extras


def true_row(skill: float, request: ChoiceRequest) -> list[float]:
    return [math.sin(skill + token) - 3 for (token,) in request.continuations]


def reference(tensors: object, request: ChoiceRequest) -> Sequence[float]:
    return true_row(float(dict(tensors)["model.norm.weight"].mean()), request)  # type: ignore[call-overload]


class Watched(SkilledEngine):
    """An engine with log-probabilities. Of a reload it may forget a part, or everything."""

    def __init__(self, keeps: float = 0.0, noise: float = 0.0) -> None:
        super().__init__()
        self._keeps, self._noise, self._old = keeps, noise, 0.0

    def reload(self, weights: object, *, weight_hash: str) -> None:
        self._old = self.skill
        super().reload(weights, weight_hash=weight_hash)  # type: ignore[arg-type]
        self.skill = self._keeps * self._old + (1 - self._keeps) * self.skill

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, request in enumerate(requests):
            assert isinstance(request, ChoiceRequest)
            row = [value + self._noise for value in true_row(self.skill, request)]
            yield index, ChoiceResponse(tuple(row), (False,) * len(row))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_candidate(tmp_path / "base", weights(0), dtype="float32")


def swapper(engine: Watched, base: Path, every: int = 1) -> Swapper:
    return Swapper(engine, open_checkpoint(base), every=every, reference=reference)


def swap(swapper: Swapper, base: Path, skill: float) -> dict[str, float]:
    opened = open_checkpoint(base)
    candidate = open_candidate(weights(skill), opened, checkpoint_lines(opened))
    seconds = {"swap": 0.0, "canary": 0.0}
    swapper.swap(candidate, f"hash of {skill}", seconds)
    return seconds


def test_right_weights_pass(base: Path) -> None:
    engine = Watched(noise=1e-5)
    watched = swapper(engine, base)
    for skill in (1.0, 2.0, 1.0, 1.0):
        swap(watched, base, skill)
    assert (watched.swaps, len(engine.swaps), engine.closed) == (3, 3, 0)  # the last was there already
    assert watched.last_reading is not None
    assert watched.last_reading.most == pytest.approx(1e-5)


def test_old_weights_are_caught_and_the_engine_is_closed(base: Path) -> None:
    engine = Watched()
    watched = swapper(engine, base)
    swap(watched, base, 1.0)
    engine._keeps = 1.0
    with pytest.raises(CanaryError, match="answers as before the swap"):
        swap(watched, base, 2.0)
    assert engine.closed == 1
    engine._keeps = 0.0
    swap(watched, base, 2.0)


@pytest.mark.parametrize("keeps", [0.02, 0.3, 0.9])
def test_partly_old_weights_are_caught(base: Path, keeps: float) -> None:
    engine = Watched()
    watched = swapper(engine, base)
    swap(watched, base, 1.0)
    engine._keeps = keeps
    with pytest.raises(CanaryError, match="log-probabilities differ from the weights' own by"):
        swap(watched, base, 3.0)


def test_every_other_swap(base: Path) -> None:
    engine = Watched()
    watched = swapper(engine, base, every=2)
    swap(watched, base, 1.0)
    engine._keeps = 0.5
    swap(watched, base, 2.0)  # not looked at
    with pytest.raises(CanaryError):
        swap(watched, base, 3.0)


def test_weights_that_overflow_are_the_candidates_failure(base: Path) -> None:
    canary = Canary(lambda *_: [math.nan] * 8, canary_request(Watched(), CONFIG["vocab_size"]), 0.1)  # type: ignore[arg-type]
    with pytest.raises(FitnessError, match="are not finite"):
        canary.check(Watched(), weights(1).items(), "one")


def test_an_engines_nan_is_caught(base: Path) -> None:
    with pytest.raises(CanaryError):
        swap(swapper(Watched(noise=math.nan), base), base, 1.0)


def test_what_is_watched_lies_in_the_vocabulary() -> None:
    for vocabulary in (8, 64, 100, 262_144):
        tokens = [token for (token,) in canary_request(Watched(), vocabulary).continuations]
        assert len(set(tokens)) == len(tokens) == min(vocabulary, 64)
        assert max(tokens) < vocabulary


def test_the_reference_of_a_model(tiny_checkpoint: Path) -> None:
    """Against transformers' own forward pass, from a folder's tensors and from a state dict's."""
    transformers = pytest.importorskip("transformers")
    from jaeval.fitness.canary import TransformersReference
    from jaeval.fitness.candidate import folder_tensors

    request = ChoiceRequest((1, 20, 30, 40), tuple((token,) for token in range(0, 400, 40)))
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_checkpoint, dtype="float32")
    row = model(torch.tensor([request.context])).logits[0, -1].log_softmax(-1)
    expected = [float(row[token]) for (token,) in request.continuations]
    ask = TransformersReference(open_checkpoint(tiny_checkpoint), "float32")
    assert ask(folder_tensors(tiny_checkpoint), request) == pytest.approx(expected, abs=1e-5)
    assert ask(model.state_dict().items(), request) == pytest.approx(expected, abs=1e-5)
    with pytest.raises(CanaryError, match="names its tensors otherwise: no"):
        ask([("something", torch.ones(1))], request)

"""The canary: one prompt that tells whether an engine really holds the weights it was given.

After a swap the engine's log-probabilities of the next token are compared with those that transformers computes from
the very same tensors. A checksum cannot see what this sees: vLLM may hold a right matrix and multiply by an old copy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.protocol import ChoiceRequest, ChoiceResponse, Engine
from jaeval.errors import EngineError, FitnessError

if TYPE_CHECKING:
    import torch

TEXT = "次の問題を解いてください。Apples cost 120 yen each; 1, 2, 3, 4,"
LONGEST = 32
"""Tokens of the prompt: enough that every layer's attention counts, few enough to be nearly free."""
WATCHED = 64
"""Tokens whose log-probabilities are compared, spread over the vocabulary."""
TOLERANCES = {"float32": 0.002, "bfloat16": 0.08, "float16": 0.04}
"""How far engine and reference may lie apart, as a share of the spread of the reference's log-probabilities, by the
engine's dtype. Rounding gives 0.0000005 in float32 and 0.002 to 0.02 in bfloat16, an old output matrix about 1."""

Reference = Callable[[Iterable[tuple[str, "torch.Tensor"]], ChoiceRequest], Sequence[float]]
"""Log-probabilities of a request's continuations, computed from tensors without the engine."""


class CanaryError(EngineError):
    """The engine does not compute with the weights it was given: all its scores are in doubt, not one candidate's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the canary.

    Attributes:
        engine: the engine's log-probabilities.
        reference: what they should be.
        weight_hash: of the weights that the engine was given.
    """

    engine: tuple[float, ...]
    reference: tuple[float, ...]
    weight_hash: str

    @property
    def difference(self) -> float:
        """The root mean square of the differences, as a share of the reference's spread; infinite where not finite."""
        pairs = list(zip(self.engine, self.reference, strict=True))
        mean = math.fsum(self.reference) / len(pairs)
        spread = math.sqrt(math.fsum((value - mean) ** 2 for value in self.reference) / len(pairs))
        distance = math.sqrt(math.fsum((ours - theirs) ** 2 for ours, theirs in pairs) / len(pairs))
        share = distance / max(spread, 0.05)
        return share if math.isfinite(share) else math.inf

    def is_stale(self, before: Reading) -> bool:
        """Whether the engine says exactly what it said of other weights, where the reference does not."""
        swapped = before.weight_hash != self.weight_hash and before.reference != self.reference
        return swapped and before.engine == self.engine

    @property
    def most(self) -> float:
        """The largest difference of two log-probabilities."""
        return max(abs(ours - theirs) for ours, theirs in zip(self.engine, self.reference, strict=True))


class Canary:
    """Compares an engine with a reference after every swap.

    Args:
        reference: computes what the engine should say.
        request: what is asked; see `canary_request`.
        tolerance: the largest `Reading.difference` that passes.

    Attributes:
        last: the last reading; None before the first.
    """

    def __init__(self, reference: Reference, request: ChoiceRequest, tolerance: float) -> None:
        self._reference, self._request, self._tolerance = reference, request, tolerance
        self.last: Reading | None = None

    def check(self, engine: Engine, tensors: Iterable[tuple[str, torch.Tensor]], weight_hash: str) -> Reading:
        """Look once.

        Args:
            engine: holds the new weights.
            tensors: these weights.
            weight_hash: their hash.

        Raises:
            CanaryError: the engine says something else than the reference, or exactly what it said before the swap
                where the reference does not.
            FitnessError: the weights' own log-probabilities are not finite.
            EngineError: the engine died.
        """
        expected = tuple(self._reference(tensors, self._request))
        if not all(map(math.isfinite, expected)):
            raise FitnessError("its log-probabilities are not finite: its weights are finite, and overflow")
        (answer,) = (response for _, response in engine.respond([self._request]))
        if not isinstance(answer, ChoiceResponse):
            raise CanaryError(f"the engine did not answer the canary ({answer})")
        reading, before = Reading(answer.log_likelihoods, expected, weight_hash), self.last
        self.last = reading
        if before is not None and reading.is_stale(before):
            raise CanaryError(
                "the engine answers as before the swap: it still holds the old weights",
                remedy="Use another engine, or one process for each candidate",
            )
        if not reading.difference <= self._tolerance:
            raise CanaryError(
                f"the engine's log-probabilities differ from the weights' own by {reading.most:.3g} "
                f"({reading.difference:.2g} of their spread, at most {self._tolerance:g} is rounding)",
                remedy="The engine holds other weights than it was given, for example an old output matrix",
            )
        return reading


def canary_request(engine: Engine, vocabulary: int) -> ChoiceRequest:
    """The canary's prompt, and the tokens that are watched.

    Args:
        engine: its tokenizer makes the prompt.
        vocabulary: how many tokens the model knows.
    """
    context = tuple(engine.tokenizer.encode([TEXT])[0][:LONGEST])
    step = max(vocabulary // WATCHED, 1)
    return ChoiceRequest(context, tuple((token,) for token in range(0, vocabulary, step)[:WATCHED]))


class TransformersReference:
    """See `Reference`: one forward pass of transformers' model on the processor, its own weights replaced.

    It keeps the architecture and no weights. The tensors are used where they lie, in the dtype in which they come; only
    what the engine would round is rounded.

    Args:
        base: the checkpoint whose configuration all candidates share.
        dtype: the engine's, such as "bfloat16"; "auto" is the checkpoint's own.
    """

    def __init__(self, base: Checkpoint, dtype: str) -> None:
        self._base, self._dtype = base, dtype
        self._model: Any = None

    def __call__(self, tensors: Iterable[tuple[str, torch.Tensor]], request: ChoiceRequest) -> Sequence[float]:
        """See `Reference`.

        Raises:
            CanaryError: transformers does not take the tensors.
        """
        import torch

        model = self._load()
        dtype = next((p.dtype for p in model.parameters()), torch.float32)
        given = {name: tensor.cpu().to(dtype) for name, tensor in tensors}
        tied = model.get_output_embeddings() is not None and (
            model.get_output_embeddings().weight is model.get_input_embeddings().weight
        )
        names = {name for name, _ in model.named_parameters()}
        if missing := sorted(names - given.keys()):
            raise CanaryError(f"transformers names its tensors otherwise: no {missing[0]}")
        with torch.inference_mode():
            output = torch.func.functional_call(
                model,
                {name: given[name] for name in names},
                kwargs={"input_ids": torch.tensor([request.context]), "use_cache": False, "logits_to_keep": 1},
                tie_weights=tied,
            )
            row = output.logits[0, -1].float().log_softmax(-1)
        return [float(row[token]) for (token,) in request.continuations]

    def _load(self) -> Any:
        if self._model is None:
            import torch

            from jaeval.engines.transformers import load_model

            try:
                model = load_model(self._base, self._dtype)
            except EngineError as error:
                raise CanaryError(error.problem, file=error.file) from error
            empty: dict[int, Any] = {}
            for module in model.modules():  # the weights come with each call; tied ones stay tied
                for name, parameter in list(module._parameters.items()):
                    if parameter is not None:
                        meta = empty.setdefault(
                            id(parameter), torch.nn.Parameter(parameter.detach().to("meta"), requires_grad=False)
                        )
                        module._parameters[name] = meta
            self._model = model
        return self._model

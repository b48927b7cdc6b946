"""Hugging Face transformers: for architectures that vLLM lacks, and the oracle in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.logits import LogitsEngine
from jaeval.engines.protocol import GenerationRequest, GenerationResponse, Request, Response
from jaeval.engines.tokenizer import CheckpointTokenizer
from jaeval.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

DEFAULT_LENGTH = 2048


def load_model(checkpoint: Checkpoint, dtype: str, device: str = "cpu") -> Any:
    """transformers' model of a checkpoint: safetensors alone, no code of the checkpoint's, no network.

    Raises:
        EngineError: transformers does not know the architecture, or memory does not suffice.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as transformers_logging

    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # its bar of tensors would stand between ours
    try:
        model = AutoModelForCausalLM.from_pretrained(
            checkpoint.path, dtype=dtype, use_safetensors=True, trust_remote_code=False, local_files_only=True
        )
        return model.to(device).eval()
    except Exception as error:  # transformers raises whatever its parts raise
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise EngineError(f"transformers could not load it ({reason})", file=checkpoint.path) from error
    finally:
        if shown:
            transformers_logging.enable_progress_bar()


class TransformersEngine(LogitsEngine):
    """See `jaeval.engines.protocol.Engine`.

    Args:
        checkpoint: the checkpoint.
        seed: unused here; sampled answers carry their own.
        chat_template_args: see `CheckpointTokenizer`.
        dtype: "auto" (the weights' own), "float32", "bfloat16" or "float16".
        device: "cpu", "cuda", "cuda:1", "mps"; None takes a GPU where there is one.
        batch_size: sequences in one forward pass.
        max_length: the most tokens of prompt and answer together; None takes the configuration's.

    Raises:
        EngineError: transformers or torch is not installed, or the dtype is unknown.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        seed: int = 0,
        chat_template_args: dict[str, Any] | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_size: int = 8,
        max_length: int | None = None,
    ) -> None:
        try:
            import torch
            import transformers  # noqa: F401  (asked here so that a missing package is told before any work)
        except ImportError as error:
            raise EngineError(
                f"is not installed ({error})",
                field="--engine transformers",
                remedy="Install it with `pip install 'jaeval[transformers]'`",
            ) from error
        if dtype != "auto" and not isinstance(getattr(torch, dtype, None), torch.dtype):
            raise EngineError(f"no dtype {dtype!r}", field="--engine-arg dtype", remedy="Use auto, float32 or bfloat16")
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._checkpoint = checkpoint
        self._dtype = dtype
        self._model: Any = None
        super().__init__(
            self._forward,
            CheckpointTokenizer(checkpoint.path, chat_template_args=chat_template_args),
            weight_hash="",
            max_length=int(max_length or checkpoint.max_length or DEFAULT_LENGTH),
            batch_size=int(batch_size),
            device=device,
            name="transformers",
            dtype=dtype if dtype != "auto" else str(checkpoint.config.get("dtype") or "auto"),
            transformers=version("transformers"),
            torch=version("torch"),
        )

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._checkpoint.model_hash

    def start(self) -> None:
        """See `Engine.start`.

        Raises:
            EngineError: transformers does not know the architecture, or memory does not suffice.
        """
        if self._model is not None:
            return
        self._model = load_model(self._checkpoint, self._dtype, self._device)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`."""
        self.start()
        yield from super().respond(requests)

    def close(self) -> None:
        """See `Engine.close`."""
        self._model = None

    def _forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self._model(input_ids=ids, use_cache=False).logits

    def _generate(self, requests: Sequence[GenerationRequest]) -> Sequence[GenerationResponse]:
        if any(request.temperature > 0 for request in requests):
            return super()._generate(requests)
        import torch

        width = max(len(request.prompt) for request in requests)
        ends = self.tokenizer.end_tokens
        pad = ends[0] if ends else 0  # a finished row is filled up with it; an end token's text is never shown
        ids = torch.full((len(requests), width), pad, dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, request in enumerate(requests):  # padded on the left, so that every answer begins at one place
            ids[row, width - len(request.prompt) :] = torch.tensor(request.prompt)
            mask[row, width - len(request.prompt) :] = 1
        output = self._model.generate(
            input_ids=ids.to(self._device),
            attention_mask=mask.to(self._device),
            max_new_tokens=max(request.max_tokens for request in requests),
            do_sample=False,
            num_beams=1,
            repetition_penalty=1.0,  # whatever the checkpoint's generation_config.json says, as in vLLM
            eos_token_id=list(ends) or None,
            pad_token_id=pad,
            stopping_criteria=[_Stops(self, requests, width)],
        )
        return [self._cut(request, output[row, width:].tolist()) for row, request in enumerate(requests)]

    def _cut(self, request: GenerationRequest, tokens: list[int]) -> GenerationResponse:
        tokens = tokens[: request.max_tokens]
        end = next((place for place, token in enumerate(tokens) if token in self.tokenizer.end_tokens), None)
        if end is not None:
            return self.response(request, tokens[:end], False)
        return self.response(request, tokens, len(tokens) >= request.max_tokens)


class _Stops:
    """Ends a batch's row once its answer holds a stop text (transformers' `StoppingCriteria` by shape)."""

    def __init__(self, engine: TransformersEngine, requests: Sequence[GenerationRequest], width: int) -> None:
        self._engine, self._requests, self._width = engine, requests, width

    def __call__(self, ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        import torch

        done = [
            ids.shape[1] - self._width >= request.max_tokens
            or self._engine.is_finished(request, ids[row, self._width :].tolist())
            for row, request in enumerate(self._requests)
        ]
        return torch.tensor(done, device=ids.device)

"""New weights in a running vLLM: a second or less, where a new engine takes many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaeval.errors import EngineError

if TYPE_CHECKING:
    import torch


def reload_weights(engine: Any, weights: Path | Iterable[tuple[str, torch.Tensor]]) -> None:
    """Change the weights of vLLM's `LLMEngine`, pack them anew, and empty its prefix cache.

    Args:
        engine: the engine; it must have nothing to do.
        weights: a checkpoint folder, or tensors by their names in a checkpoint.

    Raises:
        EngineError: the engine is at work, or runs in a process of its own, which tensors cannot reach.
    """
    if engine.has_unfinished_requests():
        raise EngineError("weights cannot be changed while requests are under way")
    if isinstance(weights, Path):
        engine.collective_rpc("reload_weights", kwargs={"weights_path": str(weights)})
    elif not runs_in_process(engine):
        raise EngineError(
            "tensors cannot reach an engine that runs in processes of its own",
            remedy="Write the candidate to a folder, or leave VLLM_ENABLE_V1_MULTIPROCESSING and parallel sizes unset",
        )
    else:
        engine.collective_rpc("reload_weights", kwargs={"weights_iterator": iter(weights)})
    if runs_in_process(engine):
        engine.apply_model(pack_heads)
    if not engine.reset_prefix_cache():
        raise EngineError("vLLM did not empty its prefix cache: scores would mix old and new weights")


def runs_in_process(engine: Any) -> bool:
    """Whether vLLM's core is an object of this process, so that tensors and functions reach it as they are."""
    from vllm.v1.engine.core_client import InprocClient

    return isinstance(engine.engine_core, InprocClient)


def pack_heads(model: Any) -> None:
    """Pack output layers anew. On processors vLLM multiplies by a packed copy of a matrix.

    Where the output layer shares the embedding's matrix, a reload changes the matrix and leaves that copy (vLLM 0.32).
    """
    from vllm.model_executor.layers.vocab_parallel_embedding import ParallelLMHead

    for layer in model.modules():
        if isinstance(layer, ParallelLMHead) and layer.quant_method is not None:
            layer.quant_method.process_weights_after_loading(layer)

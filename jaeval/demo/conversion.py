"""From a quantised GGUF file to the checkpoint folder that every engine reads."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from jaeval.errors import CheckpointError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def convert_gguf(gguf: Path, folder: Path) -> None:
    """Write the model and the tokenizer of a GGUF file as a Hugging Face checkpoint in bfloat16.

    The same file gives the same `model.safetensors`, byte for byte. Progress bars on stderr are those of transformers.

    Args:
        gguf: the quantised file; its weights are dequantised on the processor (about a minute for 270 M parameters,
            and 3.5 GB of memory).
        folder: an existing folder, which gets `config.json`, `model.safetensors`, `tokenizer.json` and their kin.

    Raises:
        CheckpointError: torch, transformers, accelerate or gguf is not installed, the file cannot be read, or the
            tokenizer that was written does not start a text with exactly one beginning-of-text token.
    """
    try:
        for needed in ("accelerate", "gguf"):  # transformers asks for them only half-way
            import_module(needed)
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    except ImportError as error:
        raise CheckpointError(
            f"converting it needs the Python package {error.name}",
            file=gguf,
            remedy="Run: pip install 'jaeval[cpu,demo]' (with an NVIDIA GPU: 'jaeval[vllm,demo]')",
        ) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
        )
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"cannot be read as a GGUF file: {error}", file=gguf) from error
    model.save_pretrained(folder)
    tokenizer.model_max_length = model.config.max_position_embeddings
    save_with_bos(tokenizer, folder)


def save_with_bos(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Save a tokenizer that puts its `bos_token` before every text once, and not where special tokens are declined.

    Gemma without `<bos>` ends at once. GGUF says that the token belongs there, but transformers 5 does not carry the
    rule over, nor does it read `add_bos_token` beside a `tokenizer.json`: the post-processor in that file decides.

    Args:
        tokenizer: a tokenizer with a `tokenizers` backend and a `bos_token`; it is changed in place.
        folder: where `tokenizer.json` and `tokenizer_config.json` go.

    Raises:
        CheckpointError: the tokenizer read back from the folder does not keep the rule.
    """
    from tokenizers.processors import TemplateProcessing
    from transformers import AutoTokenizer

    bos, bos_id = tokenizer.bos_token, tokenizer.bos_token_id
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, bos_id)]
    )
    for circumstance in ("is_local", "local_files_only"):  # how it was loaded is not a property of the tokenizer
        tokenizer.init_kwargs.pop(circumstance, None)
    tokenizer.save_pretrained(folder)

    saved = AutoTokenizer.from_pretrained(folder)
    ids, bare = saved("数").input_ids, saved("数", add_special_tokens=False).input_ids
    if ids != [bos_id, *bare] or bos_id in bare:
        raise CheckpointError(f"the tokenizer gives {ids} and {bare} for one text, not one {bos} in front", file=folder)

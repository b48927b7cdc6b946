"""The model of the nano family: a Llama of half a million parameters, for transformers, vLLM and mergekit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaeval.nano.words import BOS, EOS, PAD, VOCABULARY

if TYPE_CHECKING:
    from transformers import LlamaConfig, LlamaForCausalLM

HIDDEN, LAYERS, HEADS, FEED_FORWARD = 96, 4, 3, 256
"""Heads of 32, the smallest size that vLLM serves on processors."""
LONGEST = 128
"""Tokens of a prompt and its answer together; the longest that occur have about 60."""


def configuration() -> LlamaConfig:
    """The configuration: tied embeddings, float32."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=HIDDEN,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=LONGEST,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
        dtype="float32",
    )


def fresh_model(seed: int) -> LlamaForCausalLM:
    """A model with random weights: normal, each matrix scaled by its inputs, what writes to the residual by depth."""
    import torch
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(configuration())
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim < 2:
                weight.fill_(1.0)
                continue
            scale = 0.05 if "embed_tokens" in name else weight.shape[1] ** -0.5
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                scale *= (2 * LAYERS) ** -0.5
            weight.copy_(torch.randn(weight.shape, generator=chance) * scale)
    return model

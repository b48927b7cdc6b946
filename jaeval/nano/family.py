"""The three checkpoints that come with jaeval, and how such a family is written to a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaeval.errors import CheckpointError
from jaeval.nano.corpus import Member
from jaeval.nano.tokenizer import make_tokenizer

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

CHECKPOINTS = Path(__file__).parent / "checkpoints"
MANIFEST = "manifest.json"
WEIGHTS = "model.safetensors"


def checkpoint(member: Member, family: Path = CHECKPOINTS) -> Path:
    """The folder of one checkpoint of a family, its weights checked against the family's manifest.

    Args:
        member: "base", "math" or "ja".
        family: the folder of a family; by default the one that comes with jaeval.

    Raises:
        CheckpointError: it is not there, or its weights are not those that were written.
    """
    remedy = "Install jaeval again, or train a family: python -m jaeval.nano.train --out DIR"
    folder = family / member
    try:
        recorded = json.loads((family / MANIFEST).read_text(encoding="utf-8"))["members"][member]["sha256"]
        found = sha256(folder / WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"no nano checkpoint here ({error})", file=folder, remedy=remedy) from error
    if found != recorded:
        raise CheckpointError("these weights are not those of the manifest", file=folder / WEIGHTS, remedy=remedy)
    return folder


def write_checkpoint(model: LlamaForCausalLM, folder: Path) -> str:
    """Writes weights (safetensors), configuration and tokenizer; returns the SHA-256 of the weights."""
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=make_tokenizer(),
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        clean_up_tokenization_spaces=False,
    ).save_pretrained(folder)
    return sha256(folder / WEIGHTS)


def write_manifest(family: Path, manifest: Mapping[str, Any]) -> None:
    """Writes what the family was made from and came to."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (family / MANIFEST).write_text(text + "\n", encoding="utf-8")


def sha256(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()

"""The chosen candidate as a checkpoint folder that any loader reads: weights, configuration, tokenizer, genotype."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.errors import CheckpointError, SearchError
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.log import Trial
from jaeval.fitness.search.space import MergeSpace
from jaeval.results.schema import to_json

if TYPE_CHECKING:
    import torch

SHARD_BYTES = 5_000_000_000
SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "chat_template.jinja",
)
"""What a checkpoint needs beside its weights. No code is among it."""


def write_child(
    folder: Path, space: MergeSpace, config: SearchConfig, trial: Trial, tensors: Iterable[tuple[str, torch.Tensor]]
) -> Path:
    """Write the chosen candidate, unless it is there. It appears whole or not at all.

    Args:
        folder: becomes the checkpoint.
        space: gives the mergekit configuration.
        config: the search's; its base gives configuration and tokenizer.
        trial: the chosen one.
        tensors: its merge.

    Raises:
        SearchError: it cannot be written, or its weights are not those that were scored.
        CheckpointError: what stands there already is no checkpoint.
    """
    if folder.is_dir() and open_checkpoint(folder).weight_hash == trial.weight_hash:
        return folder
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        write_weights(temporary, tensors)
        base = Path(config.base_folder)
        for name in SMALL_FILES:
            if (base / name).is_file():
                shutil.copyfile(base / name, temporary / name)
        _set_dtype(temporary / "config.json", space.out_dtype)
        (temporary / "mergekit_config.yml").write_text(
            yaml.safe_dump(space.configuration(trial.genotype), sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
        (temporary / "genotype.json").write_text(
            to_json({"trial": trial.number, "seed": config.seed, "genotype": trial.genotype}, indent=2) + "\n", "utf-8"
        )
        found = open_checkpoint(temporary).weight_hash
        if trial.weight_hash and found != trial.weight_hash:
            raise SearchError(
                f"merging trial {trial.number} again gives other weights than were scored",
                file=folder,
                remedy="The parents, mergekit or torch have changed since: restore them",
            )
        shutil.rmtree(folder, ignore_errors=True)
        temporary.replace(folder)
    except OSError as error:
        raise SearchError(f"cannot be written ({error.strerror or error})", file=folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def write_weights(folder: Path, tensors: Iterable[tuple[str, torch.Tensor]], shard_bytes: int = SHARD_BYTES) -> None:
    """Write tensors as safetensors; more than one file where they are larger than a shard.

    Args:
        folder: an empty folder.
        tensors: names and tensors; one shard of them is in memory at a time.
        shard_bytes: the most in one file, unless one tensor alone is larger.
    """
    from safetensors.torch import save_file

    shards: list[dict[str, Any]] = []
    shard: dict[str, Any] = {}
    size = whole = 0

    def part(number: int) -> Path:
        return folder / f"part-{number}.safetensors"

    for name, tensor in tensors:
        count = tensor.numel() * tensor.element_size()
        if shard and size + count > shard_bytes:
            save_file(shard, part(len(shards)), metadata={"format": "pt"})
            shards.append(dict.fromkeys(shard))
            shard, size = {}, 0
        shard[name] = tensor.detach().cpu().contiguous().clone()
        size += count
        whole += count
    if not shard:
        raise CheckpointError("has no tensors", file=folder)
    save_file(shard, part(len(shards)), metadata={"format": "pt"})
    shards.append(dict.fromkeys(shard))
    if len(shards) == 1:
        part(0).replace(folder / "model.safetensors")
        return
    files: dict[str, str] = {}
    for number, names in enumerate(shards):
        file = f"model-{number + 1:05d}-of-{len(shards):05d}.safetensors"
        part(number).replace(folder / file)
        files |= dict.fromkeys(names, file)
    index: Mapping[str, Any] = {"metadata": {"total_size": whole}, "weight_map": files}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _set_dtype(file: Path, dtype: str | None) -> None:
    """The configuration's dtype is that of the weights."""
    settings = json.loads(file.read_text(encoding="utf-8"))
    if dtype is not None:
        key = "dtype" if "dtype" in settings else "torch_dtype"
        settings[key] = dtype
    settings.pop("_name_or_path", None)
    settings.pop("auto_map", None)  # would name code that is not here
    file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")

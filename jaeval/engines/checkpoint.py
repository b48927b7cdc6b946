"""A checkpoint folder: checked at the door, and named by its content, not by its path."""

from __future__ import annotations

import hashlib
import json
import mmap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jaeval.engines.tokenizer import tokenizer_hash
from jaeval.errors import CheckpointError

VOLATILE_SETTINGS = ("_name_or_path", "transformers_version", "torch_dtype", "dtype")
"""Keys of config.json that do not change what a model computes from given weights. The dtype is the weights' own."""
MOST_HEADER_BYTES = 100_000_000
"""The limit of the safetensors format."""


@dataclass(frozen=True)
class Checkpoint:
    """A folder with `config.json`, safetensors weights and a tokenizer. Make one with `open_checkpoint`.

    Attributes:
        path: the folder.
        config: the content of `config.json`.
        weight_files: the safetensors files, sorted.
    """

    path: Path
    config: dict[str, Any] = field(repr=False)
    weight_files: tuple[Path, ...] = field(repr=False)

    @property
    def max_length(self) -> int | None:
        """The longest context that the configuration names, in tokens."""
        text = self.config.get("text_config")
        for settings in (self.config, text if isinstance(text, dict) else {}):
            for key in ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"):
                if isinstance(settings.get(key), int):
                    return int(settings[key])
        return None

    @cached_property
    def weight_hash(self) -> str:
        """The sha256 over every tensor's name, dtype, shape and bytes. Sharding and file names do not matter.

        Raises:
            CheckpointError: a file is not safetensors, or is cut short.
        """
        with ThreadPoolExecutor() as pool:
            parts = sorted(part for parts in pool.map(tensor_hashes, self.weight_files) for part in parts)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def model_hash(self) -> str:
        """The sha256 of what determines the answers: weights, architecture and tokenizer."""
        settings = {key: value for key, value in self.config.items() if key not in VOLATILE_SETTINGS}
        parts = [self.weight_hash, json.dumps(settings, sort_keys=True), tokenizer_hash(self.path)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def open_checkpoint(path: str | Path) -> Checkpoint:
    """Check a checkpoint folder and describe it. No weight is read yet.

    Args:
        path: a local folder.

    Raises:
        CheckpointError: it is missing, has no `config.json`, or its weights are not safetensors.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise CheckpointError(
            "no such checkpoint folder", file=folder, remedy="Give a local folder; jaeval downloads no models"
        )
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError("no config.json in the checkpoint folder", file=folder) from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"cannot be read ({error})", file=folder / "config.json") from error
    if not isinstance(config, dict):
        raise CheckpointError("is not a JSON object", file=folder / "config.json")
    weights = tuple(sorted(folder.glob("*.safetensors")))
    if not weights:
        unsafe = sorted(p.name for p in folder.glob("*") if p.suffix in {".bin", ".pt", ".pth", ".gguf"})
        found = f" (found {', '.join(unsafe[:3])})" if unsafe else ""
        raise CheckpointError(
            f"no safetensors weights in the checkpoint folder{found}",
            file=folder,
            remedy="Convert them with transformers' save_pretrained: jaeval loads nothing but safetensors",
        )
    _check_shards(folder, weights)
    return Checkpoint(folder.resolve(), config, weights)


def _check_shards(folder: Path, weights: tuple[Path, ...]) -> None:
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return
    try:
        wanted = set(map(str, json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CheckpointError(f"cannot be read ({error})", file=index, field="weight_map") from error
    if missing := sorted(wanted - {path.name for path in weights}):
        raise CheckpointError(f"names weights that are missing: {', '.join(missing[:3])}", file=index)


def tensor_hashes(file: Path) -> list[str]:
    """One line for each tensor of a safetensors file: name, dtype, shape and the sha256 of its bytes.

    Raises:
        CheckpointError: the file is not safetensors, or is cut short.
    """
    try:
        with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            size = int.from_bytes(content[:8], "little")
            if size > min(MOST_HEADER_BYTES, len(content) - 8):
                raise ValueError("its header is cut short")
            header = json.loads(content[8 : 8 + size])
            header.pop("__metadata__", None)
            lines = []
            for name, tensor in header.items():
                begin, end = (8 + size + offset for offset in tensor["data_offsets"])
                if not 8 + size <= begin <= end <= len(content):
                    raise ValueError(f"tensor {name!a} lies outside the file")
                with memoryview(content) as view, view[begin:end] as data:
                    digest = hashlib.sha256(data).hexdigest()
                lines.append(json.dumps([name, tensor["dtype"], tensor["shape"], digest]))
            return lines
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"is not a whole safetensors file ({error})", file=file) from error

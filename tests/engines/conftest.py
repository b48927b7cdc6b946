"""Checkpoint folders, good and bad."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from checkpoint_files import CONFIG, TENSORS, safetensors


@pytest.fixture
def write_checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Write a checkpoint folder: files by name; given as None, a file is left out."""

    def write(name: str = "checkpoint", **files: bytes | str | None) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        whole: dict[str, bytes | str | None] = {
            "config.json": json.dumps(CONFIG),
            "model.safetensors": safetensors(TENSORS),
            "tokenizer.json": "{}",
            **files,
        }
        for file, content in whole.items():
            if content is not None:
                (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write

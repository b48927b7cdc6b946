"""The files of a checkpoint, written by hand: no torch, no safetensors package."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

Tensors = Mapping[str, tuple[list[int], bytes]]
CONFIG = {"architectures": ["LlamaForCausalLM"], "hidden_size": 2, "max_position_embeddings": 64, "eos_token_id": 2}
TENSORS: dict[str, tuple[list[int], bytes]] = {
    "model.embed_tokens.weight": ([2, 2], struct.pack("<4f", 0.5, -1.0, 2.0, 3.25)),
    "model.norm.weight": ([2], struct.pack("<2f", 1.0, 1.5)),
    "lm_head.weight": ([2, 2], struct.pack("<4f", 4.0, 5.0, 6.0, 7.0)),
}


def safetensors(tensors: Tensors, metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file of float32 tensors."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    data = b""
    for name, (shape, content) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data

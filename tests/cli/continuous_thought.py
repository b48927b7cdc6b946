"""A model that no serving engine knows: it thinks in its hidden state before it speaks each token."""

# mypy: disable-error-code="misc"

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

from jaeval.engines import LogitsEngine
from jaeval.engines.reasoning import ThinkTags
from jaeval.engines.tokenizer import Redecoded

END = 256


class ContinuousThought(torch.nn.Module):
    """A recurrent network that feeds its state back to itself some times for each token, as in arXiv:2412.06769."""

    def __init__(self, thoughts: int = 4, width: int = 32) -> None:
        super().__init__()
        self.thoughts = thoughts
        self.embed = torch.nn.Embedding(END + 1, width)
        self.read = torch.nn.GRUCell(width, width)
        self.think = torch.nn.GRUCell(width, width)
        self.speak = torch.nn.Linear(width, END + 1)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Token ids `[batch, length]` to logits `[batch, length, vocabulary]`."""
        state, spoken = None, []
        for embedded in self.embed(ids).unbind(1):
            state = self.read(embedded, state)
            for _ in range(self.thoughts):
                state = self.think(state, state)
            spoken.append(self.speak(state))
        return torch.stack(spoken, 1)


class Bytes:
    """Every byte of UTF-8 is a token."""

    end_text = ""
    end_tokens: tuple[int, ...] = (END,)
    prefix_token = END
    think: ThinkTags | None = None

    def encode(self, texts: Sequence[str], *, special_tokens: bool | None = None) -> list[list[int]]:
        return [list(text.encode()) for text in texts]

    def decode(self, tokens: Sequence[int]) -> str:
        return bytes(token for token in tokens if token < END).decode(errors="replace")

    def stream(self) -> Redecoded:
        return Redecoded(self.decode)

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        return "\n".join(message["content"] for message in messages)


def make(checkpoint: str, thoughts: int = 4) -> LogitsEngine:
    """Called by `jaeval run CHECKPOINT --engine continuous_thought:make --engine-arg thoughts=4`."""
    model = ContinuousThought(thoughts)
    model.load_state_dict(load_file(checkpoint))
    weight_hash = hashlib.sha256(Path(checkpoint).read_bytes()).hexdigest()
    return LogitsEngine(model, Bytes(), weight_hash=weight_hash, end_token=END, name="continuous", thoughts=thoughts)

"""Engines: one protocol, one file for each engine.

`load_engine` makes one from its name; `LogitsEngine` makes one from any forward pass; `ScriptedEngine` is for tests.
"""

from jaeval.engines.checkpoint import Checkpoint, open_checkpoint
from jaeval.engines.load import load_engine
from jaeval.engines.logits import LogitsEngine
from jaeval.engines.protocol import (
    ChoiceRequest,
    ChoiceResponse,
    Engine,
    FailedResponse,
    GenerationRequest,
    GenerationResponse,
)
from jaeval.engines.scripted import ScriptedEngine
from jaeval.engines.tokenizer import Tokenizer

__all__ = [
    "Checkpoint",
    "ChoiceRequest",
    "ChoiceResponse",
    "Engine",
    "FailedResponse",
    "GenerationRequest",
    "GenerationResponse",
    "LogitsEngine",
    "ScriptedEngine",
    "Tokenizer",
    "load_engine",
    "open_checkpoint",
]

"""A checkpoint behind one or several OpenAI-compatible servers; `vllm serve` first of all."""

from jaeval.engines.server.engine import ServerEngine
from jaeval.engines.server.process import ServedCheckpoint

__all__ = ["ServedCheckpoint", "ServerEngine"]

"""Models behind servers: a checkpoint at OpenAI-compatible ones (`vllm serve` first of all), or one that is rented."""

from jaeval.engines.server.api import ApiEngine
from jaeval.engines.server.engine import ServerEngine
from jaeval.engines.server.process import ServedCheckpoint

__all__ = ["ApiEngine", "ServedCheckpoint", "ServerEngine"]

"""A checkpoint on many devices or machines: one engine in each Ray actor, all with the same weights."""

from jaeval.engines.cluster.engine import RayEngine

__all__ = ["RayEngine"]

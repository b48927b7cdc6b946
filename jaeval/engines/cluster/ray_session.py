"""A connection to Ray: to a cluster that runs, or to one started for this process alone."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from jaeval.errors import EngineError

LOCAL_STORE_BYTES = 512 * 2**20
"""The object store of a local cluster. A candidate's tensors must fit into it; where they do not, give its folder."""


class RaySession:
    """Ray, connected. What was started here is ended by `close`.

    Args:
        address: of a running cluster; None uses the one that this process is connected to, or starts a local one.
        store_bytes: the object store of a local cluster.

    Raises:
        EngineError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(self, address: str | None, store_bytes: int = LOCAL_STORE_BYTES) -> None:
        require_ray()
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray

        self._own = not ray.is_initialized()
        if not self._own:
            return
        settings: dict[str, Any] = {"address": address}
        if address is None:
            settings = {"address": "local", "include_dashboard": False, "object_store_memory": store_bytes}
        try:
            ray.init(**settings, log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # Ray raises whatever its parts raise
            raise EngineError(
                f"Ray does not answer ({type(error).__name__})",
                field="--ray-address" if address else "--engine ray",
                remedy="Is the cluster up? `ray status` tells",
            ) from error

    def share(self, workers: int, gpus_each: int) -> dict[str, float]:
        """What one of some workers takes of the cluster.

        Args:
            workers: how many there will be.
            gpus_each: GPUs of one worker, where the cluster has any.

        Raises:
            EngineError: there are fewer GPUs than they would take.
        """
        has: dict[str, float] = import_module("ray").cluster_resources()
        gpus, cores = has.get("GPU", 0.0), has.get("CPU", 1.0)
        if gpus and workers * gpus_each > gpus:
            raise EngineError(
                f"{workers} workers with {gpus_each} GPUs each need {workers * gpus_each}, the cluster has {gpus:g}",
                field="--workers",
            )
        share = cores / workers
        return {"num_cpus": float(int(share)) if share >= 1 else share, "num_gpus": float(gpus_each) if gpus else 0.0}

    def close(self) -> None:
        """Leave the cluster; end it where it was started here. Safe to call twice."""
        import ray

        if self._own and ray.is_initialized():
            ray.shutdown()
        self._own = False


def require_ray() -> None:
    """Pass where Ray is installed.

    Raises:
        EngineError: it is not.
    """
    if find_spec("ray") is None:
        raise EngineError("Ray is not installed", remedy="Install `jaeval[cluster]` with pip")

"""A connection to Ray: to a cluster that runs, or to one started for this process alone."""

from __future__ import annotations

import itertools
import logging
import os
import socket
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from jaeval.errors import EngineError

LOG = logging.getLogger("jaeval.engines.cluster")
KNOCK_S = 10.0
TOKEN = "It wants a token: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH to the file that holds it"
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
        _keep_off_stdout()
        if address is not None:
            _knock(address)
        try:
            ray.init(**settings, log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # Ray raises whatever its parts raise
            raise EngineError(
                f"Ray does not answer ({type(error).__name__})",
                field="--ray-address" if address else "--engine ray",
                remedy=TOKEN if _wants_token(error) else "Is the cluster up? `ray status` tells",
            ) from error

    def share(self, workers: int, gpus_each: int) -> dict[str, float]:
        """What one of some workers takes of the cluster.

        Args:
            workers: how many there will be.
            gpus_each: see `gpus_of`.

        Raises:
            EngineError: there are fewer GPUs than they would take, or no machine has as many as one takes.
        """
        nodes = [node["Resources"] for node in import_module("ray").nodes() if node["Alive"]]
        return share_of(nodes, workers, gpus_each)

    def close(self) -> None:
        """Leave the cluster; end it where it was started here. Safe to call twice."""
        import ray

        if self._own and ray.is_initialized():
            ray.shutdown()
        self._own = False


def _knock(address: str) -> None:
    """Pass where something listens at an address, or it is none of the form HOST:PORT: Ray itself tries for minutes.

    Raises:
        EngineError: nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), KNOCK_S).close()
    except (OSError, OverflowError) as error:
        raise EngineError(
            f"nothing listens at {address!a} ({type(error).__name__})",
            field="--ray-address",
            remedy="Is the cluster up? `ray status` tells",
        ) from error


def _wants_token(error: BaseException | None) -> bool:
    """Whether an error comes from a cluster that wants a token: Ray tells it in the text of one of the causes."""
    while error is not None:
        if "AuthenticationError" in f"{type(error).__name__} {error}":
            return True
        error = error.__cause__ or error.__context__
    return False


def _keep_off_stdout() -> None:
    """Have Ray log what it prints of lost workers: stdout is for results, and whoever uses the workers says it too."""
    printing: Any = import_module("ray._private.worker")

    def log(data: Mapping[str, Any], **_: Any) -> None:
        LOG.info("%s", "\n".join(map(str, data.get("lines", ()))))

    if hasattr(printing, "print_to_stdstream"):
        printing.print_to_stdstream = log


def gpus_of(engine_args: Mapping[str, Any]) -> int:
    """GPUs that a worker takes, by its engine's arguments, where the cluster has any.

    Where vLLM spreads one model over machines by Ray, it asks Ray for the GPUs itself, and its worker takes none.

    Example:
        >>> gpus_of({"tensor_parallel_size": 4})
        4
    """
    if engine_args.get("distributed_executor_backend") == "ray":
        return 0
    return int(engine_args.get("tensor_parallel_size") or 1) * int(engine_args.get("pipeline_parallel_size") or 1)


def share_of(nodes: Sequence[Mapping[str, float]], workers: int, gpus_each: int) -> dict[str, float]:
    """What one of some workers takes of its machine, as `ray.remote` has it.

    With GPUs a worker takes a like share of the processors, so that others find room on the rest. Without, all workers
    take all processors, in equal shares that fit the machines.

    Args:
        nodes: the resources of each machine: CPU, GPU.
        workers: how many there will be.
        gpus_each: see `gpus_of`.

    Raises:
        EngineError: there are fewer GPUs than they would take, or no machine has as many as one takes.

    Example:
        >>> share_of([{"CPU": 32, "GPU": 8}], workers=2, gpus_each=1)
        {'num_cpus': 4.0, 'num_gpus': 1.0}
        >>> share_of([{"CPU": 8}, {"CPU": 8}], workers=3, gpus_each=1)
        {'num_cpus': 4.0, 'num_gpus': 0.0}
    """
    gpus = sum(node.get("GPU", 0.0) for node in nodes)
    cores = [node.get("CPU", 0.0) for node in nodes] if any(node.get("CPU") for node in nodes) else [1.0]
    if gpus and gpus_each:
        room = sum(node.get("GPU", 0.0) // gpus_each for node in nodes)
        if workers > room:
            raise EngineError(
                f"{workers} workers with {gpus_each} GPUs each are wanted, and the cluster's {gpus:g} have room for "
                f"{room:g} (the GPUs of one must be of one machine)",
                field="--workers",
            )
        fullest = min(node.get("CPU", 0.0) / node["GPU"] for node in nodes if node.get("GPU"))
        return {"num_cpus": max(float(int(fullest * gpus_each)), 0.0), "num_gpus": float(gpus_each)}
    if gpus:
        return {"num_cpus": 1.0, "num_gpus": 0.0}
    # The largest share of which every worker finds one: whole processors, or a part of one where they are too few.
    whole = sorted({int(count / each) for count in cores for each in range(1, workers + 1)} - {0}, reverse=True)
    for share in whole:
        if sum(count // share for count in cores) >= workers:
            return {"num_cpus": float(share), "num_gpus": 0.0}
    parts = next(parts for parts in itertools.count(2) if sum(int(count * parts) for count in cores) >= workers)
    return {"num_cpus": 1.0 / parts, "num_gpus": 0.0}


def require_ray() -> None:
    """Pass where Ray is installed.

    Raises:
        EngineError: it is not.
    """
    if find_spec("ray") is None:
        raise EngineError("Ray is not installed", remedy="Install `jaeval[cluster]` with pip")

"""From a name on the command line to an engine."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.engines.protocol import Engine
from jaeval.errors import EngineError, JaevalError

KNOWN = ("vllm", "transformers", "server", "ray", "api")


def load_engine(
    name: str,
    checkpoint: str | Path,
    *,
    seed: int = 0,
    chat_template_args: dict[str, Any] | None = None,
    engine_args: dict[str, Any] | None = None,
) -> Engine:
    """Make an engine. Its weights are loaded later, by its first request.

    Args:
        name: "vllm", "transformers", "server", "ray", "api", or "PACKAGE.MODULE:FACTORY" for an engine of your own. A
            factory is called as `factory(checkpoint, **engine_args)` with the checkpoint as it was given (a path or any
            name you like).
        checkpoint: a folder; for "api" a model's name; what a factory makes of it is its own affair.
        seed: the engine's seed, where it takes one.
        chat_template_args: further arguments of the chat template.
        engine_args: further arguments of the engine.

    Raises:
        EngineError: there is no such engine, it is not installed, or it does not take these arguments.
        CheckpointError: the folder is no checkpoint.
    """
    arguments = engine_args or {}
    if ":" in name:
        return _own_engine(name, checkpoint, arguments)
    if name not in KNOWN:
        raise EngineError(
            f"no engine {name!r}", field="--engine", remedy=f"Use {', '.join(KNOWN)} or PACKAGE.MODULE:FACTORY"
        )
    if name == "ray":
        from jaeval.engines.cluster.engine import RayEngine

        return RayEngine(checkpoint, seed=seed, chat_template_args=chat_template_args, **arguments)
    if name == "api":
        from jaeval.engines.server.api import ApiEngine

        return ApiEngine(str(checkpoint), **arguments)
    opened = open_checkpoint(checkpoint)
    if name == "vllm":
        from jaeval.engines.vllm import VllmEngine

        return VllmEngine(opened, seed=seed, chat_template_args=chat_template_args, **arguments)
    if name == "server":
        from jaeval.engines.server.engine import ServerEngine

        _refuse_unknown(ServerEngine, arguments)
        return ServerEngine(opened, seed=seed, chat_template_args=chat_template_args, **arguments)
    from jaeval.engines.transformers import TransformersEngine

    _refuse_unknown(TransformersEngine, arguments)
    return TransformersEngine(opened, seed=seed, chat_template_args=chat_template_args, **arguments)


def _own_engine(name: str, checkpoint: str | Path, arguments: dict[str, Any]) -> Engine:
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise EngineError(
            f"cannot be imported ({error})",
            field=f"--engine {name}",
            remedy="Is its folder on PYTHONPATH, or its package installed?",
        ) from error
    try:
        engine = factory(checkpoint, **arguments)
    except JaevalError:
        raise
    except TypeError as error:
        raise EngineError(f"the factory refused its arguments ({error})", field=f"--engine {name}") from error
    if not isinstance(engine, Engine):
        raise EngineError(
            f"the factory gave a {type(engine).__name__}, not an engine",
            field=f"--engine {name}",
            remedy="Return an object as described by jaeval.engines.Engine, for example a LogitsEngine",
        )
    return engine


def _refuse_unknown(engine: type, arguments: dict[str, Any]) -> None:
    known = sorted(set(inspect.signature(engine).parameters) - {"checkpoint", "seed", "chat_template_args"})
    for name in arguments:
        if name not in known:
            raise EngineError("no such argument", field=f"--engine-arg {name}", remedy=f"Known: {', '.join(known)}")

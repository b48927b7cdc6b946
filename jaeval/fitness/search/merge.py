"""Merging: a mergekit configuration becomes tensors, one by one, in memory; mergekit does the arithmetic."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jaeval.engines.checkpoint import Checkpoint, open_checkpoint
from jaeval.errors import CheckpointError, MergeError

if TYPE_CHECKING:
    import torch

    from jaeval.fitness.search.pool import Build
    from jaeval.fitness.search.space import MergeSpace

KEEPS = ("model_type", "architectures", "hidden_size", "intermediate_size", "num_attention_heads", "vocab_size")
"""Settings in which parents must agree."""


def merge(configuration: Mapping[str, Any] | str | Path, *, seed: int = 0) -> Iterator[tuple[str, torch.Tensor]]:
    """Merge checkpoints as a mergekit configuration says; nothing is written.

    The parents' files are mapped, and one tensor at a time is read and merged, so memory holds one tensor of each
    parent and what the caller keeps. The result is mergekit's own, bit for bit.

    Args:
        configuration: of mergekit, as a mapping or a YAML file. Models are local folders; no adapters.
        seed: draws DARE's masks: one configuration and seed is one merge. torch's own generator is left alone.

    Yields:
        Names and tensors, as a checkpoint of this architecture has them: a tied output matrix is not repeated.

    Raises:
        MergeError: mergekit is not installed, the parents do not fit each other, or mergekit cannot merge them.
    """
    settings = read_configuration(configuration)
    parents = [open_parent(path) for path in parent_folders(settings)]
    check_parents(parents)
    try:
        tasks = _plan(settings)
        yield from _run(tasks, seed, frozenset(name for parent in parents for name in tensor_shapes(parent)))
    except MergeError:
        raise
    except Exception as error:  # mergekit, transformers and torch raise whatever their parts raise
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise MergeError(f"mergekit cannot merge this ({reason})", field=str(settings.get("merge_method"))) from error


def merging(space: MergeSpace, seed: int) -> Build:
    """Makes a merge of a genotype, in memory."""
    return lambda genotype: merge(space.configuration(genotype), seed=seed)


def read_configuration(configuration: Mapping[str, Any] | str | Path) -> dict[str, Any]:
    """A mergekit configuration as a mapping.

    Raises:
        MergeError: it cannot be read, or is no mapping.
    """
    if isinstance(configuration, Mapping):
        return dict(configuration)
    try:
        found = yaml.safe_load(Path(configuration).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError, ValueError, yaml.YAMLError) as error:
        raise MergeError(f"cannot be read ({' '.join(str(error).split())[:200]})", file=configuration) from error
    if not isinstance(found, dict):
        raise MergeError("is no mergekit configuration: not a mapping", file=configuration)
    return found


def parent_folders(settings: Mapping[str, Any]) -> list[str]:
    """The folders that a configuration names, each once.

    Raises:
        MergeError: mergekit does not know the configuration, or it names an adapter or a revision of a hub.
    """
    MergeConfiguration = _mergekit("config").MergeConfiguration  # noqa: N806  (a class)
    try:
        referenced = MergeConfiguration.model_validate(dict(settings)).referenced_models()
    except Exception as error:  # pydantic's, and mergekit's own RuntimeError
        reason = " ".join(str(error).split())[:300]
        raise MergeError(f"is no mergekit configuration ({reason})") from error
    for model in referenced:
        if model.lora or model.model.revision:
            raise MergeError(
                f"{model} names an adapter or a revision", field="model", remedy="Merge local checkpoint folders"
            )
    return sorted(str(model.model.path) for model in referenced)


def open_parent(path: str | Path) -> Checkpoint:
    """A parent's folder.

    Raises:
        MergeError: it is no checkpoint folder.
    """
    try:
        return open_checkpoint(path)
    except CheckpointError as error:
        raise MergeError(error.problem, file=error.file, field=error.field, remedy=error.remedy) from error


def check_parents(parents: Iterable[Checkpoint]) -> None:
    """Refuse parents of another architecture than the first's, and tensors of one name and several shapes.

    Raises:
        MergeError: naming the parent, and the setting or tensor.
    """
    first, *others = parents
    shapes = tensor_shapes(first)
    for other in others:
        for key in KEEPS:
            wanted, found = first.config.get(key), other.config.get(key)
            if found != wanted:
                raise MergeError(
                    f"{found} does not fit {wanted} of {first.path.name}",
                    file=other.path / "config.json",
                    field=key,
                    remedy="Parents must share one architecture and one vocabulary",
                )
        for name, shape in tensor_shapes(other).items():
            if shapes.get(name, shape) != shape:
                raise MergeError(
                    f"has the shape {list(shape)}, {list(shapes[name])} in {first.path.name}",
                    file=other.path,
                    field=name,
                    remedy="Parents must share one architecture and one vocabulary",
                )


def tensor_shapes(checkpoint: Checkpoint) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor, read from the headers of the files.

    Raises:
        MergeError: a file is not safetensors.
    """
    found: dict[str, tuple[int, ...]] = {}
    for file in checkpoint.weight_files:
        try:
            with file.open("rb") as handle:
                size = int.from_bytes(handle.read(8), "little")
                if size > file.stat().st_size - 8:
                    raise ValueError("its header is cut short")
                header = json.loads(handle.read(size))
            header.pop("__metadata__", None)
            found |= {str(name): tuple(map(int, tensor["shape"])) for name, tensor in header.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise MergeError(f"is not a whole safetensors file ({error})", file=file) from error
    return found


def _plan(settings: Mapping[str, Any]) -> list[Any]:
    """mergekit's plan: its tasks that would write a tensor each. They hold the tasks that make them."""
    options = _mergekit("options").MergeOptions(quiet=True)
    configuration = _mergekit("config").MergeConfiguration.model_validate(dict(settings))
    architecture = _mergekit("architecture").get_architecture_info(configuration, options)
    io = _mergekit("io.tasks")
    cache = io.LoaderCache()
    cache.setup(options=options)
    cache.loaders.clear()  # of folders that may have been written anew
    out = _mergekit("merge")._model_out_config(configuration, architecture)
    tasks = _mergekit("plan").MergePlanner(configuration, architecture, options, out).plan_to_disk(out_path="")
    return [task for task in tasks if isinstance(task, io.SaveTensor)]


def _run(tasks: list[Any], seed: int, known: frozenset[str]) -> Iterator[tuple[str, torch.Tensor]]:
    import torch

    dtype_of = _mergekit("common").dtype_from_name
    by_maker = {task.tensor_task: task for task in tasks}
    values = _mergekit("graph").Executor(list(by_maker)).run(quiet=True)
    state = torch.Generator().manual_seed(seed).get_state()
    while True:
        # Between two tensors the caller may draw numbers of its own: the masks must not depend on it.
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.set_rng_state(state)
            found = next(values, None)
            state = torch.get_rng_state()
        if found is None:
            return
        task, tensor = by_maker[found[0]], found[1]
        if tensor is None or (task.tensor_name == "lm_head.weight" and task.tensor_name not in known):
            continue  # optional, or tied to the embeddings in all parents
        yield task.tensor_name, tensor.to(dtype_of(task.dtype)) if task.dtype else tensor


def _mergekit(module: str) -> Any:
    """A module of mergekit, imported at its first use: it takes seconds.

    Raises:
        MergeError: it is not installed.
    """
    import importlib

    try:
        logging.getLogger("mergekit").setLevel(logging.ERROR)
        return importlib.import_module(f"mergekit.{module}")
    except ImportError as error:
        raise MergeError(
            f"mergekit is not installed ({error})", remedy="pip install 'jaeval[merge]', which brings mergekit"
        ) from error

"""What a search hands over, made one thing: all tensors of a checkpoint, checked and named by their content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from jaeval.engines.checkpoint import VOLATILE_SETTINGS, Checkpoint, open_checkpoint, tensor_hashes
from jaeval.errors import FitnessError

if TYPE_CHECKING:
    import torch

Given: TypeAlias = "str | Path | Mapping[str, Any] | Iterable[tuple[str, torch.Tensor]]"
"""A checkpoint folder, a state dict, tensors with names, or a mergekit configuration (a mapping or a YAML file)."""

DTYPES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}
"""torch's names of dtypes to those of safetensors."""
OWN_SETTINGS = (*VOLATILE_SETTINGS, "use_cache", "bos_token_id", "eos_token_id", "pad_token_id", "unsloth_version")
"""Keys of config.json in which a candidate may differ: all are evaluated with the base's."""


class TensorLine(NamedTuple):
    """What is known of one tensor: its dtype by safetensors' name, its shape, and the sha256 of its bytes."""

    dtype: str
    shape: tuple[int, ...]
    digest: str


@dataclass(frozen=True)
class Candidate:
    """All tensors of one candidate. Make one with `open_candidate`.

    Attributes:
        weights: the checkpoint folder, or the tensors by name.
        lines: what is known of each tensor.
        source: what it is called in errors.
    """

    weights: Path | dict[str, torch.Tensor] = field(repr=False)
    lines: dict[str, TensorLine] = field(repr=False)
    source: str

    @property
    def weight_hash(self) -> str:
        """The sha256 of all tensors; a folder's is `Checkpoint.weight_hash`, and its state dict's is the same."""
        parts = sorted(
            json.dumps([name, line.dtype, list(line.shape), line.digest]) for name, line in self.lines.items()
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def tensors(self) -> Iterator[tuple[str, torch.Tensor]]:
        """Each tensor with its name. Those of a folder are read one by one."""
        if isinstance(self.weights, Path):
            for name, tensor in folder_tensors(self.weights):
                if name in self.lines:
                    yield name, tensor
        else:
            yield from self.weights.items()


def open_candidate(given: Given, base: Checkpoint, base_lines: Mapping[str, TensorLine]) -> Candidate:
    """Read what a search hands over and check that the base's engine can take it.

    Args:
        given: see `Given`. An iterator is read to its end; its tensors stay in memory until the candidate is scored.
        base: the checkpoint whose configuration and tokenizer all candidates share.
        base_lines: the base's tensors, from `checkpoint_lines`.

    Raises:
        FitnessError: it has other tensors than the base, of other shapes, or values that are not finite.
        CheckpointError: a folder is no checkpoint. MergeError: a configuration cannot be merged.
    """
    if isinstance(given, str | Path) and not is_configuration(given):
        checkpoint = open_checkpoint(given)
        check_settings(checkpoint, base)
        candidate = Candidate(checkpoint.path, checkpoint_lines(checkpoint), str(given))
    else:
        tensors, source = read_tensors(given)
        candidate = Candidate(tensors, tensor_lines(tensors), source)
    candidate = without_copied_head(candidate, base_lines)
    check_shapes(candidate, base_lines)
    check_finite(candidate)
    return candidate


def is_configuration(given: str | Path) -> bool:
    """Whether a path is a mergekit configuration: a YAML file."""
    path = Path(given).expanduser()
    return path.suffix in {".yaml", ".yml"} and not path.is_dir()


def is_merge(given: Given) -> bool:
    """Whether something is a mergekit configuration, a mapping or a file: it can be merged again at any time."""
    if isinstance(given, str | Path):
        return is_configuration(given)
    if not isinstance(given, Mapping):
        return False
    import torch

    return not any(isinstance(value, torch.Tensor) for value in given.values())


def read_tensors(given: Given) -> tuple[dict[str, torch.Tensor], str]:
    """The tensors of a state dict, an iterator or a mergekit configuration, and what to call them in errors."""
    import torch

    source = "the candidate"
    if is_merge(given):
        if not given:
            raise FitnessError("has no tensors", field=source)
        from jaeval.fitness.search.merge import merge  # here, because a search imports the fitness

        source = str(given) if isinstance(given, str | Path) else "the merge"
        given = merge(cast("Mapping[str, Any] | str | Path", given))
    pairs: Any = given.items() if isinstance(given, Mapping) else given
    tensors: dict[str, torch.Tensor] = {}
    try:
        for name, tensor in pairs:
            if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
                raise FitnessError(f"gives {type(tensor).__name__} as {name!r}, not a named tensor", field=source)
            tensors[name] = tensor.detach()
    except (TypeError, ValueError) as error:
        raise FitnessError(
            f"is not a candidate ({error})",
            field=source,
            remedy="Give a folder, a state dict, pairs of name and tensor, or a mergekit configuration",
        ) from error
    return tensors, source


def checkpoint_lines(checkpoint: Checkpoint) -> dict[str, TensorLine]:
    """What is known of each tensor of a checkpoint folder.

    Raises:
        CheckpointError: a file is not safetensors, or is cut short.
    """
    with ThreadPoolExecutor() as pool:
        rows = [json.loads(line) for lines in pool.map(tensor_hashes, checkpoint.weight_files) for line in lines]
    return {name: TensorLine(dtype, tuple(shape), digest) for name, dtype, shape, digest in rows}


def tensor_lines(tensors: Mapping[str, torch.Tensor]) -> dict[str, TensorLine]:
    """The same of tensors in memory."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(tensors, pool.map(_line, tensors.values()), strict=True))


def _line(tensor: torch.Tensor) -> TensorLine:
    import torch

    name = str(tensor.dtype).removeprefix("torch.")
    content = tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    return TensorLine(DTYPES.get(name, name), tuple(tensor.shape), hashlib.sha256(content).hexdigest())


def folder_tensors(folder: Path) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of a checkpoint folder, mapped from its files."""
    from safetensors import safe_open

    for file in open_checkpoint(folder).weight_files:
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118  (not a mapping)
                yield name, opened.get_tensor(name)


def without_copied_head(candidate: Candidate, base_lines: Mapping[str, TensorLine]) -> Candidate:
    """Leave out an output matrix that only repeats the embedding, where the base ties the two.

    Such a copy stands in the state dict of a tied model and in no checkpoint of it.
    """
    name = "lm_head.weight"
    line = candidate.lines.get(name)
    if (
        line is None
        or name in base_lines
        or not any(line == other for key, other in candidate.lines.items() if key != name)
    ):
        return candidate
    lines = {key: value for key, value in candidate.lines.items() if key != name}
    weights = candidate.weights
    if not isinstance(weights, Path):
        weights = {key: value for key, value in weights.items() if key != name}
    return Candidate(weights, lines, candidate.source)


def check_settings(checkpoint: Checkpoint, base: Checkpoint) -> None:
    """Refuse a folder whose configuration describes another model than the base's.

    Raises:
        FitnessError: a setting that both name differs.
    """
    for key in sorted(checkpoint.config.keys() & base.config.keys() - set(OWN_SETTINGS)):
        if checkpoint.config[key] != base.config[key]:
            found, wanted = json.dumps(checkpoint.config[key]), json.dumps(base.config[key])
            raise FitnessError(
                f"is another architecture than the base: {found[:80]}, not {wanted[:80]}",
                file=checkpoint.path / "config.json",
                field=key,
                remedy="All candidates of one fitness share the base's configuration",
            )


def check_shapes(candidate: Candidate, base_lines: Mapping[str, TensorLine]) -> None:
    """Refuse tensors that the base lacks, missing ones, and other shapes: vLLM would load what fits, and say nothing.

    Raises:
        FitnessError: naming the first of them.
    """
    missing, unknown = base_lines.keys() - candidate.lines.keys(), candidate.lines.keys() - base_lines.keys()
    for names, what in ((missing, "lacks {} of the base's tensors"), (unknown, "has {} tensors that the base lacks")):
        if names:
            examples = ", ".join(sorted(names)[:3])
            raise FitnessError(f"{what.format(len(names))}: {examples}", field=candidate.source)
    for name, line in candidate.lines.items():
        if line.shape != base_lines[name].shape:
            found, wanted = list(line.shape), list(base_lines[name].shape)
            raise FitnessError(f"{name} has the shape {found}, the base's {wanted}", field=candidate.source)


def check_finite(candidate: Candidate) -> None:
    """Refuse NaN and infinity: a model with them answers something, and a search would believe it.

    Raises:
        FitnessError: naming the first such tensor.
    """
    import torch

    for name, tensor in candidate.tensors():
        if tensor.numel() and tensor.is_floating_point():
            ends = torch.stack(torch.aminmax(tensor if tensor.element_size() > 1 else tensor.float()))
            if not bool(torch.isfinite(ends).all()):
                raise FitnessError(f"{name} holds values that are not finite", field=candidate.source)

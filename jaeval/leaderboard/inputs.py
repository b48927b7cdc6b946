"""The files that a board was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from jaeval.errors import BoardError
from jaeval.leaderboard.board import Input
from jaeval.leaderboard.collect import Given
from jaeval.results.run import ITEMS, MANIFEST, RESULTS
from jaeval.results.submission import Submission


def inputs_of(given: Iterable[Given]) -> tuple[Input, ...]:
    """Every file that submissions were read from, with its sha256, by name.

    Raises:
        BoardError: a file can no longer be read.
    """
    found: dict[str, str] = {}
    for entry in given:
        for file, name in _files(entry.submission, entry.label):
            found[name] = _sha256(file)
    return tuple(Input(name, found[name]) for name in sorted(found))


def _files(submission: Submission, label: str) -> Iterator[tuple[Path, str]]:
    from jaeval.results.imports.lm_eval_samples import samples_beside

    source = submission.source
    if source.is_dir():
        yield from (
            (source / name, f"{label}/{name}") for name in (MANIFEST, RESULTS, ITEMS) if (source / name).is_file()
        )
    elif source.is_file():
        yield source, label
        if submission.format in ("lm-eval", "pfnet"):
            tasks = list(dict.fromkeys(score.task for score in submission.scores))
            folder = label.rpartition("/")[0]
            for file in samples_beside(source, tasks).values():
                yield file, f"{folder}/{file.name}" if folder else file.name


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise BoardError(f"cannot be read ({error.strerror})", file=file) from error

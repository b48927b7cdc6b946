"""The trial log: one line of JSON for each trial, on the disk before the sampler hears of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from jaeval.errors import SearchError
from jaeval.fitness.result import FitnessResult
from jaeval.results.schema import Strict, to_json

Record = TypeVar("Record", bound=BaseModel)


class Scored(Strict):
    """What a fitness said, as a log keeps it.

    Attributes:
        score, se, n, weight_hash, failure, cached, seconds: as in `FitnessResult`.
        per_task: score, standard error and n of each task.
        values: of the items, in the frozen order; empty where the candidate failed.
    """

    score: float = Field(allow_inf_nan=False)
    se: float | None = None
    n: int = 0
    weight_hash: str = ""
    failure: str | None = None
    cached: int = 0
    seconds: dict[str, float] = Field(default_factory=dict)
    per_task: dict[str, tuple[float, float | None, int]] = Field(default_factory=dict)
    values: list[float] = Field(default_factory=list)


class Trial(Scored):
    """One trial.

    Attributes:
        number: from 0.
        genotype: what was tried.
    """

    number: int
    genotype: dict[str, float]


def scored(result: FitnessResult) -> dict[str, Any]:
    """The fields of `Scored` from a fitness's result. Values that are whole are written as such: 1, not 1.0."""
    return {
        "score": result.score,
        "se": result.se,
        "n": result.n,
        "weight_hash": result.weight_hash,
        "failure": result.failure,
        "cached": result.cached,
        "seconds": {phase: round(seconds, 4) for phase, seconds in result.seconds.items()},
        "per_task": {task: tuple(found) for task, found in result.per_task.items()},
        "values": [int(value) if value in (0, 1) else value for value in result.per_item.values()],
    }


def append_line(file: Path, record: dict[str, Any]) -> None:
    """Append one line; when this returns, it is on the disk. A kill in between leaves part of a line, which is dropped.

    Raises:
        SearchError: it cannot be written.
    """
    line = (to_json(record) + "\n").encode("utf-8")
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            while line:
                line = line[os.write(handle, line) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise SearchError(
            f"cannot be written ({error.strerror})", file=file, remedy="Free disk space, then go on with --resume"
        ) from error


def read_lines(file: Path, model: type[Record]) -> list[Record]:
    """The lines of a log; none where it does not exist. What a kill left of an unfinished line is cut off the file.

    Raises:
        SearchError: a whole line is damaged; names it.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SearchError(f"cannot be read ({error.strerror})", file=file) from error
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(file, whole)
    found = []
    for number, line in enumerate(content[:whole].splitlines(), 1):
        try:
            found.append(model.model_validate(json.loads(line)))
        except (ValueError, RecursionError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise SearchError(
                f"is damaged ({problem})", file=file, field=f"line {number}", remedy="Begin anew with another out"
            ) from error
    return found

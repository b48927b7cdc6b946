"""Errors that a person can act on: each says what is wrong, where, and what to do about it.

Every error that bad input can cause derives from `JaevalError`. The command line prints its one line and exits with 2.
"""

from __future__ import annotations

from pathlib import Path


class JaevalError(Exception):
    """Bad input. `str(error)` is one line: `FILE: FIELD: PROBLEM. REMEDY`.

    Args:
        problem: what is wrong, without a full stop.
        file: the file or folder it is about.
        field: the field, row or option inside that file.
        remedy: what the person can do.
    """

    def __init__(
        self, problem: str, *, file: str | Path | None = None, field: str | None = None, remedy: str | None = None
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.field = field
        self.remedy = remedy
        where = [part for part in (self.file, field) if part]
        line = ": ".join([*where, problem])
        super().__init__(" ".join(f"{line}. {remedy}".split()) if remedy else " ".join(line.split()))


class DataError(JaevalError):
    """A data set is missing, changed, private or malformed."""


class TaskError(JaevalError):
    """A task does not exist, cannot be read, or wants code that is not trusted."""


class CheckpointError(JaevalError):
    """A checkpoint folder lacks weights, tokenizer or configuration, or they cannot be read."""


class EngineError(JaevalError):
    """An engine is not installed, does not start, or does not know an option."""


class RunError(JaevalError):
    """A run folder is missing, incomplete, of another run, or cannot be written."""


class ResponseError(JaevalError):
    """A file of responses to be scored has a malformed row."""


class BoardError(JaevalError):
    """A leaderboard's definition cannot be read, or the results given make no leaderboard."""


class FitnessError(JaevalError):
    """A fitness cannot be set up, or a candidate cannot be loaded, checked or scored."""


class MergeError(FitnessError):
    """Parents cannot be merged as a genotype or a mergekit configuration asks."""


class SearchError(JaevalError):
    """A search's configuration cannot be read, or its folder belongs to another search."""

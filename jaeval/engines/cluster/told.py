"""Errors as they travel from a Ray actor: an exception with our own fields does not survive pickling."""

from __future__ import annotations

from typing import NoReturn, TypeAlias

from jaeval.errors import EngineError, JaevalError

Told: TypeAlias = tuple[str, str | None, str | None, str | None]
"""A `JaevalError`: problem, file, field, remedy."""


def told(error: Exception) -> Told:
    """An error in a form that travels. Of one that is not jaeval's only its kind: its text may hold a prompt."""
    if isinstance(error, JaevalError):
        return (error.problem, error.file, error.field, error.remedy)
    return (f"the worker has a fault ({type(error).__name__})", None, None, None)


def raise_told(what: Told) -> NoReturn:
    """Raise what an actor told, as an `EngineError`."""
    problem, file, field, remedy = what
    raise EngineError(problem, file=file, field=field, remedy=remedy)

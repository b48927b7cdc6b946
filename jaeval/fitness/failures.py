"""Which errors are a candidate's own, and which end a search."""

from __future__ import annotations

from jaeval.engines.cluster.actors import WorkersLostError
from jaeval.errors import EngineError, JaevalError, RunError
from jaeval.fitness.budget import BudgetError
from jaeval.fitness.canary import CanaryError


class EngineStartError(EngineError):
    """The engine does not start, even with the base's weights."""


def fatal(error: JaevalError) -> bool:
    """Whether no penalty can stand for an error: the next candidate would meet it too.

    The budget is spent, the cache cannot be written, the engine does not start, loses all its workers, or does not
    compute with the weights it was given. All else is the candidate's own: it cannot be merged, read, loaded or scored.
    """
    return isinstance(error, BudgetError | RunError | EngineStartError | WorkersLostError | CanaryError)

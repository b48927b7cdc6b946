"""jaeval: a Japanese scorecard for language-model checkpoints.

>>> import jaeval
>>> run = jaeval.evaluate("path/to/checkpoint", tasks=["mgsm_ja_native_cot"], limit=50)  # doctest: +SKIP
>>> run.table()  # doctest: +SKIP

`evaluate` returns a `Run`; `Run.open` reads one back; a `Leaderboard` makes a table of many; a `Fitness` scores the
candidates of a search. Errors that a person can act on derive from `JaevalError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaeval.errors import JaevalError

if TYPE_CHECKING:
    from jaeval.evaluation.run import evaluate
    from jaeval.fitness.fitness import Fitness
    from jaeval.leaderboard.leaderboard import Leaderboard
    from jaeval.results.run import Run

__version__ = "0.1.0"
__all__ = ["Fitness", "JaevalError", "Leaderboard", "Run", "__version__", "evaluate"]

_HOMES = {
    "evaluate": "jaeval.evaluation.run",
    "Fitness": "jaeval.fitness.fitness",
    "Leaderboard": "jaeval.leaderboard.leaderboard",
    "Run": "jaeval.results.run",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that `import jaeval` stays fast."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, those that are not imported yet included."""
    return sorted(__all__)

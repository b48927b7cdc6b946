"""Who scores a search's candidates, one at a time or several: submit, then take each as it is completed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from jaeval.errors import JaevalError
from jaeval.fitness.failures import fatal
from jaeval.fitness.search.log import scored
from jaeval.fitness.search.space import Genotype
from jaeval.fitness.search.stages import Objective, Stage, Stages

Build: TypeAlias = Callable[[Genotype], Any]
"""Makes of a genotype what the objective takes."""
Candidate: TypeAlias = "Genotype | str"
"""A genotype to be built, or a checkpoint folder. It is small: it travels to whoever scores it."""


class CandidatePool(Protocol):
    """Scores candidates. Which of its workers scores one changes nothing about the score."""

    @property
    def size(self) -> int:
        """How many candidates it scores at a time."""

    def submit(self, stage: Stage, name: int | str, candidate: Candidate) -> None:
        """Have a candidate scored.

        Args:
            stage: on whose items.
            name: what `completed` calls it.
            candidate: see `Candidate`.
        """

    def completed(self) -> tuple[Any, dict[str, Any]]:
        """Wait for the next that is done: its name, and the fields of `Scored`.

        Raises:
            JaevalError: of the stage `search`, what is not the candidate's own fault (see
                `jaeval.fitness.failures.fatal`); of the others, anything.
        """

    def close(self) -> None:
        """End its workers. Safe to call twice."""


class LocalPool:
    """See `CandidatePool`: this process, one candidate at a time.

    Args:
        stages: makes the objective of each stage.
        build: makes candidates.
        penalty: the score of a failed candidate of the stage `search`.
    """

    size = 1

    def __init__(self, stages: Stages, build: Build, penalty: float) -> None:
        self._stages, self._build, self._penalty = stages, build, penalty
        self._waiting: deque[tuple[Stage, int | str, Candidate]] = deque()

    def submit(self, stage: Stage, name: int | str, candidate: Candidate) -> None:
        """See `CandidatePool`."""
        self._waiting.append((stage, name, candidate))

    def completed(self) -> tuple[Any, dict[str, Any]]:
        """See `CandidatePool`."""
        stage, name, candidate = self._waiting.popleft()
        penalty = self._penalty if stage == "search" else None
        return name, attempt(self._stages(stage), self._build, candidate, penalty)

    def close(self) -> None:
        """See `CandidatePool`."""


def attempt(objective: Objective, build: Build, candidate: Candidate, penalty: float | None) -> dict[str, Any]:
    """Score a candidate; the fields of `Scored`. One that cannot be merged, loaded or scored has the penalty.

    Raises:
        JaevalError: there is no penalty, or the candidate is not to blame; see `jaeval.fitness.failures.fatal`.
    """
    try:
        return scored(objective(candidate if isinstance(candidate, str) else build(candidate)))
    except JaevalError as error:
        if penalty is None or fatal(error):
            raise
        return {"score": penalty, "failure": str(error)}

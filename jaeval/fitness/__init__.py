"""The scorecard as a fitness: many candidates, one warm engine, the same items, and a score that can be trusted.

`Fitness` scores candidates and never sees the search; what searches never sees how a score is made.
"""

from jaeval.fitness.budget import Budget, BudgetError
from jaeval.fitness.canary import CanaryError
from jaeval.fitness.estimator import Adjusted, adjusted_score
from jaeval.fitness.failures import EngineStartError, fatal
from jaeval.fitness.fitness import Fitness
from jaeval.fitness.racing import Duel, RaceResult
from jaeval.fitness.result import FitnessResult, TaskScore

__all__ = [
    "Adjusted",
    "Budget",
    "BudgetError",
    "CanaryError",
    "Duel",
    "EngineStartError",
    "Fitness",
    "FitnessResult",
    "RaceResult",
    "TaskScore",
    "adjusted_score",
    "fatal",
]

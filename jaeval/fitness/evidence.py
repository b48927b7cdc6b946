"""How strongly paired items say that one of two candidates is better: an e-value that may be looked at at any time.

Items on which both score alike say nothing. On the others each win or loss is, if neither is better, a fair coin. The
e-value bets against that coin with a beta mixture over its bias; it exceeds 1/alpha, ever, with probability at most
alpha (Ville's inequality). So a test may stop after any item without paying for having looked before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

MIXTURE = 2
"""The beta mixture's parameter a, a whole number: 1 spreads its bets over all biases, more on small differences."""


@dataclass(slots=True)
class Evidence:
    """Wins and losses so far, and the most that they ever said.

    Attributes:
        wins, losses: items on which the challenger scores higher, and lower.
        best_for, best_against: the logarithm of the highest e-value at a moment when there were more wins than losses,
            and at one when there were fewer. 0 at the start.
    """

    wins: int = 0
    losses: int = 0
    best_for: float = 0.0
    best_against: float = 0.0

    def add(self, differences: Sequence[float] | NDArray[np.float64]) -> None:
        """Take items one by one. Of a difference only its sign counts.

        Args:
            differences: challenger minus incumbent, item by item in the frozen order.
        """
        signs = np.sign(np.asarray(differences, float))
        signs = signs[signs != 0]
        if not len(signs):
            return
        wins = self.wins + np.cumsum(signs > 0)
        losses = self.losses + np.cumsum(signs < 0)
        values = log_e_values(wins, losses)
        self.wins, self.losses = int(wins[-1]), int(losses[-1])
        self.best_for = max(self.best_for, float(values[wins > losses].max(initial=0.0)))
        self.best_against = max(self.best_against, float(values[wins < losses].max(initial=0.0)))

    def is_better(self, alpha: float) -> bool:
        """Whether the challenger was shown to be better, at level alpha."""
        return self.best_for >= -math.log(alpha)

    def is_worse(self, alpha: float) -> bool:
        """Whether it was shown to be worse, at level alpha."""
        return self.best_against >= -math.log(alpha)

    def can_still_win(self, left: int, alpha: float) -> bool:
        """Whether it would be shown to be better if it won all items that are left."""
        wins = self.wins + left
        return wins > self.losses and log_e_value(wins, self.losses) >= -math.log(alpha)


def log_e_value(wins: int, losses: int) -> float:
    """The natural logarithm of 2^(w+l) B(a+w, a+l) / B(a, a), with a = `MIXTURE`.

    Args:
        wins, losses: discordant items.

    Example:
        >>> round(math.exp(log_e_value(1, 0)), 6), round(math.exp(log_e_value(5, 0)), 2)
        (1.0, 3.43)
    """
    return float(log_e_values(np.array([wins]), np.array([losses]))[0])


def log_e_values(wins: NDArray[np.int64], losses: NDArray[np.int64]) -> NDArray[np.float64]:
    """`log_e_value` of many."""
    table = _log_gammas(1 << (2 * MIXTURE + int((wins + losses).max(initial=0))).bit_length())
    log_beta = table[MIXTURE + wins] + table[MIXTURE + losses] - table[2 * MIXTURE + wins + losses]
    found: NDArray[np.float64] = (wins + losses) * math.log(2) + log_beta - 2 * table[MIXTURE] + table[2 * MIXTURE]
    return found


@cache
def _log_gammas(size: int) -> NDArray[np.float64]:
    """The logarithms of the gamma function at 0 (not defined there, and not used) to `size`."""
    return np.array([math.inf, *map(math.lgamma, range(1, size + 1))])

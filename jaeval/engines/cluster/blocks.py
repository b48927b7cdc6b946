"""Requests in blocks: large while much is left, small at the end, so that all workers finish together."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST, LARGEST = 32, 2048
"""Requests in a block. A small one leaves an engine's batch half empty; a large one that is lost is much to repeat."""


MESSAGES_A_SECOND = 100
"""What one driver should be sent by all workers together: each message costs it some milliseconds."""


def gathering_seconds(workers: int) -> float:
    """How long a worker gathers answers before it sends them: a tenth of a second, longer where there are many workers.

    Example:
        >>> gathering_seconds(2), gathering_seconds(1000)
        (0.1, 10.0)
    """
    return max(0.1, workers / MESSAGES_A_SECOND)


class Blocks:
    """Hands out what is left to be answered.

    Args:
        order: the requests' places, in the order to ask them.
        workers: how many share them.
    """

    def __init__(self, order: Sequence[int], workers: int) -> None:
        self._left = list(reversed(order))
        self._workers = workers

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self) -> list[int]:
        """The next block; empty where nothing is left.

        Example:
            >>> blocks = Blocks(range(1000), workers=2)
            >>> [len(blocks.take()) for _ in range(5)]
            [250, 188, 141, 106, 79]
        """
        size = max(SMALLEST, min(LARGEST, -(-len(self._left) // (2 * self._workers))))
        return [self._left.pop() for _ in range(min(size, len(self._left)))]

    def give_back(self, places: Sequence[int]) -> None:
        """Return what was not answered; it is handed out next."""
        self._left += reversed(places)

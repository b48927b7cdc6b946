"""How many requests a server is asked at once: more while all goes well, half as many when it does not."""

from __future__ import annotations

FIRST = 16
"""Where a window begins; it doubles with each round until the first trouble."""


class Window:
    """Additive increase, multiplicative decrease, as in TCP.

    Args:
        most: the largest size.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._size = float(min(FIRST, most))
        self._threshold = float(most)
        self._shrunk = float("-inf")

    @property
    def size(self) -> int:
        """How many requests may be under way."""
        return int(self._size)

    def succeeded(self, under_way: int) -> None:
        """A request was answered. The window grows only where it was used.

        Args:
            under_way: requests under way when it came back, itself included.
        """
        if 2 * under_way >= self._size:
            self._size = min(self._most, self._size + (1.0 if self._size < self._threshold else 1.0 / self._size))

    def congested(self, sent: float, now: float) -> None:
        """A request was refused for load, or not answered in time. What was sent before the last halving is no news.

        Args:
            sent: when it was sent.
            now: the time, by the same clock.
        """
        if sent >= self._shrunk:
            self._size = max(1.0, self._size / 2)
            self._threshold = self._size
            self._shrunk = now

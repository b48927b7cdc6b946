"""Wrong numbers to choose among, placed so that the right one's rank gives nothing away."""

from __future__ import annotations

from collections.abc import Sequence

from jaeval.procedural.draw import Draw


def rivals(draw: Draw, value: int, tempting: Sequence[int], step: int = 1) -> list[int]:
    """Three positive numbers other than `value`; it is the least, second, third or greatest of the four as often.

    Where there are too few positive numbers below `value`, greater ones take their places.

    Args:
        draw: the problem's draw.
        value: the right answer, positive.
        tempting: the results of likely mistakes, taken before mere neighbours; unfit ones are passed over.
        step: the distance between neighbours.
    """
    candidates = dict.fromkeys(
        [*draw.shuffled(tempting), *(value + sign * n * step for n in (1, 2, 3) for sign in (-1, 1))]
    )
    lower = [number for number in candidates if 0 < number < value]
    upper = [number for number in candidates if number > value]
    below = lower[: draw.below(4)]
    return below + upper[: 3 - len(below)]

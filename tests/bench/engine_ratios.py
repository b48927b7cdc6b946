"""From measurements to ratios, and whether two systems gave the same answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from engine_records import Answers, Measurement


@dataclass(frozen=True)
class Spread:
    """A number over the rounds."""

    low: float
    middle: float
    high: float
    rounds: int


def spread(values: Iterable[float]) -> Spread | None:
    """Smallest, median and largest; None of nothing."""
    found = sorted(values)
    return Spread(found[0], median(found), found[-1], len(found)) if found else None


def ratios(
    slower: Sequence[dict[int, Measurement]], faster: dict[int, Measurement], slower_phase: str, faster_phase: str
) -> Spread | None:
    """How many times the seconds of one system are those of another, round by round.

    Args:
        slower: one system, or several of which the quickest counts in each round; measurements by round.
        faster: the other.
        slower_phase, faster_phase: which of `Measurement.seconds` are compared.

    Example:
        A system with 30 s and 44 s in two rounds against another with 10 s and 11 s: 3 and 4.
    """
    found = []
    for round_, measurement in faster.items():
        others = [one[round_].seconds[slower_phase] for one in slower if round_ in one]
        if others:
            found.append(min(others) / measurement.seconds[faster_phase])
    return spread(found)


@dataclass(frozen=True)
class Agreement:
    """How far two systems gave the same answers.

    Attributes:
        items: that both answered.
        same_choice: items whose likeliest choice is the same; None where texts were generated.
        largest_difference: of two log-likelihoods; None where texts were generated.
        same_text: items with equal texts; None where choices were scored.
        missing: items that only one of them answered.
    """

    items: int
    same_choice: int | None
    largest_difference: float | None
    same_text: int | None
    missing: int


def agreement(ours: Answers, theirs: Answers) -> Agreement:
    """Compare item by item."""
    left = {(task, one["doc_id"]): one for task, answers in ours.items() for one in answers}
    right = {(task, one["doc_id"]): one for task, answers in theirs.items() for one in answers}
    both = sorted(left.keys() & right.keys())
    missing = len(left.keys() ^ right.keys())
    if both and "text" in left[both[0]]:
        return Agreement(len(both), None, None, sum(left[one]["text"] == right[one]["text"] for one in both), missing)
    pairs = [(left[one]["log_likelihoods"], right[one]["log_likelihoods"]) for one in both]
    differences = [abs(a - b) for mine, other in pairs for a, b in zip(mine, other, strict=True)]
    same = sum(_likeliest(mine) == _likeliest(other) for mine, other in pairs)
    return Agreement(len(both), same, max(differences, default=0.0), None, missing)


def _likeliest(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def score_differences(ours: dict[str, float], theirs: dict[str, float]) -> tuple[int, float]:
    """How many scores both have, and the largest difference between them."""
    shared = ours.keys() & theirs.keys()
    return len(shared), max((abs(ours[name] - theirs[name]) for name in shared), default=0.0)

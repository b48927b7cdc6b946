"""From a model's scores to its overall number: the one rule that the board, its domains and the fitness share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jaeval.leaderboard.board import Column, Total
from jaeval.leaderboard.chance import above_chance
from jaeval.leaderboard.collect import Place
from jaeval.leaderboard.columns import ONE_PROMPT
from jaeval.leaderboard.intervals import macro_reach, macro_stderr
from jaeval.leaderboard.measure import Measured

POINTS = 100.0
"""What an overall number is multiplied by to be shown."""
NOTHING = Measured(None)


@dataclass(frozen=True, slots=True)
class Rule:
    """How overall numbers are made.

    Attributes:
        columns: those with a weight.
        skip_zeros, skip_missing: tasks that score 0, or that are missing, are left out of the mean.
        normalised: the overall number is made of chance-normalised scores.
    """

    columns: tuple[Column, ...]
    skip_zeros: bool = False
    skip_missing: bool = False
    normalised: bool = False

    def total(self, scores: Mapping[Place, Measured]) -> tuple[Total, dict[str, float]]:
        """A model's overall number: the best version of the prompt, where there are several.

        Args:
            scores: by place; what is not there is missing.

        Returns:
            The number, and what each column's score is multiplied by in it.
        """
        prompts = sorted({prompt for _, prompt in scores}) or [ONE_PROMPT]
        of_prompt = {prompt: self._of_prompt(prompt, scores) for prompt in prompts}
        if len(prompts) == 1 and not prompts[0]:
            return of_prompt[ONE_PROMPT]
        known = {prompt: found for prompt, found in of_prompt.items() if found[0].value is not None}
        if not known:
            return of_prompt[prompts[0]]
        best = max(known, key=lambda prompt: known[prompt][0].value or 0.0)  # the first of equals
        total, weights = known[best]
        values = [found[0].value for found in known.values() if found[0].value is not None]
        errors = [found[0].stderr for found in known.values()]
        bound = None if None in errors else math.fsum(error or 0.0 for error in errors) / len(errors)
        several = len(known) > 1
        return Total(
            value=total.value,
            stderr=total.stderr,
            low=None if several else total.low,
            high=None if several else total.high,
            raw=total.raw,
            normalised=total.normalised,
            missing=total.missing,
            skipped=total.skipped,
            prompt=best,
            tried=len(known),
            prompt_mean=math.fsum(values) / len(values),
            prompt_mean_stderr=bound,  # their items are the same: no less than the standard error of their mean
        ), weights

    def _of_prompt(self, prompt: str, scores: Mapping[Place, Measured]) -> tuple[Total, dict[str, float]]:
        found = {column.key: scores.get((column.key, prompt), NOTHING) for column in self.columns}
        missing = tuple(key for key, score in found.items() if score.value is None)
        zeros = tuple(key for key, score in found.items() if score.value == 0 and self.skip_zeros)
        skipped = zeros + (missing if self.skip_missing else ())
        counted = [column for column in self.columns if column.key not in (*zeros, *missing)]
        if missing and not self.skip_missing:
            return Total(None, missing=missing, skipped=zeros), {}
        if not counted:
            nothing = 0.0 if zeros else None  # all that it has scores 0, and is left out
            return Total(nothing, raw=nothing, missing=missing, skipped=skipped), {}
        whole = math.fsum(column.weight for column in counted)
        shares = [column.weight * column.scale / POINTS / whole for column in counted]
        values = [found[column.key].value or 0.0 for column in counted]
        raw = math.fsum(share * value for share, value in zip(shares, values, strict=True))
        normalised = _above_chance(counted, values, whole)
        value = raw
        if self.normalised:
            shares = [share / (1 - (column.chance or 0.0)) for share, column in zip(shares, counted, strict=True)]
            value = normalised or 0.0  # the definition has the chance of every task
        stderr, low, high = _uncertainty(value, shares, [found[column.key] for column in counted])
        total = Total(
            value=value,
            stderr=stderr,
            low=low,
            high=high,
            raw=raw,
            normalised=normalised,
            missing=missing,
            skipped=skipped,
        )
        return total, {column.key: share for column, share in zip(counted, shares, strict=True)}


def _above_chance(columns: Sequence[Column], values: Sequence[float], whole: float) -> float | None:
    if any(column.chance is None for column in columns):
        return None
    return math.fsum(
        column.weight / whole * above_chance(value * column.scale / POINTS, column.chance or 0.0)
        for column, value in zip(columns, values, strict=True)
    )


def _uncertainty(
    value: float, shares: Sequence[float], scores: Sequence[Measured]
) -> tuple[float | None, float | None, float | None]:
    """Standard error and interval of a number that moves by share · score; None where a score's own are unknown."""
    stderr = low = high = None
    if all(score.stderr is not None for score in scores):
        stderr = macro_stderr(shares, [score.stderr or 0.0 for score in scores])
    if all(score.low is not None for score in scores):
        below, above = macro_reach(
            shares,
            [score.value or 0.0 for score in scores],
            [score.low or 0.0 for score in scores],
            [score.high or 0.0 for score in scores],
            [score.n if score.method == "wilson" else None for score in scores],
        )
        low, high = value - below, value + above
    return stderr, low, high

"""From overall numbers and items to places and rank intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from jaeval.leaderboard.board import Rank, Text, Total
from jaeval.leaderboard.intervals import REACH
from jaeval.leaderboard.item_table import Answers, ColumnItems
from jaeval.leaderboard.measure import Measured
from jaeval.leaderboard.ranks import Floats, JointBootstrap


def standing(
    totals: Sequence[Total],
    weights: Sequence[Mapping[str, float]],
    measured: Sequence[Mapping[tuple[str, str], Measured]],
    items: Mapping[str, ColumnItems],
) -> tuple[list[Rank | None], Text]:
    """Places and rank intervals.

    Args:
        totals: the overall numbers, by entrant.
        weights: what each column's score is multiplied by in them.
        measured: the scores, by entrant, column and version of the prompt.
        items: by column.

    Returns:
        By entrant, None for one without an overall number; and how the intervals were made, in words.
    """
    ranked = [number for number, total in enumerate(totals) if total.value is not None]
    ranks: list[Rank | None] = [None] * len(totals)
    if not ranked:
        return ranks, {}
    values = np.array([totals[number].value for number in ranked], float)
    places = 1 + (values[None, :] > values[:, None]).sum(1)
    bootstrap = JointBootstrap(len(ranked))
    known = np.ones(len(ranked), np.bool_)
    variances, doubt = np.zeros(len(ranked)), np.zeros(len(ranked))
    shared = False
    for key in sorted({key for number in ranked for key in weights[number]}):
        column = items.get(key)
        together: dict[int, Floats] = {}
        for row, number in enumerate(ranked):
            weight = weights[number].get(key)
            prompt = totals[number].prompt
            if not weight or (score := measured[number].get((key, prompt))) is None:
                continue
            answers = column.answers.get((number, prompt)) if column else None
            if column and answers and score.from_items and score.stderr:
                together[row] = weight * residuals(answers, len(column.units))
            elif score.stderr is None:
                known[row] = False
            else:
                variance = (weight * _error(score)) ** 2
                variances[row] += variance
                doubt[row] += variance**2 / score.freedom
        if together:
            shared = shared or len(together) > 1
            bootstrap.add_items(np.array(list(together)), np.array(list(together.values()), np.float32))
    bootstrap.add_alone(variances, doubt)
    lows, highs = bootstrap.rank_intervals(values, known)
    for row, number in enumerate(ranked):
        low, high = (int(lows[row]), int(highs[row])) if known[row] else (None, None)
        ranks[number] = Rank(int(places[row]), low, high)
    several = any(totals[number].tried > 1 for number in ranked)
    return ranks, _in_words(bool(known.any()), bool(known.all()), shared, several)


def residuals(answers: Answers, units: int) -> Floats:
    """What each unit (item or cluster) adds to the error of a mean; the squares add up to its squared standard error.

    Args:
        answers: a model's items.
        units: of the column.
    """
    own = answers.unit_count
    sums = np.bincount(answers.units, weights=answers.scores - answers.scores.mean(), minlength=units)
    return sums.astype(np.float64) / len(answers.scores) * math.sqrt(own / (own - 1) if own > 1 else 1.0)


def _error(score: Measured) -> float:
    """A score's standard error; where all its items are the same, what its interval tells."""
    if score.stderr or score.low is None or score.high is None:
        return score.stderr or 0.0
    return (score.high - score.low) / (2 * REACH)


def _in_words(some: bool, every: bool, shared: bool, several: bool) -> Text:
    if not some:
        return {
            "ja": "順位区間はない。元の結果に標準誤差のない課題がある。",
            "en": "No rank intervals: the sources give no standard error for some task.",
        }
    ja = "全ての差の同時95%信頼区間による順位区間（Mogstad ほか 2024）。"
    en = "Rank intervals from simultaneous 95 % intervals of all differences (Mogstad et al. 2024)."
    if shared:
        ja += "同じ設問に答えたモデルは、設問を一緒に再標本化した。"
        en += " Models that answered the same items are resampled together."
    else:
        ja += "標準誤差を独立とみなした。"
        en += " The standard errors are taken as independent."
    if not every:
        ja += "標準誤差の分からないモデルには区間がない。"
        en += " Models without a known standard error have no interval."
    if several:
        ja += "最良のプロンプトを選んだことによる偏りは含まない。"
        en += " That the best prompt was chosen is not accounted for."
    return {"ja": ja, "en": en}

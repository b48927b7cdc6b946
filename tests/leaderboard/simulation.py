"""Boards whose truth is known, drawn many times: how often do the 95 % intervals hold it?

Items are drawn anew in each repetition, so a truth is a model's expected score over all items that might have been
drawn. Models answer the same items, and hard items are hard for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from invented_submissions import ROOT, answered, items, score, spec, submission
from scipy.stats import norm

from jaeval.leaderboard.build import build_board
from jaeval.leaderboard.columns import slots_of
from jaeval.leaderboard.item_table import Answers
from jaeval.leaderboard.ranks import JointBootstrap
from jaeval.leaderboard.standing import residuals
from jaeval.results.submission import Submission

NOMINAL, TOLERANCE = 0.95, 0.015


@dataclass(frozen=True)
class Coverage:
    """Shares of repetitions.

    Attributes:
        cells, totals: of 95 % intervals of scores and overall numbers that hold the truth.
        ranks: in which all rank intervals of the board hold the true ranks at once.
        width: the mean number of places in a rank interval.
    """

    cells: float
    totals: float
    ranks: float
    width: float


def simulate_boards(
    skills: Sequence[float],
    sizes: Sequence[int],
    repetitions: int,
    *,
    difficulty: float = 1.0,
    cluster: int = 1,
    shared: bool = True,
    seed: int = 0,
) -> Coverage:
    """Whole boards, from submissions to intervals.

    Args:
        skills: of the models: an answer is right where skill + noise exceeds the item's difficulty.
        sizes: items of each task, a multiple of `cluster`.
        repetitions: boards drawn.
        difficulty: the spread of the items' difficulty; clusters of items share theirs.
        cluster: items that share a passage.
        shared: the models answer the same items, and the submissions have them. Else each has items of its own, and
            tells a standard error and n alone.
        seed: of everything.
    """
    random = np.random.default_rng(seed)
    skill = np.array(skills, float)
    truth = norm.cdf(skill / np.sqrt(1 + difficulty**2))
    best = 1 + (truth[None, :] > truth[:, None] + 1e-12).sum(1)
    worst = len(skill) - (truth[None, :] < truth[:, None] - 1e-12).sum(1)
    definition = spec(*(f"task{task}" for task in range(len(sizes))))
    slots = slots_of(definition)
    cells, totals, ranks, widths = [], [], [], []
    for _ in range(repetitions):
        answers: list[dict[str, Any]] = [{} for _ in skill]
        for task, size in enumerate(sizes):
            hard = random.normal(0, difficulty, (1 if shared else len(skill), size // cluster)).repeat(cluster, 1)
            right = random.normal(0, 1, (len(skill), size)) + skill[:, None] > hard
            for model in range(len(skill)):
                answers[model][f"task{task}"] = right[model].astype(float)
        given = [_submission(f"m{model}", own, cluster, shared) for model, own in enumerate(answers)]
        board = build_board(definition, slots, [(ROOT, given)]).board
        held = []
        for row in board.rows:
            number = int(row.model[1:])
            cells += [cell.low <= truth[number] <= cell.high for cell in row.cells.values()]
            totals.append(row.overall.low <= truth[number] <= row.overall.high)
            held.append(row.rank.low <= best[number] and worst[number] <= row.rank.high)
            widths.append(row.rank.high - row.rank.low + 1)
        ranks.append(all(held))
    return Coverage(float(np.mean(cells)), float(np.mean(totals)), float(np.mean(ranks)), float(np.mean(widths)))


def _submission(model: str, own: dict[str, Any], cluster: int, shared: bool) -> Submission:
    if not shared:
        scores = []
        for task, values in own.items():
            n, mean = len(values), float(values.mean())
            scores.append(score(task, mean, n=n, stderr=float(np.sqrt(mean * (1 - mean) / (n - 1)))))
        return submission(model, *scores)
    if cluster == 1:
        return answered(model, own)
    rows = [
        row
        for task, values in own.items()
        for row in items(task, values, cluster=[f"passage {place // cluster}" for place in range(len(values))])
    ]
    scores = [score(task, float(values.mean()), n=len(values)) for task, values in own.items()]
    return submission(model, *scores, items=lambda: iter(rows))


def simulate_ranks(models: int, items: int, repetitions: int, *, difficulty: float = 1.0, seed: int = 0) -> float:
    """How often the rank intervals of equally good models all reach from first to last."""
    random = np.random.default_rng(seed)
    held = 0
    for repetition in range(repetitions):
        hard = random.normal(0, difficulty, items)
        right = (random.normal(0, 1, (models, items)) + 0.4 > hard).astype(float)
        rows = [residuals(Answers(np.arange(items), own), items) for own in right]
        bootstrap = JointBootstrap(models, seed=repetition)
        bootstrap.add_items(np.arange(models), np.array(rows, np.float32))
        low, high = bootstrap.rank_intervals(right.mean(1), np.ones(models, np.bool_))
        held += bool((low == 1).all() and (high == models).all())
    return held / repetitions

"""The figures of a page, drawn when it is built: what stands where, in per cent of the figure's width and height."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page.figures.forest import First, Forest, draw_first, draw_forest
from jaeval.leaderboard.page.figures.mark import ranked_rows
from jaeval.leaderboard.page.figures.profiles import Profiles, draw_profiles
from jaeval.leaderboard.page.figures.sizes import Sizes, draw_sizes


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a page; None where the board has nothing to draw."""

    first: First | None
    forest: Forest | None
    sizes: Sizes | None
    profiles: Profiles | None


def draw(board: Board) -> Figures:
    """All figures of a board."""
    ranked = ranked_rows(board)
    return Figures(
        draw_first(board, ranked), draw_forest(board, ranked), draw_sizes(board, ranked), draw_profiles(board, ranked)
    )

"""The page of a board: one HTML file that opens without a network, and item files beside it for whoever asks."""

from jaeval.leaderboard.page.site import write_site

__all__ = ["write_site"]

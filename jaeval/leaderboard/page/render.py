"""A board as one HTML file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page.assembly import TABULATOR_VERSION, own_styles, scripts, styles, texts
from jaeval.leaderboard.page.embed import json_block, json_text, policy
from jaeval.leaderboard.page.figures import draw
from jaeval.leaderboard.page.index import Entry
from jaeval.leaderboard.page.payload import board_payload
from jaeval.leaderboard.page.plain_text import both


def render_page(
    board: Board,
    *,
    with_items: Collection[tuple[str, str]] = (),
    items: Mapping[str, str] | None = None,
    withheld: Collection[str] = (),
) -> str:
    """The page.

    Args:
        board: what it shows.
        with_items: the (model, column key) pairs that have an item file.
        items: item files to put into the page, by name.
        withheld: keys of columns whose texts are not published.
    """
    payload = board_payload(board, with_items)
    hidden = {*withheld, *(column.key for column in board.columns if column.withheld)}
    words = texts()
    figures = draw(board)
    context: dict[str, Any] = {
        "board": payload,
        "payload": json_block(payload),
        "texts": json_block(words),
        "words": words,
        "counts": {"models": len(board.rows), "columns": len(board.columns)},
        "figures": figures,
        "first": figures.first,
        "domain_titles": [_domain_title(domain) for domain in payload["domains"]],
        "withheld": [both(column.title) for column in board.columns if column.key in hidden],
        "tabulator_version": TABULATOR_VERSION,
        "index_entry": json_text({"title": payload["title"], "date": payload["date"], "models": len(board.rows)}),
        "styles": Markup(styles()),
        "scripts": [Markup(script) for script in scripts()],
        "policy": policy(scripts()),
        "items": sorted((items or {}).items()),
    }
    return _environment().get_template("page.html.j2").render(context)


def render_index(entries: Sequence[Entry]) -> str:
    """The list of a site's boards."""
    context = {"entries": entries, "words": texts(), "styles": Markup(own_styles())}
    return _environment().get_template("index.html.j2").render(context)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("jaeval.leaderboard.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _domain_title(domain: str) -> dict[str, str]:
    return texts().get(f"domain.{domain}", {"ja": domain, "en": domain})

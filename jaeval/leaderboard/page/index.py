"""The first page of a site: the boards that are in its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jaeval.leaderboard.page.plain_text import label

_HEAD = 20_000
"""Characters of a page in which its entry is looked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A board of the site."""

    file: str
    title: dict[str, str]
    date: str
    models: int


class _Meta(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.content: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "jaeval-board":
            self.content = named.get("content")


def write_index(out: Path) -> Path:
    """Write `index.html`, from what the pages in the folder say of themselves. The same pages give the same index."""
    from jaeval.leaderboard.page.render import render_index

    entries = [entry for file in sorted(out.glob("*.html")) if (entry := read_entry(file)) is not None]
    index = out / "index.html"
    index.write_text(render_index(entries), encoding="utf-8", newline="\n")
    return index


def read_entry(file: Path) -> Entry | None:
    """What a page says of itself; None for a page that is no board."""
    with file.open(encoding="utf-8", errors="replace") as opened:
        head = opened.read(_HEAD)
    meta = _Meta()
    meta.feed(head)
    try:
        found: Any = json.loads(meta.content or "")
        title = {language: label(str(found["title"][language])) for language in ("ja", "en")}
        return Entry(file.name, title, label(str(found["date"]))[:10], int(found["models"]))
    except (ValueError, KeyError, TypeError):
        return None

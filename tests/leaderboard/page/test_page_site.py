"""The folder that is published."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_page_payload import board, row

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page import write_site
from jaeval.leaderboard.page.index import read_entry
from jaeval.results.submission import ItemScore, Submission

Demo = tuple[Board, dict[str, Submission]]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_site_is_a_page_its_items_and_an_index(site: Path, demo: Demo) -> None:
    shown, _ = demo
    found = digests(site)
    shards = [name for name in found if name.startswith("demo.items/")]
    assert {*found} - {*shards} == {"demo.html", "index.html", ".nojekyll"}
    # One model lacks finance, four tasks; perplexity has no items.
    assert len(shards) == 10 * len(shown.rows) - 4
    assert all(re.fullmatch(r"demo\.items/[a-z0-9_-]+/[a-z0-9_-]+\.js", name) for name in shards)


@pytest.fixture
def small(demo: Demo) -> Demo:
    """The board's first two models."""
    return replace(demo[0], rows=demo[0].rows[:2]), demo[1]


@pytest.mark.parametrize("inline", [False, True])
def test_a_rebuild_is_the_same_to_the_byte(small: Demo, inline: bool, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    written = write_site(*small, one, inline_items=inline)
    assert {path for path in one.rglob("*") if path.is_file()} == set(written)
    write_site(*small, other, inline_items=inline)
    assert digests(other) == digests(one)
    write_site(*small, one, inline_items=inline)  # over itself
    assert digests(other) == digests(one)


def test_items_can_be_in_the_page(small: Demo, tmp_path: Path) -> None:
    page, *others = write_site(*small, tmp_path, inline_items=True)
    assert [path.name for path in others] == ["index.html", ".nojekyll"]
    assert page.read_text(encoding="utf-8").count('<script type="text/plain" data-items=') == 10 * 2


def test_items_of_models_that_left_the_board_go(site: Path, small: Demo, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    write_site(*small, tmp_path / "site")
    assert len(list((tmp_path / "site" / "demo.items").iterdir())) == 2


def test_other_boards_stay_and_are_in_the_index(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    title = {"ja": "<b>別の表</b>", "en": '</title>Other & "more"'}
    write_site(replace(board(row()), name="other", title=title, date="2026-01-02T03:04:05"), {}, tmp_path / "site")
    entry = read_entry(tmp_path / "site" / "other.html")
    assert entry is not None
    assert (entry.title, entry.date, entry.models) == (title, "2026-01-02", 1)
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="([^"]+)"', index) == ["demo.html", "other.html"]
    assert "<b>別の表" not in index


@pytest.mark.parametrize(
    "content", ["", "<meta name=jaeval-board content='{'>", "<meta name=jaeval-board content='[1]'>"]
)
def test_pages_that_are_no_boards_are_not_in_the_index(content: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(content, encoding="utf-8")
    assert read_entry(tmp_path / "page.html") is None


def test_withheld_texts_are_nowhere_in_the_site(demo: Demo, tmp_path: Path) -> None:
    def secrets() -> Iterator[ItemScore]:
        yield ItemScore(
            "task", "acc", "none", "ab" * 32, 1.0, prompt="極秘", response="極秘", target="極秘", cluster="極秘"
        )

    submission = Submission("m", (), tmp_path, "jaeval", "jaeval", items=secrets)
    shown = board(row())
    hidden = replace(shown, columns=(replace(shown.columns[0], withheld=True),))
    for number, (entry, withheld) in enumerate([(shown, ("task",)), (hidden, ())]):
        files = write_site(entry, {"m": submission}, tmp_path / str(number), withheld=withheld, inline_items=True)
        page = files[0].read_text(encoding="utf-8")
        assert "data-items" in page
        assert "再配布できない" in page.split("</main>")[0]
        from test_page_shards import decode

        encoded = re.search(r'data-items="[^"]+">([^<]+)<', page)
        assert encoded is not None
        assert "極秘" not in str(decode(encoded[1]))


class Outline(HTMLParser):
    """What a page loads, runs or links to."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.handlers: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "script":
            self.scripts.append(dict(attrs))


def outline(page: Path) -> Outline:
    parser = Outline()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def test_the_page_is_self_contained(site: Path) -> None:
    found = outline(site / "demo.html")
    assert found.handlers == []
    assert all("src" not in script for script in found.scripts)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & found.tags
    assert all(link.startswith("#") for link in found.links)


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
    text = {"ja": hostile, "en": hostile}
    shown = replace(
        board(row(hostile), row("javascript:alert(1)"), notes=(text,), licences={hostile: hostile}), title=text
    )
    plain = outline(write_site(board(row(), row("n")), {}, tmp_path / "plain")[0])
    found = outline(write_site(shown, {}, tmp_path / "hostile")[0])
    assert found.handlers == []
    assert found.tags <= plain.tags | {"dl", "div", "dt", "dd", "ul", "li", "bdi"}
    assert len(found.scripts) == len(plain.scripts)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_says_what_was_left_out_and_of_what_it_is_made(site: Path, language: str) -> None:
    page = (site / "demo.html").read_text(encoding="utf-8")
    for text in {
        "ja": ("測定が途中で終わっています（4 / 10 課題）。", "3 分野の平均。"),
        "en": ("The run is incomplete (4 of 10 tasks).", "The mean of three domains"),
    }[language]:
        assert text in page
    assert "runs/Asagiri-30B/results.json" in page
    assert "CC0-1.0" in page

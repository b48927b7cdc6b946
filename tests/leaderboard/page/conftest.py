"""A site of invented models, and Chromium to open it where there is one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from invented_board import invented_board

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page import write_site
from jaeval.results.submission import Submission

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture(scope="session")
def demo() -> tuple[Board, dict[str, Submission]]:
    return invented_board()


@pytest.fixture(scope="session")
def site(demo: tuple[Board, dict[str, Submission]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page `demo.html` and its items."""
    folder = tmp_path_factory.mktemp("site")
    write_site(*demo, folder)
    return folder


@pytest.fixture(scope="session")
def node() -> Callable[[str], str]:
    """Runs a script in Node.js and gives what it prints."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("needs Node.js")

    def run(script: str) -> str:
        done = subprocess.run([program, "-"], input=script, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright, whose own browsers are never downloaded."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright (make browser)")
    program = next((path for path in CHROMIUM if Path(path).is_file()), None)
    if program is None:
        pytest.skip("needs chromium (make browser)")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


class Visit:
    """An open page, and what it said and asked for.

    Attributes:
        page: Playwright's.
        problems: errors, and whatever was written to the console.
        requests: addresses of everything that was loaded.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.problems: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.context.on("request", lambda request: self.requests.append(request.url))

    def go(self, address: str = "") -> Page:
        """Open the page at an address such as `#v=tasks`, as a new visitor does."""
        self.page.goto("about:blank")
        self.page.goto(self.url + address)
        self.page.wait_for_selector("html[data-ready]")
        return self.page


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Callable[..., Visit]]:
    """Opens the demo page, or another one; afterwards nothing may have gone wrong or left the machine."""
    visits: list[Visit] = []

    def start(page: Path = site / "demo.html", **options: Any) -> Visit:
        wanted = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US"} | options
        context = browser.new_context(**wanted)
        visits.append(Visit(context.new_page(), page.as_uri()))
        return visits[-1]

    yield start
    for entry in visits:
        entry.page.context.close()
        assert entry.problems == []
        assert [url for url in entry.requests if not url.startswith(("file:", "blob:file:", "about:", "data:"))] == []

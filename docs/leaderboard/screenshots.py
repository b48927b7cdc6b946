"""Make the screenshots of this folder from the invented board of the tests.

    .venv/bin/python docs/leaderboard/screenshots.py

Needs what the tests of the page need: Debian's chromium with Japanese fonts, and Playwright (`make browser`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "leaderboard" / "page"))

from invented_board import invented_board  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from jaeval.leaderboard.page import write_site  # noqa: E402
from jaeval.leaderboard.page.plain_text import slug  # noqa: E402

WIDE, PHONE = (1280, 860), (390, 844)
ONE, OTHER = slug("imaginary-inc/Minamo-40B"), slug("kakuu-lab/Hoshizora-32B")
PICTURES = {
    "wide": (WIDE, "light", "ja", ""),
    "dark": (WIDE, "dark", "ja", "#v=figures"),
    "english": (WIDE, "light", "en", f"#v=compare&a={ONE}&b={OTHER}"),
    "number": (WIDE, "light", "en", f"#open=cell.{ONE}.invented_exam"),
    "items": (WIDE, "dark", "en", f"#open=differ.{ONE}.{OTHER}.invented_finance_medium.2"),
    "phone": (PHONE, "light", "ja", ""),
    "phone-dark": (PHONE, "dark", "en", f"#open=model.{ONE}"),
}


def settle(page: Page) -> None:
    """Wait until nothing moves: item files are read, and drawers have slid in."""
    page.wait_for_selector("html[data-ready]")
    if "compare" in page.url:
        page.wait_for_selector("[data-differ]")
    if "open=differ" in page.url:
        page.wait_for_selector("#reader-item pre")
    page.wait_for_timeout(600)


def shrink(picture: Path) -> None:
    """Save with a palette."""
    from PIL import Image

    with Image.open(picture) as opened:
        small = opened.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


def main() -> None:
    """Build the board, open it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = write_site(*invented_board(), Path(folder))[0]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (size, theme, language, address) in PICTURES.items():
            phone = size == PHONE
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=2 if phone else 1,
                color_scheme="dark" if theme == "dark" else "light",
                locale=language,
                has_touch=phone,
                is_mobile=phone,
            )
            page = context.new_page()
            page.goto(page_file.as_uri() + address)
            settle(page)
            picture = HERE / f"{name}.png"
            page.screenshot(path=str(picture))
            shrink(picture)
            print(f"{picture.name}: {picture.stat().st_size // 1000} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

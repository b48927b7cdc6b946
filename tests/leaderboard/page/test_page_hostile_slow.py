"""Names, answers and numbers made by somebody who wants the page to break, in Chromium."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jaeval.leaderboard.board import Board, Cell, Column, Details, Flag, Input, LeftOut, Provenance, Rank, Row, Total
from jaeval.leaderboard.page import write_site
from jaeval.leaderboard.page.plain_text import slug
from jaeval.results.submission import ItemScore, Submission

pytestmark = pytest.mark.slow
CANARY = "window.__pwned=1"
PAYLOADS = (
    f"</script><script>{CANARY}</script>",
    f"<img src=x onerror={CANARY}>",
    f'"><svg onload={CANARY}>',
    f"javascript:{CANARY}//",
    f"'-({CANARY})-'",
    "${" + CANARY + "}",
    "{{constructor.constructor('" + CANARY + "')()}}",
    f"<!--<script>{CANARY}",
    f"]]><x onclick={CANARY}>",
    f"\u2028{CANARY}\u2029",
    f"</style><script>{CANARY}</script>",
    f"</textarea><iframe srcdoc='<script>parent.{CANARY}</script>'>",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\u202e=1+1",
    "half \ud83d a pair",
    "\x00\x1b[31m\x7f",
    "__proto__",
    "constructor",
    "",
    " ",
    "長" * 10_000_000,
    "a" * 10_000_000,
)


def both(text: str) -> dict[str, str]:
    return {"ja": text, "en": text}


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_site(*hostile_board(), folder)
    return folder / "hostile.html"


def hostile_board() -> tuple[Board, dict[str, Submission]]:
    columns = tuple(
        Column(key, key, text, text, both(text), both(text), domain=text[:60], chance=0.25, prompts=(text, "b"))
        for key, text in zip((*PAYLOADS[:8], "overall", "d0"), PAYLOADS, strict=False)
    )
    origin = Provenance(*PAYLOADS[:3], PAYLOADS[3], PAYLOADS[4], PAYLOADS[5], settings={PAYLOADS[0]: PAYLOADS[1]})
    numbers = (0.5, math.nan, math.inf, -math.inf, 1e308, -1e308, 1e-308, None)
    rows = []
    for place, text in enumerate(PAYLOADS):
        number = numbers[place % len(numbers)]
        cell = Cell(
            *(number, number, number, number, text, -3, number),
            failed=-1, truncated=10**18, prompt=text, tried=9, prompt_mean=number, constant=True, constant_level=number,
            metric=text, filter=text, reason=text, provenance=replace(origin, task_version=text, data_hash=text),
        )  # fmt: skip
        total = Total(number, number, number, number, number, prompt=text, tried=2)
        rows.append(
            Row(
                model=text,
                overall=total,
                cells=dict.fromkeys((column.key for column in columns), cell),
                domains=dict.fromkeys((PAYLOADS[0], PAYLOADS[1]), total),
                rank=Rank(place + 1, 1, 10**9) if number is not None else None,
                details=Details((1, 10**30, None)[place % 3], text, text, text),
                provenance=(origin,),
                flags=(Flag("mixed", both(text)), Flag("conflict", both(text), columns[0].key)),
            )
        )
    texts = both("".join(PAYLOADS[:20]))
    board = Board(
        *("hostile", texts, texts, columns, tuple(rows), texts),
        licences={text: text for text in PAYLOADS},
        domains=(PAYLOADS[0], PAYLOADS[1]),
        left_out=tuple(LeftOut(text, both(text)) for text in PAYLOADS),
        notes=tuple(both(text) for text in PAYLOADS),
        built_from=tuple(Input(text, text) for text in PAYLOADS),
        date=PAYLOADS[0],
        rank_method=texts,
    )

    def items() -> Iterator[ItemScore]:
        for place, text in enumerate(PAYLOADS):
            score = (1.0, 0.0, math.nan, math.inf, 0.5, None)[place % 6]
            for column in columns[:2]:
                metric_and_filter = (column.metric, column.filter)
                yield ItemScore(column.key, *metric_and_filter, text, score, text, place, *[text] * 6)

    def items_of(row: Row) -> Iterator[ItemScore]:
        cell = row.cells[columns[0].key]
        for item in items():
            yield replace(item, metric=cell.metric or item.metric, filter=cell.filter or item.filter)

    first, second = rows[0], rows[1]
    return board, {
        row.model: Submission(row.model, (), Path("x"), "jaeval", "x", items=lambda row=row: items_of(row))  # type: ignore[misc]
        for row in (first, second)
    }


@pytest.fixture
def entry(visit: Callable[..., Any], hostile_site: Path) -> Any:
    return visit(hostile_site)


MODEL, OTHER, TASK = slug(PAYLOADS[0]), slug(PAYLOADS[1]), slug(PAYLOADS[0])
ADDRESSES = (
    "",
    "#scale=chance&lang=ja",
    "#v=figures",
    "#v=tasks",
    f"#v=tasks&task={TASK}",
    f"#v=compare&a={MODEL}&b={OTHER}",
    "#v=about",
    f"#open=model.{MODEL}",
    f"#open=cell.{MODEL}.{TASK}",
    *(f"#open=items.{MODEL}.{TASK}.{place}" for place in (0, 1, 9, 25, 26)),
    f"#open=differ.{MODEL}.{OTHER}.{TASK}.0",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_a_stranger_runs(entry: Any, address: str) -> None:
    page = entry.go(address)
    if "open=items" in address or "open=differ" in address:
        page.wait_for_selector("#reader[open] .reader-item")
    page.wait_for_timeout(600)
    assert page.evaluate("() => window.__pwned") is None
    made = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((node) => [
            ...[...node.attributes].filter((one) => /^on/i.test(one.name)).map((one) => one.name),
            ...(/^(IFRAME|OBJECT|EMBED|IMG|X)$/.test(node.tagName) ? [node.tagName] : []),
            ...["href", "src"].map((name) => node.getAttribute(name) || "")
                .filter((text) => /^\\s*(javascript|data):/i.test(text)),
        ])"""
    )
    assert made == []
    assert page.evaluate("() => document.querySelectorAll('script').length") == 4
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1440


def test_every_control_can_be_used(entry: Any) -> None:
    page = entry.go()
    heads = page.locator(".tabulator-col .head")
    for index in range(1, min(8, heads.count())):
        heads.nth(index).click()
    page.locator(".tabulator-row .tabulator-cell[data-tip]").first.hover()
    page.wait_for_selector("#tip:popover-open")
    for key in ("size", "lic", "kind", "cols"):
        page.click(f"[data-chooser={key}]")
        page.locator(f"#panel-{key} input").first.click()
        page.keyboard.press("Escape")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("() => window.__pwned") is None


def test_long_texts_are_cut_in_the_page(hostile_site: Path) -> None:
    assert hostile_site.stat().st_size < 3_000_000
    shards = list((hostile_site.parent / "hostile.items").rglob("*.js"))
    assert shards
    assert max(path.stat().st_size for path in shards) < 1_000_000


def test_spreadsheets_find_no_formula(entry: Any) -> None:
    page = entry.go("#lang=en&cols=overall")
    page.click("[data-chooser=download]")
    with page.expect_download() as waiting:
        page.get_by_text("This table as CSV").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_bytes().decode("utf-8-sig"))))
    assert len(rows) == len(PAYLOADS) + 1
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert not [cell for cell in cells if cell.startswith("-") and not cell[1:].replace(".", "").isdigit()]
    assert "'-2+3" in cells
    assert "'@SUM(A1:A9)" in cells
    page.click("[data-chooser=download]")
    with page.expect_download() as waiting:
        page.get_by_text("The whole board as JSON").click()
    assert "NaN" not in waiting.value.path().read_text(encoding="utf-8")


def test_what_is_no_number_is_missing(entry: Any) -> None:
    page = entry.go("#lang=en")
    assert "NaN" not in page.locator("body").inner_text()
    assert "Infinity" not in page.locator("body").inner_text()

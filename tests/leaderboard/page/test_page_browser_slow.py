"""The real page in Chromium, from `file://`: what people do with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from jaeval.leaderboard.board import Board
from jaeval.leaderboard.page import write_site
from jaeval.leaderboard.page.plain_text import slug
from jaeval.results.submission import Submission

pytestmark = pytest.mark.slow
Visits = Callable[..., Any]
BEST, SECOND = "kakuu-lab/Hoshizora-70B", "kakuu-lab/Hoshizora-32B"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "ja-JP"}


def names(page: Any) -> list[str]:
    """Names of the rows in sight, from the top."""
    rows = page.locator(".tabulator-row").all()
    rows.sort(key=lambda row: row.bounding_box()["y"])
    return [row.locator(".cell-name").inner_text() for row in rows]


def state(page: Any) -> dict[str, str]:
    text = page.evaluate("() => location.hash.slice(1)")
    return dict(part.split("=", 1) for part in text.split("&") if part)


def test_sort(visit: Visits) -> None:
    page = visit().go()
    assert names(page)[0] == "Hoshizora-70B"
    head = page.locator(".tabulator-col[tabulator-field=invented_math_hard]")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    values = [
        float(text.split()[0]) for text in page.locator("[tabulator-field=invented_math_hard] .value").all_inner_texts()
    ]
    assert values[0] == max(values)
    assert state(page) == {"sort": "-invented_math_hard"}
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert "Sorted by Word problems, hard, ascending." in page.locator("#live").inner_text()


def test_what_is_missing_is_last_in_either_direction(visit: Visits) -> None:
    for order in ("invented_finance_easy", "-invented_finance_easy"):
        page = visit().go(f"#sort={order}")
        page.locator(".tabulator-tableholder").evaluate("(node) => { node.scrollTop = 1e6; }")
        page.wait_for_timeout(300)
        assert names(page)[-1] == "Yuunagi-Secret"
        assert "Missing" in page.locator(".tabulator-row").last.inner_text()


def test_a_column_where_lower_is_better_starts_with_the_best(visit: Visits) -> None:
    page = visit().go()
    head = page.locator(".tabulator-col[tabulator-field=invented_perplexity]")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"


def test_search_and_filters(visit: Visits) -> None:
    page = visit().go()
    page.fill("#search", "MINAMO")
    page.wait_for_function("() => document.getElementById('count').textContent === '4 of 22 models'")
    assert names(page) == ["Minamo-40B", "Minamo-22B", "Minamo-4B", "Minamo-1B"]
    page.click("[data-chooser=size]")
    page.locator("#panel-size label", has_text="< 3B").click()
    page.wait_for_function("() => document.getElementById('count').textContent === '1 of 22 models'")
    page.locator("#panel-size label", has_text="15–40B").click()
    page.wait_for_function("() => document.getElementById('count').textContent === '2 of 22 models'")
    assert names(page) == ["Minamo-22B", "Minamo-1B"]
    page.keyboard.press("Escape")
    page.click("[data-chooser=lic]")
    page.locator("#panel-lic label", has_text="MIT").click()
    page.wait_for_selector("text=No model matches.")
    page.locator("#panel-lic").get_by_text("Clear").click()
    page.wait_for_function("() => document.getElementById('count').textContent === '2 of 22 models'")


def test_columns_can_be_chosen(visit: Visits) -> None:
    page = visit().go()
    page.click("[data-chooser=cols]")
    page.locator("#panel-cols").get_by_text("Overall only").click()
    assert page.locator(".tabulator-col .head").count() == 4
    page.locator("#panel-cols label", has_text="Securities exam").click()
    page.wait_for_selector(".tabulator-col[tabulator-field=invented_exam]")
    assert state(page) == {"cols": "overall.invented_exam"}
    page.locator("#panel-cols").get_by_text("Default").click()
    page.wait_for_selector(".tabulator-col[tabulator-field=invented_perplexity]")
    assert state(page) == {}


def test_scores_above_chance(visit: Visits) -> None:
    page = visit().go()
    cell = page.locator(".tabulator-row .tabulator-cell[tabulator-field=invented_reasoning_hard] .value").first
    raw = float(cell.inner_text().split()[0])
    page.click("[data-scale=chance]")
    page.wait_for_function("() => location.hash === '#scale=chance'")
    lifted = float(cell.inner_text().split()[0])
    assert lifted == pytest.approx((raw - 25) / 0.75, abs=0.11)


def test_the_address_brings_back_what_was_seen(visit: Visits) -> None:
    entry = visit()
    page = entry.go()
    page.fill("#search", "tsukiyo")
    page.wait_for_function("() => location.hash === '#q=tsukiyo'")
    page.locator(".tabulator-col[tabulator-field=invented_exam] button").click()
    page.click("[data-language=ja]")
    page.click("#theme")
    address = page.evaluate("() => location.hash")
    before = names(page)
    page.reload()
    page.wait_for_selector(".tabulator-row")
    assert names(page) == before
    assert page.locator("#search").input_value() == "tsukiyo"
    assert page.locator("html").get_attribute("lang") == "ja"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("() => location.hash") == address
    other = visit(locale="ja-JP").go(address)  # somebody else with the link
    assert names(other) == before


@pytest.mark.parametrize("rebuild", [False, True])
def test_rows_and_order_asked_at_once_are_given_even_while_the_table_is_being_built(
    visit: Visits, rebuild: bool
) -> None:
    """On a slow machine a window changes its size, or somebody types, before the table is there."""
    page = visit().go()
    page.evaluate(
        """(rebuild) => {
      if (rebuild) document.querySelector("[data-language=ja]").click();
      window.dispatchEvent(new Event("resize"));
      const link = document.createElement("a");
      link.href = "#q=tsukiyo&sort=model";
      document.body.append(link);
      link.click();
    }""",
        rebuild,
    )
    page.wait_for_timeout(500)
    assert names(page) == ["Tsukiyo-3.7B", "Tsukiyo-Merge-10B", "Tsukiyo-Merge-7B"]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_axis_of_a_task_stands_over_its_lines(visit: Visits, width: int) -> None:
    page = visit(viewport={"width": width, "height": 900}).go("#v=tasks&task=invented_exam")
    middles = (
        """(list) => list.map((mark) => { const box = mark.getBoundingClientRect(); return box.x + box.width / 2; })"""
    )
    labels = page.locator(".score-axis text").evaluate_all(middles)
    lines = page.locator(".score-line").first.locator(".grid").evaluate_all(middles)
    assert len(labels) >= 3
    assert labels == pytest.approx(lines, abs=1)


def test_back_goes_back(visit: Visits) -> None:
    page = visit().go()
    page.click("[data-tab=tasks]")
    page.locator(".task-line", has_text="Securities exam").click()
    page.wait_for_selector(".task-page")
    page.locator(".score-line a").first.click()
    page.wait_for_selector("#drawer[open]")
    page.go_back()
    page.wait_for_selector("#drawer", state="hidden")
    page.go_back()
    page.wait_for_selector(".task-list")
    page.go_back()
    page.wait_for_selector("#table")


@pytest.mark.parametrize(
    "address",
    [
        "#v=nothing&sort=evil&cols=x.y&size=q&lic=none&task=nope&a=1&b=2&open=model.nobody&lang=xx&theme=pink",
        "#open=items.a.b.c.d.e",
        "#%",
        "#q=%00%FF&__proto__=1&constructor=2",
        "#open=model.__proto__&task=constructor",
        "#open=__proto__.x.y",
        "#open=differ..",
    ],
)
def test_a_strange_address_shows_the_table(visit: Visits, address: str) -> None:
    page = visit().go(address)
    assert page.locator(".tabulator-row").count() > 0 or page.locator("#count").inner_text().startswith("0 of")
    assert not page.locator("dialog[open]").count()


def test_language(visit: Visits) -> None:
    page = visit(locale="ja-JP").go()
    assert page.locator("html").get_attribute("lang") == "ja"
    assert page.locator("h1").inner_text() == "架空モデルの日本語成績表"
    page.click("[data-language=en]")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "A Japanese scorecard of imaginary models"
    page.wait_for_selector(".head:has-text('Overall')")
    seen = page.locator("body").inner_text()
    assert not [word for word in ("順位", "総合", "課題", "モデル") if word in seen]


def test_theme_follows_the_system_until_somebody_chooses(visit: Visits) -> None:
    page = visit(color_scheme="dark").go()
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-theme=light]")
    page.click("#theme")
    assert root.get_attribute("data-theme") == "dark"
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert root.get_attribute("data-theme") == "dark"


def test_every_number_says_where_it_comes_from(visit: Visits) -> None:
    page = visit().go()
    cell = page.locator(".tabulator-row .tabulator-cell[tabulator-field=invented_exam]").first
    cell.scroll_into_view_if_needed()
    cell.hover()
    page.wait_for_selector("#tip:popover-open")
    told = page.locator("#tip").inner_text()
    for text in (
        "95 % interval",
        "(Wilson)",
        "best of 4 (0.2)",
        "Mean over prompts",
        "jaeval 0.1.0",
        "2026-11-01",
        "runs/Hoshizora-70B",
    ):
        assert text in told
    cell.click()
    page.wait_for_selector("#drawer[open]")
    told = page.locator("#drawer").inner_text()
    for text in ("Weight hash", "Standard error", "Few-shots", "Chance"):
        assert text in told


def test_read_items(visit: Visits) -> None:
    page = visit().go(f"#open=cell.{slug(BEST)}.invented_finance_medium")
    page.get_by_text("Read the answers").click()
    page.wait_for_selector("#reader-items button")
    assert page.locator("#reader-items button").count() == 120
    page.locator("#reader select").select_option("wrong")
    wrong = page.locator("#reader-items button").count()
    assert 0 < wrong < 120
    page.locator("#reader-items button").nth(1).click()
    shown = page.locator("#reader-item").inner_text()
    assert f"2 / {wrong}" in shown
    for text in ("Prompt", "次の問題に答えてください", "Right answer", "Extracted answer", "Response", "Wrong"):
        assert text in shown
    page.click("#item-next")
    assert f"3 / {wrong}" in page.locator("#reader-item").inner_text()
    address = page.evaluate("() => location.hash")
    again = visit().go(address)
    again.wait_for_selector("#reader-item pre")
    assert again.locator("#reader-item pre").first.inner_text() == page.locator("#reader-item pre").first.inner_text()


def test_compare_two(visit: Visits, demo: tuple[Board, dict[str, Submission]]) -> None:
    page = visit().go()
    for number in (0, 1):
        page.locator(".pick").nth(number).check()
    page.get_by_text("Compare these two").click()
    page.wait_for_selector("[data-differ=invented_math_medium]")
    _, submissions = demo
    column = "invented_math_medium"
    one, other = (
        [item.score for item in submissions[model].items() if item.task == column] for model in (BEST, SECOND)
    )
    b = sum(x > y for x, y in zip(one, other, strict=True))  # type: ignore[operator]
    c = sum(x < y for x, y in zip(one, other, strict=True))  # type: ignore[operator]
    line = page.locator(".duel tr", has_text="Word problems, medium")
    assert line.locator("[data-differ]").inner_text().split() == [str(b + c), str(b), ":", str(c)]
    assert "exact McNemar" in line.inner_text()
    # The hardest line of ten: Holm multiplies the smallest p by ten.
    smallest = min(
        stats.binomtest(x, x + y, 0.5).pvalue if x + y else 1.0
        for x, y in (map(int, text.split(":")) for text in page.locator(".duel [data-differ] .sub").all_inner_texts())
    )
    shown = [
        text.removeprefix("< ") for text in page.locator(".duel td[data-label='p (Holm)']").all_inner_texts() if text
    ]
    assert min(map(float, shown)) == pytest.approx(min(1, 10 * smallest), abs=0.0006)
    line.locator("[data-differ]").click()
    page.wait_for_selector("#reader-items button")
    assert page.locator("#reader-items button").count() == b + c
    assert page.locator(".answers section").count() == 2
    page.locator("#reader select").select_option("first")
    assert page.locator("#reader-items button").count() == b
    page.keyboard.press("Escape")
    page.locator("#choice-b").select_option(label="3  imaginary-inc/Minamo-40B")
    page.wait_for_function("() => document.querySelector('.duel').textContent.includes('Minamo-40B')")
    page.click(".swap")
    page.wait_for_function("() => document.getElementById('choice-b').value.includes('hoshizora-70b')")


def test_without_item_files_the_page_says_so(visit: Visits, site: Path, tmp_path: Path) -> None:
    alone = tmp_path / "demo.html"
    alone.write_bytes((site / "demo.html").read_bytes())
    entry = visit(alone)
    page = entry.go(f"#open=items.{slug(BEST)}.invented_exam")
    page.wait_for_selector("#reader [role=alert]")
    assert "could not be loaded" in page.locator("#reader").inner_text()
    page = entry.go("#v=compare")
    page.wait_for_selector(".verdict:has-text('No shared item records')")
    assert all("ERR_FILE_NOT_FOUND" in problem for problem in entry.problems)  # the browser's own words
    entry.problems.clear()


def test_items_in_the_page_need_no_files(
    visit: Visits, demo: tuple[Board, dict[str, Submission]], tmp_path: Path
) -> None:
    page_file = write_site(*demo, tmp_path, inline_items=True)[0]
    entry = visit(page_file)
    page = entry.go("#v=compare")
    page.wait_for_selector("[data-differ]")
    page = entry.go(f"#open=items.{slug(BEST)}.invented_exam.3")
    page.wait_for_selector("#reader-item pre")
    assert not [url for url in entry.requests if url.endswith(".js")]


def test_downloads(visit: Visits) -> None:
    page = visit().go("#q=tsukiyo&sort=-invented_exam&cols=overall.invented_exam")
    page.wait_for_selector(".tabulator-row")
    shown = names(page)
    page.click("[data-chooser=download]")
    with page.expect_download() as waiting:
        page.get_by_text("This table as CSV").click()
    assert waiting.value.suggested_filename == "demo.csv"
    content = waiting.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # so that spreadsheets read Japanese
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["model"].rsplit("/", 1)[-1] for row in rows] == shown
    assert rows[0]["invented_exam n"] == "120"
    assert float(rows[0]["invented_exam low"]) < float(rows[0]["invented_exam"]) < float(rows[0]["invented_exam high"])
    page.click("[data-chooser=download]")
    with page.expect_download() as waiting:
        page.get_by_text("The whole board as JSON").click()
    told = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert len(told["models"]) == 22
    secret = next(entry for entry in told["models"] if "Secret" in entry["model"])
    assert secret["overall"] is None
    assert "missing" in secret["scores"]["invented_exam"]
    assert told["models"][0]["scores"]["invented_exam"]["origin"]["harnessVersion"] == "0.1.0"


def test_keyboard(visit: Visits) -> None:
    page = visit().go()
    focused = "() => document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.focus("[data-chooser=size]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-size")
    assert page.evaluate("() => document.activeElement.type") == "checkbox"
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('count').textContent.includes('of 22')")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.dataset.chooser") == "size"
    page.goto("about:blank")
    page = visit().go()
    page.focus(".tabulator-col[tabulator-field=overall] button")
    page.keyboard.press("Enter")
    assert page.locator("[tabulator-field=overall][aria-sort]").first.get_attribute("aria-sort") == "descending"
    # Into the table: one stop, then arrows.
    page.locator(".tabulator-cell[tabindex='0']").focus()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(30)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    cell = (
        "() => [document.activeElement.getAttribute('tabulator-field'), document.activeElement.parentElement.dataset.i]"
    )
    page.wait_for_function("() => document.activeElement.getAttribute('tabulator-field') === 'overall'")
    where = page.evaluate(cell)
    assert where[1] == "20"
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer[open]")
    assert page.evaluate("() => document.getElementById('drawer').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    assert page.evaluate(cell) == where
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_selector("#tray")


def test_everything_that_can_be_clicked_can_be_focused(visit: Visits) -> None:
    page = visit().go()
    loose = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, summary, [role=button]")]
        .filter((node) => node.offsetParent && node.tabIndex < 0 && !node.closest(".tabulator-row"))
        .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert loose == []


def test_on_a_phone(visit: Visits) -> None:
    entry = visit(**PHONE)
    for address in ("", "#v=figures", "#v=tasks", "#v=tasks&task=invented_exam", "#v=compare", "#v=about"):
        page = entry.go(address)
        page.wait_for_timeout(300)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390, address
    page = entry.go()
    name = page.locator(".tabulator-row .cell-model").first
    before = name.bounding_box()
    page.locator(".tabulator-tableholder").evaluate("(node) => { node.scrollLeft = 400; }")
    page.wait_for_timeout(200)
    assert name.bounding_box() == before  # frozen
    name.tap()
    page.wait_for_selector("#drawer[open]")
    page.wait_for_timeout(400)  # it slides in
    box = page.locator("#drawer").bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    page.locator("#drawer .close").tap()
    page.wait_for_selector("#drawer", state="hidden")


def test_print(visit: Visits) -> None:
    page = visit().go("#q=minamo")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#print tbody tr").count() == 4
    assert page.locator("#print").is_visible()
    assert not page.locator("#table").is_visible()
    assert not page.locator(".tools").is_visible()


def test_without_scripts_the_figures_and_notes_remain(visit: Visits) -> None:
    entry = visit(java_script_enabled=False)
    entry.page.goto(entry.url)
    assert entry.page.locator(".forest li").count() == 21
    assert "総合得点の決め方" in entry.page.locator("body").inner_text()
    assert not entry.page.locator("#view-table").is_visible()

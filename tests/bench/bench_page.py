"""How long the page of a large board takes to build and to open: 1,000 models of 100 tasks, 100,000 items in files.

    .venv/bin/python tests/bench/bench_page.py [--models N] [--tasks N] [--out FOLDER]

Opening is measured where Chromium and Playwright are: from navigation to the first row of the table, the best and the
median of five loads of a fresh browser context from `file://`.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jaeval.leaderboard.board import Board, Cell, Column, Details, Flag, Input, Provenance, Rank, Row, Total
from jaeval.leaderboard.page import write_site
from jaeval.results.submission import ItemScore, Submission

DOMAINS = ("math", "finance", "reasoning")
ITEMS = 100
QUESTION = "次の計算をしてください。途中の式も書いてください。{} 円の品を {} 個買うといくらですか。"
ANSWER = "{0} × {1} = {2} なので、答えは {2} 円です。"
WITH_ITEMS = 20, 50
"""So many models have items in so many tasks."""


def large_board(models: int, tasks: int) -> Board:
    """A board with every field filled: intervals, failures, flags, protocols and hashes that differ."""
    rng = random.Random(0)
    columns = tuple(
        Column(
            key=f"task_{index}",
            task=f"task_{index}",
            metric="exact_match",
            filter="none",
            title={"ja": f"課題 {index}", "en": f"Task {index}"},
            description={"ja": "測定のために作った課題。", "en": "A task made up for the measurement."},
            domain=DOMAINS[index % 3],
            weight=1 / tasks,
            chance=0.25 if index % 3 == 2 else 0.0,
            items=1000,
        )
        for index in range(tasks)
    )
    rows = [_row(rng, index, columns) for index in range(models)]
    rows.sort(key=lambda row: -(row.overall.value or 0.0))
    return Board(
        name="large",
        title={"ja": "大きな表", "en": "A large board"},
        description={"ja": "千のモデルと百の課題。", "en": "A thousand models of a hundred tasks."},
        columns=columns,
        rows=tuple(rows_with_ranks(rows)),
        rule={"ja": "課題の平均", "en": "the mean of the tasks"},
        domains=DOMAINS,
        built_from=tuple(
            Input(f"runs/model-{index}/results.json", f"{rng.getrandbits(256):064x}") for index in range(models)
        ),
        date="2026-11-20T00:00:00+00:00",
        rank_method={"ja": "同時区間", "en": "simultaneous intervals"},
    )


def rows_with_ranks(rows: list[Row]) -> Iterator[Row]:
    """Places, and an interval of some twenty places around each."""
    from dataclasses import replace

    for place, row in enumerate(rows, 1):
        yield replace(row, rank=Rank(place, max(1, place - 12), min(len(rows), place + 12)))


def _row(rng: random.Random, index: int, columns: tuple[Column, ...]) -> Row:
    ability = rng.gauss(0.5, 0.12)
    origin = Provenance(
        source=f"runs/model-{index}",
        format="jaeval",
        harness="jaeval",
        harness_version="0.1.0",
        date=f"2026-11-{1 + index % 20:02d}T12:00:00+00:00",
        weight_hash=f"{rng.getrandbits(256):064x}",
        settings={"engine": "vllm", "dtype": "bfloat16", "seed": 0},
    )
    own = {
        place: Provenance(
            **{name: getattr(origin, name) for name in ("source", "format", "harness", "harness_version", "date")},
            weight_hash=origin.weight_hash,
            settings=origin.settings,
            task_version="1.0",
            num_fewshot=place,
            data_hash=f"{place:064x}",
        )
        for place in (0, 4)
    }
    cells, flags = {}, []
    for place, column in enumerate(columns):
        value = min(0.999, max(0.001, rng.gauss(ability, 0.1)))
        error = (value * (1 - value) / 1000) ** 0.5
        n = 1000 if rng.random() < 0.97 else rng.randrange(900, 1000)
        cells[column.key] = (
            Cell(None, reason="no submission has it")
            if rng.random() < 0.01
            else Cell(
                value,
                error,
                value - 1.9 * error - rng.random() * 0.002,
                value + 1.9 * error + rng.random() * 0.002,
                "wilson",
                n,
                (value - (column.chance or 0)) / (1 - (column.chance or 0)),
                failed=int(rng.random() < 0.02),
                truncated=rng.randrange(3) if place % 3 == 0 else 0,
                constant=value < (column.chance or 0) + 0.03,
                constant_level=column.chance,
                provenance=own[4 if index % 50 == 0 else 0],
            )
        )
        if n != 1000:
            flags.append(Flag("mixed", {"ja": f"1,000 問のうち {n} 問", "en": f"{n} of 1,000 items"}, column.key))
    total = Total(ability, 0.004, ability - 0.008, ability + 0.008, ability - 0.1)
    return Row(
        model=f"organisation-{index % 40}/Model-{index}-{1 + index % 70}B",
        overall=total,
        cells=cells,
        domains=dict.fromkeys(DOMAINS, total),
        details=Details(int((1 + index % 70) * 1e9), ("Apache-2.0", "MIT", "")[index % 3], "instruct"),
        provenance=(origin,),
        flags=tuple(flags),
    )


def with_items(board: Board) -> dict[str, Submission]:
    """Submissions of the first models, with items of the first tasks."""
    models, tasks = WITH_ITEMS

    def items(model: str) -> Iterator[ItemScore]:
        rng = random.Random(model)
        for column in board.columns[:tasks]:
            for place in range(ITEMS):
                numbers = rng.randrange(1000), rng.randrange(1000)
                yield ItemScore(
                    task=column.key,
                    metric=column.metric,
                    filter=column.filter,
                    item=hashlib.sha256(f"{column.key} {place}".encode()).hexdigest(),
                    score=float(rng.random() < 0.6),
                    doc_id=place,
                    prompt=QUESTION.format(*numbers) * 3,
                    response=ANSWER.format(*numbers, numbers[0] * numbers[1]) * 4,
                    extracted=str(sum(numbers)),
                    target=str(numbers[0] * numbers[1]),
                    finish="stop",
                )

    return {
        row.model: Submission(
            row.model,
            (),
            Path("runs"),
            "jaeval",
            "jaeval",
            items=lambda model=row.model: items(model),  # type: ignore[misc]
        )
        for row in board.rows[:models]
    }


def opening_seconds(page: Path, loads: int = 5) -> list[float] | None:
    """Seconds from navigation to the table's first row; None where there is no Chromium to measure with."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not Path("/usr/bin/chromium").is_file():
        return None
    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in range(loads):
            opened = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            start = time.perf_counter()
            opened.goto(page.as_uri(), wait_until="commit")
            opened.wait_for_selector(".tabulator-row .value")
            seconds.append(time.perf_counter() - start)
            opened.context.close()
        browser.close()
    return seconds


def main() -> None:
    """Build, open, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--out", type=Path, help="keep the site here")
    asked = parser.parse_args()
    start = time.perf_counter()
    board = large_board(asked.models, asked.tasks)
    print(f"board made up: {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        out = asked.out or Path(folder)
        start = time.perf_counter()
        page = write_site(board, {}, out)[0]
        print(f"page built: {time.perf_counter() - start:.2f} s, {page.stat().st_size / 1e6:.2f} MB")
        submissions = with_items(board)
        start = time.perf_counter()
        files = write_site(board, submissions, out)
        shards = [file for file in files if file.suffix == ".js"]
        size = sum(file.stat().st_size for file in shards)
        seconds_taken = time.perf_counter() - start
        print(
            f"with {len(shards) * ITEMS:,} items in {len(shards):,} files: {seconds_taken:.2f} s, {size / 1e6:.1f} MB"
        )
        seconds = opening_seconds(page)
        if seconds is None:
            print("opening: not measured, needs Debian's chromium and playwright", file=sys.stderr)
        else:
            print(f"opened: best {min(seconds):.2f} s, median {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()

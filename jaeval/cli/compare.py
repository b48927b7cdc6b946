"""`jaeval compare RUN RUN`: two runs on the same items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from jaeval.leaderboard.compare import Comparison, DifferingItem
    from jaeval.results.submission import Submission

MOST_TEXT = 160
"""Characters of a response that a list of items shows."""


def compare(
    first: Annotated[
        Path, typer.Argument(metavar="RUN", help="A run, or another harness's results with items.", show_default=False)
    ],
    second: Annotated[Path, typer.Argument(metavar="RUN", help="What it is compared with.", show_default=False)],
    task: Annotated[str | None, typer.Option("--task", "-t", metavar="NAME", help="Only this task.")] = None,
    items: Annotated[
        int, typer.Option("--items", "-n", min=0, metavar="N", help="Show at most N items on which they differ.")
    ] = 10,
    json: Json = False,
) -> None:
    """Compare two runs on the items that both answered, with paired tests.

    Items are joined by their document's hash; p values are corrected for the number of tasks (Holm).
    """
    from jaeval.cli.console import counted, make_console, print_json, say
    from jaeval.leaderboard.compare import compare as compare_runs

    found = compare_runs(_only_submission(first), _only_submission(second), task)
    if json:
        print_json(_as_json(found, items))
        return
    say(f"A {found.first}   B {found.second}")
    make_console().print(_table(found))
    say(_in_words(found))
    for name in found.not_compared:
        say(f"{name}: no shared item has a number", fg="yellow")
    say(counted(len(found.differing), "item") + " on which they differ")
    for item in found.differing[:items]:
        _print_item(item)


def _only_submission(path: Path) -> Submission:
    from jaeval.errors import BoardError
    from jaeval.results.imports import read_submissions

    found = read_submissions(path)
    if len(found) != 1:
        raise BoardError(f"holds {len(found)} results", file=path, remedy="Name one run, or one results file")
    return found[0]


def _table(found: Comparison) -> Table:
    from jaeval.cli.console import make_table, visible

    table = make_table()
    for column in ("task", "metric", "A", "B", "A − B", "± se", "95 % interval", "n", "A only", "B only", "test", "p"):
        table.add_column(column, justify="left" if column in ("task", "metric", "test") else "right", overflow="fold")
    table.add_column("Holm", justify="right")
    table.add_column("n needed", justify="right")
    for entry in found.tasks:
        test = entry.test
        interval = "" if test.low is None or test.high is None else f"{test.low * 100:+.1f} to {test.high * 100:+.1f}"
        table.add_row(
            visible(entry.task),
            visible(entry.metric),
            f"{test.first * 100:.1f}",
            f"{test.second * 100:.1f}",
            f"{test.difference * 100:+.1f}",
            "" if test.stderr is None else f"{test.stderr * 100:.1f}",
            interval,
            f"{test.n:,}",
            f"{test.first_better:,}",
            f"{test.second_better:,}",
            test.test,
            _p(test.p),
            _p(test.p_holm),
            "" if test.items_needed is None else f"{test.items_needed:,}",
        )
    return table


def _p(value: float | None) -> str:
    return "" if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _in_words(found: Comparison) -> str:
    overall = found.overall
    told = f"Over {overall.tasks} task{'' if overall.tasks == 1 else 's'}, each with the same weight: "
    told += f"A − B {overall.difference * 100:+.1f}"
    if overall.low is None or overall.high is None:
        return f"{told}, its uncertainty unknown"
    return f"{told} ({overall.low * 100:+.1f} to {overall.high * 100:+.1f}), p {_p(overall.p)}"


def _print_item(item: DifferingItem) -> None:
    from jaeval.cli.console import say

    a, b = item.first, item.second
    say(f"{a.task} · {a.doc_id} · target {_short(a.target)}", bold=True)
    for name, one in (("A", a), ("B", b)):
        answer = one.extracted or one.response
        say(f"  {name} {0.0 if one.score is None else one.score:g}  {_short(answer)}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_TEXT else line[:MOST_TEXT] + "…"


def _as_json(found: Comparison, items: int) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "first": found.first,
        "second": found.second,
        "tasks": [asdict(entry) for entry in found.tasks],
        "overall": asdict(found.overall),
        "not_compared": found.not_compared,
        "items_differing": len(found.differing),
        "items": [{"first": asdict(item.first), "second": asdict(item.second)} for item in found.differing[:items]],
    }

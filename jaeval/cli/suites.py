"""`jaeval suites [NAME]`: the suites, or one with its tasks, weights, split and levels of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.console import make_console, print_json, visible
from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.catalogue import Catalogue
    from jaeval.suites import Suite


def suites(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A suite: show its tasks.")] = None,
    json: Json = False,
) -> None:
    """List the suites, or show the tasks of one."""
    from rich import box
    from rich.table import Table

    from jaeval.catalogue import Catalogue
    from jaeval.suites import DEFAULT_SUITE, SUITES, find_suite

    catalogue = Catalogue()
    shown = [describe(suite, catalogue) for suite in ([find_suite(name)] if name else SUITES.values())]
    if json:
        print_json(shown[0] if name else shown)
        return
    console = make_console()
    table = Table(header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    if name:
        table.title = visible(f"{name}: {shown[0]['title']}")
        table.title_justify = "left"
        for column in ("part", "task", "items", "weight", "split", "chance", "data"):
            table.add_column(column, justify="right" if column in ("items", "weight", "chance") else "left")
        for row in shown[0]["tasks"]:
            state = {True: "here", False: "not here", None: ""}[row["present"]]
            chance = "" if row["chance"] is None else f"{row['chance'] * 100:.1f}"
            numbers = (f"{row['items']:,}", f"{row['weight']:.3f}")
            table.add_row(*map(visible, (row["part"], row["task"], *numbers, row["split"], chance, state)))
    else:
        for column in ("suite", "what it is", "parts", "tasks", "items", "split", "data"):
            table.add_column(column, justify="right" if column in ("tasks", "items") else "left", overflow="fold")
        for suite in shown:
            default = " (default)" if suite["suite"] == DEFAULT_SUITE else ""
            parts = ", ".join(suite["parts"])
            name = suite["suite"] + default
            cells = [name, suite["title"], parts, str(suite["tasks_asked"]), f"{suite['items']:,}"]
            missing = sum(row["present"] is False for row in suite["tasks"])
            state = f"{missing} tasks lack data" if missing else "here"
            table.add_row(*map(visible, [*cells, suite["split"] or "each its own", state]))
    console.print(table)
    if not name:
        typer.echo("`jaeval suites NAME` shows its tasks; `jaeval run CHECKPOINT --suite NAME` runs one.")


def describe(suite: Suite, catalogue: Catalogue) -> dict[str, Any]:
    """A suite with one row for each task of each part.

    `weight` is the task's share in its part's number, 0 to 1; `chance` the score of guessing.
    """
    from jaeval.cli.tasks import data_present

    rows = []
    for part in suite.parts:
        asked = []
        for entry in part.tasks:
            members = catalogue.expand([entry.task])
            for card in members:
                size = int(card.header.get("size") or 0)
                items = size if entry.limit is None else min(size, entry.limit)
                asked.append((card, items, items if entry.weight is None else entry.weight / len(members)))
        whole = sum(weight for _, _, weight in asked)
        rows += [
            {
                "part": part.name,
                "task": card.name,
                "items": items,
                "weight": weight / whole if whole else 0.0,
                "split": suite.split or card.split or "",
                "chance": card.chance,
                "present": data_present(card),
            }
            for card, items, weight in asked
        ]
    once = {row["task"]: row["items"] for row in rows}
    return {
        "suite": suite.name,
        "title": suite.title,
        "split": suite.split,
        "parts": [part.name for part in suite.parts],
        "tasks_asked": len(once),
        "items": sum(once.values()),
        "tasks": rows,
    }

"""`jaeval suites [NAME]`: the suites, or one with its tasks, weights, split and levels of chance."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.console import make_console, make_table, print_json, visible
from jaeval.cli.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from jaeval.catalogue import Catalogue
    from jaeval.suites import Suite


def suites(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A suite: show its tasks.")] = None,
    json: Json = False,
) -> None:
    """List the suites, or show the tasks of one."""
    from jaeval.catalogue import Catalogue
    from jaeval.suites import SUITES, find_suite

    catalogue = Catalogue()
    if name:
        one = describe(find_suite(name), catalogue)
        print_json(one) if json else make_console().print(_tasks(one))
        return
    every = [describe(suite, catalogue) for suite in SUITES.values()]
    if json:
        print_json(every)
        return
    make_console().print(_list(every))
    typer.echo("`jaeval suites NAME` shows its tasks; `jaeval run CHECKPOINT --suite NAME` runs one.")


def _tasks(suite: dict[str, Any]) -> Table:
    from jaeval.cli.tasks import PRESENCE

    table = make_table(visible(f"{suite['suite']}: {suite['title']}"))
    for column in ("part", "task", "items", "weight", "split", "chance", "data"):
        table.add_column(column, justify="right" if column in ("items", "weight", "chance") else "left")
    for row in suite["tasks"]:
        chance = "" if row["chance"] is None else f"{row['chance'] * 100:.1f}"
        numbers = (f"{row['items']:,}", f"{row['weight']:.3f}")
        cells = (row["part"], row["task"], *numbers, row["split"], chance, PRESENCE[row["present"]])
        table.add_row(*map(visible, cells))
    return table


def _list(suites: list[dict[str, Any]]) -> Table:
    from jaeval.suites import DEFAULT_SUITE

    table = make_table()
    for column in ("suite", "what it is", "parts", "tasks", "items", "split", "data"):
        table.add_column(column, justify="right" if column in ("tasks", "items") else "left", overflow="fold")
    for suite in suites:
        name = suite["suite"] + (" (default)" if suite["suite"] == DEFAULT_SUITE else "")
        numbers = (str(suite["tasks_asked"]), f"{suite['items']:,}")
        missing = sum(row["present"] is False for row in suite["tasks"])
        state = f"{missing} tasks lack data" if missing else "here"
        split = suite["split"] or "each its own"
        table.add_row(*map(visible, (name, suite["title"], ", ".join(suite["parts"]), *numbers, split, state)))
    return table


def describe(suite: Suite, catalogue: Catalogue) -> dict[str, Any]:
    """A suite with one row for each task of each part.

    `weight` is the task's share in its part's number, 0 to 1; `chance` the score of guessing.
    """
    from jaeval.cli.tasks import data_present
    from jaeval.evaluation.choose import choose_tasks

    chosen = choose_tasks(catalogue, None, suite.name)
    cards = {card.name: card for card in chosen.cards}
    items = {
        name: min(int(card.header.get("size") or 0), chosen.limits.get(name, sys.maxsize))
        for name, card in cards.items()
    }
    rows = []
    for part, record in zip(suite.parts, chosen.composites, strict=False):  # what is made of the parts comes last
        weights = {name: items[name] if weight is None else weight for name, weight in record.weights.items()}
        whole = sum(weights.values())
        rows += [
            {
                "part": part.name,
                "task": name,
                "items": items[name],
                "weight": weight / whole if whole else 0.0,
                "split": suite.split or cards[name].split or "",
                "chance": cards[name].chance,
                "present": data_present(cards[name]),
            }
            for name, weight in weights.items()
        ]
    return {
        "suite": suite.name,
        "title": suite.title,
        "split": suite.split,
        "parts": [part.name for part in suite.parts],
        "tasks_asked": len(items),
        "items": sum(items.values()),
        "tasks": rows,
    }

"""`jaeval tasks [NAME]`: the catalogue, a group's tasks, or one task with a rendered prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.console import make_console, make_table, print_json, say, visible
from jaeval.cli.options import Json, TasksDirs, TrustTaskCode

if TYPE_CHECKING:
    from jaeval.catalogue import TaskCard

PRESENCE = {True: "here", False: "not here", None: ""}
"""What is said of a task's data."""
SHORT_COMMIT = re.compile(r"@([0-9a-f]{7})[0-9a-f]{33}$")
HEADER = ("title", "domain", "paper", "reproduces", "licence", "size", "split", "chance", "contamination", "source")


def tasks(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A task: show its header and a rendered prompt. Of a group: its tasks."),
    ] = None,
    item: Annotated[int, typer.Option(min=0, metavar="N", help="Which item's prompt to render.")] = 0,
    num_fewshot: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Few-shot examples in the prompt.")
    ] = None,
    tasks_dir: TasksDirs = None,
    trust_task_code: TrustTaskCode = False,
    json: Json = False,
) -> None:
    """List the tasks, or show one."""
    from jaeval.catalogue import Catalogue

    catalogue = Catalogue(tasks_dir or (), trust_code=trust_task_code)
    grouped = name is not None and name in catalogue.groups and name not in catalogue.cards
    if name and not grouped:
        _show(catalogue.card(name, field=None), item, num_fewshot, json)
        return
    listed = catalogue.expand([name]) if name else catalogue.cards.values()
    rows = [describe(card) for card in listed]
    rows.sort(key=lambda row: (str(row["domain"]), row["task"]))
    if json:
        print_json(rows)
        return
    table = make_table()
    for column in ("task", "domain", "items", "licence", "split", "source", "data"):
        copied = column == "task"  # a name that is copied stays in one piece
        table.add_column(column, justify="right" if column == "items" else "left", overflow="fold", no_wrap=copied)
    for row in rows:
        size = f"{row['size']:,}" if isinstance(row["size"], int) else row["size"]
        state = PRESENCE[row["present"]]
        source = SHORT_COMMIT.sub(r"@\1", str(row["source"] or ""))
        cells = (row["task"], row["domain"], size, row["licence"], row["split"], source, state)
        table.add_row(*(visible(cell or "") for cell in cells))
    make_console().print(table)
    typer.echo("`jaeval tasks NAME` shows one; `jaeval data pull` fetches what is not here.")


def data_present(card: TaskCard) -> bool | None:
    """Whether all that a task reads is on this machine, its few-shot examples included; None where it reads nothing."""
    from jaeval.data.store import is_present

    named = [card.header[key] for key in ("data", "fewshot_data") if card.header.get(key)]
    return all(map(is_present, named)) if named else None


def describe(card: TaskCard) -> dict[str, Any]:
    """A task's header with its name, its type, and whether its data are on this machine (None: it needs none)."""
    return {
        "task": card.name,
        **{key: card.header.get(key) for key in HEADER},
        "version": card.header.get("version"),
        "output_type": card.output_type,
        "data": card.header.get("data"),
        "fewshot_data": card.header.get("fewshot_data"),
        "present": data_present(card),
        "file": str(card.file),
    }


def _show(card: TaskCard, item: int, num_fewshot: int | None, as_json: bool) -> None:
    from jaeval.catalogue import FEWSHOT_SEED, open_task
    from jaeval.errors import TaskError

    task = open_task(card, num_fewshot=num_fewshot)
    task.set_fewshot_seed(seed=FEWSHOT_SEED)
    docs = list(task.doc_iterator(limit=item + 1))
    if item >= len(docs):
        raise TaskError(f"has {len(docs)} items", file=card.name, field=f"--item {item}")
    doc: dict[str, Any] = {}
    prompt = ""
    for _, doc in docs:  # in order from the first, so that few-shot examples are drawn as in a run
        prompt = task.fewshot_context(doc, num_fewshot=task.get_config("num_fewshot") or 0)
    choices = task.doc_to_choice(doc) if task.get_config("doc_to_choice") is not None else None
    shown = {**describe(card), "prompt": prompt, "choices": choices, "target": task.doc_to_target(doc)}
    if as_json:
        print_json(shown)
        return
    console = make_console()
    for key in ("task", *HEADER, "version", "output_type", "file"):
        if shown[key] is not None:
            say(f"{key:>13}  {shown[key]}")
    console.rule(f"prompt of item {item}", align="left")
    say(prompt)
    console.rule("choices and target" if choices else "target", align="left")
    for choice in choices or []:
        say(f"- {choice}")
    say(shown["target"])

"""`jaeval show RUN`: read a run's items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from rich.console import Console

    from jaeval.results.schema import ItemRow


def show(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.", show_default=False)],
    task: Annotated[str | None, typer.Option("--task", "-t", metavar="NAME", help="Only this task.")] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Only items that are not right by the first metric.")] = False,
    item: Annotated[
        str | None, typer.Option("--item", metavar="ID", help="Only this item: its id, or its number.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="At most N items.")] = None,
    json: Json = False,
) -> None:
    """Read a run's scorecard, or its items.

    An item is shown with its prompt, response, extracted answer, target and scores. Any option but --json asks for
    items.
    """
    import itertools

    from jaeval.cli.console import counted, make_console, print_json, say
    from jaeval.cli.scorecard import print_run
    from jaeval.errors import RunError
    from jaeval.results.run import Run

    opened = Run.open(run)
    if task is not None and task not in opened.manifest.tasks:
        raise RunError(f"has no task {task!r}", file=run, remedy=f"It has {', '.join(opened.manifest.tasks)}")
    if task is None and not wrong and item is None and limit is None:
        print_run(opened, as_json=json)
        return
    rows = (row for row in opened.items(task) if _wanted(row, wrong, item))
    chosen = list(itertools.islice(rows, limit))
    if item is not None and not chosen:
        raise RunError(f"has no item {item!r}", file=run, field="--item")
    if json:
        from dataclasses import asdict

        print_json([asdict(row) | {"right": is_right(row)} for row in chosen])
        return
    console = make_console()
    for row in chosen:
        _print_item(console, row)
    say(counted(len(chosen), "item"), dim=True)


def is_right(row: ItemRow) -> bool | None:
    """Whether the first filter's first metric is full marks; None where the item failed or the metric is no mark."""
    for values in row.scores.values():
        for value in values.values():
            return bool(value == 1) if isinstance(value, int | float) else None
    return None


def _wanted(row: ItemRow, wrong: bool, item: str | None) -> bool:
    if item is not None and item not in (row.id, str(row.doc_id)):
        return False
    return not (wrong and is_right(row))


def _print_item(console: Console, row: ItemRow) -> None:
    from jaeval.cli.console import say, visible

    right = is_right(row)
    style, mark = {True: ("green", "right"), False: ("red", "wrong"), None: ("yellow", row.finish)}[right]
    title = f"{row.task} · {row.doc_id}{f' · {row.id}' if row.id else ''} · {mark}"
    console.rule(visible(title), style=style, align="left")
    first: Any = row.prompts[0] if row.prompts else ""
    say(first[0] if isinstance(first, list) else first)
    if isinstance(first, list):
        for prompt, responses in zip(row.prompts, row.responses or [[]] * len(row.prompts), strict=True):
            value = f"{responses[0][0]:9.3f}" if responses and isinstance(responses[0], list) else " " * 9
            say(f"  {value}  {prompt[1].strip()}", fg="cyan")
    else:
        for number, response in enumerate(text for responses in row.responses for text in responses):
            thought = row.reasoning[number] if number < len(row.reasoning) else None
            if thought:
                say(thought, dim=True)
            say(response, fg="cyan")
    if row.error:
        say(f"failed: {row.error}", fg="yellow")
    for name, value in row.extracted.items():
        if not isinstance(first, list):
            say(f"extracted ({name}): {value}")
    say(f"target: {row.target}")
    say(f"scores: {row.scores}{'  (cut at its token limit)' if row.finish == 'length' else ''}")

"""`jaeval data`: list, pull, verify and mirror the data sets of the lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.console import make_console, print_json
from jaeval.cli.options import Json

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="List, pull, verify and mirror the pinned benchmark data.", no_args_is_help=True, rich_markup_mode=None
)


Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Data sets, as `jaeval data list` calls them.")]
All = Annotated[bool, typer.Option("--all", help="Every data set of the lock.")]


@app.command("list")
def list_datasets(as_json: Json = False) -> None:
    """Show what the lock holds, under which licence, and whether it is on this machine. Opens no socket."""
    from jaeval.data import store
    from jaeval.data.lock import packaged_lock

    rows: list[dict[str, Any]] = [
        {
            "name": dataset.name,
            "title": dataset.title,
            "source": f"{dataset.repository}@{dataset.commit}",
            "licence": dataset.licence,
            "licence_url": dataset.licence_url,
            "redistributable": dataset.redistributable,
            "note": dataset.note,
            "files": len(dataset.files),
            "bytes": dataset.size,
            "present": store.is_present(dataset.name),
        }
        for dataset in packaged_lock().datasets
    ]
    if as_json:
        print_json(rows)
        return
    table = _table("name", "title", "licence", "files", "MB", "here")
    for row in rows:
        licence = row["licence"] if row["redistributable"] else f"{row['licence']} (do not pass on)"
        here = "yes" if row["present"] else "no"
        table.add_row(row["name"], row["title"], licence, str(row["files"]), f"{row['bytes'] / 1e6:.2f}", here)
    _print(table)


@app.command()
def pull(names: Names = None, everything: All = False, as_json: Json = False) -> None:
    """Make data sets present and verified: from the mirror, the cache or the network."""
    from jaeval.data import store
    from jaeval.data.lock import packaged_lock

    lock = packaged_lock()
    rows = []
    for dataset in [lock.dataset(name) for name in _chosen(names, everything)]:
        if not dataset.redistributable and not as_json:
            typer.echo(f"{dataset.name}: {dataset.licence}. {dataset.note or dataset.licence_url}", err=True)
        files = store.fetch(dataset.name)
        rows += [{"dataset": dataset.name, "path": path, "file": str(file)} for path, file in files.items()]
    if as_json:
        print_json(rows)
        return
    table = _table("data set", "file")
    for row in rows:
        table.add_row(row["dataset"], row["file"])
    _print(table)


@app.command()
def verify(names: Names = None, as_json: Json = False) -> None:
    """Check the SHA-256 of every file on this machine (of all data sets, unless some are named).

    Opens no socket. Exits with 1 where a file is missing or changed.
    """
    from rich.text import Text

    from jaeval.data import store

    states = store.verify(_chosen(names, everything=not names))
    if as_json:
        print_json(
            [
                {
                    "dataset": state.dataset,
                    "path": state.path,
                    "state": state.state,
                    "file": state.file and str(state.file),
                    "expected": state.expected,
                    "found": state.found,
                }
                for state in states
            ]
        )
    else:
        colours = {"ok": "green", "missing": "yellow", "changed": "red"}
        table = _table("data set", "path", "state", "found")
        for state in states:
            found = state.found or "" if state.state == "changed" else ""
            table.add_row(state.dataset, state.path, Text(state.state, style=colours[state.state]), found)
        _print(table)
    if any(state.state != "ok" for state in states):
        raise typer.Exit(1)


@app.command()
def mirror(
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="The folder to copy to.")],
    names: Names = None,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """Copy data sets to a folder that JAEVAL_DATA_MIRROR can name, with a SHA256SUMS file.

    For your own machines. What states no licence is not to be passed on.
    """
    from jaeval.data import store

    copies = store.mirror(dest, _chosen(names, everything))
    if as_json:
        print_json([{"path": path, "file": str(file)} for path, file in copies.items()])
    else:
        typer.echo(f"{len(copies)} files in {dest}. Use them with JAEVAL_DATA_MIRROR={dest}")


def _chosen(names: list[str] | None, everything: bool) -> list[str]:
    from jaeval.data.lock import packaged_lock

    if everything:
        return packaged_lock().names
    if not names:
        raise typer.BadParameter("name one or more data sets, or give --all", param_hint="NAME")
    return names


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print(table: Table) -> None:
    make_console().print(table)

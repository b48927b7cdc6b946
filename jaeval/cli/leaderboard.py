"""`jaeval leaderboard build | table | list`: tables and pages of many models' results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.leaderboard.board import Board
    from jaeval.leaderboard.leaderboard import Leaderboard

app = typer.Typer(help="Tables and pages of many models' results.", no_args_is_help=True, rich_markup_mode=None)
Spec = Annotated[
    str, typer.Argument(metavar="SPEC", help="A leaderboard's name, or its YAML file.", show_default=False)
]
Results = Annotated[
    list[Path],
    typer.Option("--results", "-r", metavar="PATH", help="Runs or result files, searched; may be repeated."),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out files that cannot be read, and name them, instead of stopping.")
]


@app.command()
def build(
    spec: Spec,
    results: Results,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="SITE", help="The site's folder.")],
    inline_items: Annotated[
        bool, typer.Option("--inline-items", help="Put the items into the page instead of beside it.")
    ] = False,
    skip_bad: SkipBad = False,
    json: Json = False,
) -> None:
    """Make a board's page in a folder for any static host. Other boards in the folder stay."""
    from jaeval.cli.console import counted, print_json, say
    from jaeval.leaderboard.site import write_atomically

    leaderboard = _built(spec, results, skip_bad)
    board = leaderboard.built
    files = write_atomically(leaderboard, out, inline_items=inline_items)
    if json:
        print_json({**_summary(board), "files": [str(file) for file in files]})
        return
    say(f"{files[0]}: {counted(len(board.rows), 'model')}, {counted(len(board.columns), 'task')}")
    _print_left_out(board)


@app.command()
def table(
    spec: Spec,
    results: Results,
    format: Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="md, csv, parquet or latex.")] = "md",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to (default: standard output).")
    ] = None,
    language: Annotated[str, typer.Option(metavar="NAME", help="Of titles and notes: en or ja.")] = "en",
    skip_bad: SkipBad = False,
    json: Json = False,
) -> None:
    """Print a board as a table."""
    from jaeval.cli.console import print_json
    from jaeval.errors import BoardError
    from jaeval.leaderboard.site import write_file
    from jaeval.leaderboard.table import wide_table, write_table

    if format not in ("md", "csv", "parquet", "latex"):
        raise BoardError(f"no format {format!r}", field="--format", remedy="Use md, csv, parquet or latex")
    if language not in ("en", "ja"):
        raise BoardError(f"no language {language!r}", field="--language", remedy="Use en or ja")
    board = _built(spec, results, skip_bad).built
    if json:
        rows = wide_table(board).astype(object)
        print_json({**_summary(board), "rows": rows.where(rows.notna(), None).to_dict("records")})
        return
    content = write_table(board, format, language)  # type: ignore[arg-type]
    if out is not None:
        write_file(out, content)
        typer.echo(out)
    elif format == "parquet":
        raise BoardError("is no text for a terminal", field="--format parquet", remedy="Give --out FILE")
    else:
        sys.stdout.write(content.decode("utf-8"))
    if format in ("csv", "parquet"):  # the others name them below the table
        _print_left_out(board)


@app.command("list")
def list_boards(json: Json = False) -> None:
    """List the leaderboards that come with jaeval."""
    from jaeval.cli.console import make_console, make_table, print_json, visible
    from jaeval.leaderboard.definitions import read_spec, shipped

    specs = {name: read_spec(name) for name in shipped()}
    rows = [
        {
            "leaderboard": name,
            "title": spec.title.model_dump(),
            "tasks": f"suite {spec.suite}" if spec.suite else ", ".join(entry.task for entry in spec.tasks),
            "recipe": spec.recipe.name if spec.recipe else None,
        }
        for name, spec in specs.items()
    ]
    if json:
        print_json(rows)
        return
    listed = make_table()
    for column in ("leaderboard", "title", "tasks", "rule of"):
        listed.add_column(column, overflow="fold")
    for row, spec in zip(rows, specs.values(), strict=True):
        listed.add_row(*map(visible, (row["leaderboard"], spec.title.en, row["tasks"], row["recipe"] or "")))
    make_console().print(listed)


def _built(spec: str, results: list[Path], skip_bad: bool) -> Leaderboard:
    from jaeval.cli.console import visible
    from jaeval.leaderboard.leaderboard import Leaderboard

    def tell(problem: Exception) -> None:
        typer.echo(f"jaeval: left out: {visible(problem)}", err=True)

    return Leaderboard.open(spec).build(results, bad=tell if skip_bad else None)


def _summary(board: Board) -> dict[str, object]:
    return {
        "leaderboard": board.name,
        "models": len(board.rows),
        "tasks": [column.key for column in board.columns],
        "rule": board.rule,
        "date": board.date,
        "left_out": [{"what": entry.what, "why": entry.why} for entry in board.left_out],
        "notes": list(board.notes),
    }


def _print_left_out(board: Board) -> None:
    """What is not on the board and what contradicts it, on standard error: standard output may be a table."""
    from jaeval.cli.console import visible

    for entry in board.left_out:
        typer.echo(f"left out: {visible(entry.what)}: {visible(entry.why['en'])}", err=True)
    for note in board.notes:
        typer.echo(visible(note["en"]), err=True)

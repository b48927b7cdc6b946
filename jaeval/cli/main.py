"""`jaeval`: the subcommands put together, and errors turned into one line and an exit code.

Exit codes: 0 done, 1 done with failures, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from jaeval import __version__
from jaeval.cli.compare import compare
from jaeval.cli.console import visible
from jaeval.cli.data import app as data
from jaeval.cli.demo import demo
from jaeval.cli.export import app as export
from jaeval.cli.import_ import import_results
from jaeval.cli.leaderboard import app as leaderboard
from jaeval.cli.run import run
from jaeval.cli.score import score
from jaeval.cli.search import search
from jaeval.cli.serve import serve
from jaeval.cli.show import show
from jaeval.cli.suites import suites
from jaeval.cli.tasks import tasks
from jaeval.errors import JaevalError

app = typer.Typer(
    name="jaeval",
    help="A Japanese scorecard for language-model checkpoints: mathematics, finance and reasoning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: no option's name is cut at the terminal's edge
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jaeval {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A Japanese scorecard for language-model checkpoints: mathematics, finance and reasoning."""


app.command()(run)
app.command()(tasks)
app.command()(suites)
app.add_typer(data, name="data")
app.command()(score)
app.command()(show)
app.command()(compare)
app.add_typer(leaderboard, name="leaderboard")
app.command("import")(import_results)
app.add_typer(export, name="export")
app.command()(search)
app.command()(serve)
app.command()(demo)


def main() -> None:
    """Run the command line; a `JaevalError` becomes its one line on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Japanese text in any locale; half a surrogate pair as its escape
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="jaeval")
    except JaevalError as error:
        typer.secho(f"jaeval: {visible(error)}", err=True, fg="red" if sys.stderr.isatty() else None)
        sys.exit(2)

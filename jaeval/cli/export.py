"""`jaeval export FORMAT RUN`: a run in other tools' files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jaeval.cli.options import Json

app = typer.Typer(help="Write a run in other tools' formats.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _formats() -> None:
    """Write a run in other tools' formats."""


@app.command("lm-eval")
def lm_eval(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where to (default: RUN/lm-eval).")
    ] = None,
    json: Json = False,
) -> None:
    """Write lm-eval's results and samples files."""
    from jaeval.cli.console import print_json
    from jaeval.results.lm_eval import export_lm_eval
    from jaeval.results.run import Run

    files = export_lm_eval(Run.open(run), out or run / "lm-eval")
    if json:
        print_json([str(file) for file in files])
    else:
        for file in files:
            typer.echo(file)

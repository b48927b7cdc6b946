"""`jaeval export FORMAT RUN`: a run in other tools' files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jaeval.cli.options import Json

app = typer.Typer(help="Write a run in other tools' formats.", no_args_is_help=True)


@app.callback()
def _formats() -> None:
    """Write a run in other tools' formats."""


@app.command("lm-eval")
def lm_eval(
    run: Annotated[Path, typer.Argument(help="A run's folder.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to (default: RUN/lm-eval).")] = None,
    json: Json = False,
) -> None:
    """Write lm-eval's results and samples files."""
    import json as encoder

    from jaeval.results.lm_eval import export_lm_eval
    from jaeval.results.run import Run

    files = export_lm_eval(Run.open(run), out or run / "lm-eval")
    if json:
        print(encoder.dumps([str(file) for file in files]))
    else:
        for file in files:
            typer.echo(file)

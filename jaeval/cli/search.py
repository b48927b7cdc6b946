"""`jaeval search CONFIG.yaml`: search for a good merge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jaeval.cli.options import Json
from jaeval.errors import EngineError

if TYPE_CHECKING:
    from jaeval.fitness.search.run import Searched


def search(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG",
            help="The search's YAML file, or a recipe that comes with jaeval: nano, evollm-jp-7b.",
            show_default=False,
        ),
    ],
    resume: Annotated[bool, typer.Option("--resume", help="Take up the search where it stopped.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, say what is missing, and try nothing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="The search's folder, instead of the file's.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Score N candidates at a time, each on a Ray worker with an engine of its own."
        ),
    ] = None,
    ray_address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A running Ray cluster for --workers (default: a local one)."),
    ] = None,
    print_config: Annotated[
        bool, typer.Option("--print", help="Print the configuration, to begin one of your own, and do nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Search for a good merge of checkpoints, choose one, report it once, and write it."""
    from jaeval.cli.console import print_json, say
    from jaeval.cli.search_progress import LiveSearch
    from jaeval.fitness.search.config import find_config, read_config
    from jaeval.fitness.search.run import search as run_search

    if print_config:
        file, _ = find_config(config)
        read_config(config)
        typer.echo(file.read_text(encoding="utf-8"), nl=False)
        raise typer.Exit
    if ray_address is not None and workers is None:
        raise EngineError("is only for --workers", field="--ray-address", remedy="Add --workers N")
    settings = read_config(config)
    if out is not None:
        settings = settings.model_copy(update={"out": str(out)})
    if dry_run:
        from jaeval.fitness.search.dry_run import check

        checked = check(settings, workers)
        if json:
            print_json({"plan": checked.plan, "missing": checked.missing})
        else:
            for key, value in checked.plan.items():
                say(f"{key}: {value}")
            for problem in checked.missing:
                say(f"missing: {problem}", fg="yellow")
            say("nothing is missing" if not checked.missing else f"{len(checked.missing)} things are missing")
        raise typer.Exit(1 if checked.missing else 0)
    with LiveSearch() as progress:
        try:
            found = run_search(settings, resume=resume, workers=workers, ray_address=ray_address, progress=progress)
        except KeyboardInterrupt:
            progress.say("interrupted; finished trials are kept: repeat the command with --resume")
            raise typer.Exit(130) from None
    if json:
        print_json(found.summary)
    else:
        _print(found)
    raise typer.Exit(0)


def _print(found: Searched) -> None:
    from jaeval.cli.console import counted, make_console, make_table, say, visible
    from jaeval.fitness.search.card import points

    summary = found.summary
    failed = f", {summary['failed']:,} failed" if summary["failed"] else ""
    search_score = f"{100 * summary['search']['score']:.1f} on the search items"
    say(f"{counted(summary['trials'], 'trial')}{failed}; trial {found.chosen} chosen: {search_score}")
    report = summary["report"]
    if report is not None:
        table = make_table(f"report: {counted(report['n'], 'item')}, points with 95 % intervals")
        for column in ("checkpoint", "score", "merged - it"):
            table.add_column(column)
        for name, score in report["scores"].items():
            difference = report["differences"].get(name)
            table.add_row(visible(name), points(score), "" if difference is None else points(difference, sign=True))
        make_console().print(table)
    say(found.folder / "merged")

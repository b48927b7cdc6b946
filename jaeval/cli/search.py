"""`jaeval search CONFIG.yaml`: search for a good merge."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.fitness.search.log import Trial
    from jaeval.fitness.search.run import Searched

PLAIN_EVERY = 15.0
"""Seconds between lines where stderr is no terminal."""


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
    print_config: Annotated[
        bool, typer.Option("--print", help="Print the configuration, to begin one of your own, and do nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Search for a good merge of checkpoints, choose one, report it once, and write it."""
    from jaeval.cli.console import print_json, say
    from jaeval.fitness.search.config import find_config, read_config
    from jaeval.fitness.search.run import search as run_search

    if print_config:
        file, _ = find_config(config)
        read_config(config)
        typer.echo(file.read_text(encoding="utf-8"), nl=False)
        raise typer.Exit
    settings = read_config(config)
    if out is not None:
        settings = settings.model_copy(update={"out": str(out)})
    if dry_run:
        from jaeval.fitness.search.dry_run import check

        checked = check(settings)
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
            found = run_search(settings, resume=resume, progress=progress)
        except KeyboardInterrupt:
            progress.say("interrupted; finished trials are kept: repeat the command with --resume")
            raise typer.Exit(130) from None
    if json:
        print_json(found.summary)
    else:
        _print(found)
    raise typer.Exit(0)


class LiveSearch:
    """See `SearchProgress`. A bar on a terminal, a plain line now and then elsewhere; on stderr."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._live = sys.stderr.isatty()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[best]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._bar: Any = None
        self._said = 0.0

    def __enter__(self) -> LiveSearch:
        if self._live:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._bars.stop()

    def say(self, text: str) -> None:
        """A line for people."""
        from jaeval.cli.console import visible

        self._console.print(visible(text), soft_wrap=True)

    def trial(self, trial: Trial, best: Trial | None, trials: int) -> None:
        """See `SearchProgress.trial`."""
        if trial.failure is not None:
            self.say(f"trial {trial.number} failed: {trial.failure}")
        shown = "" if best is None else f"best {100 * best.score:.1f} (trial {best.number})"
        if self._live:
            if self._bar is None:
                self._bar = self._bars.add_task("trials", total=trials, best=shown)
            self._bars.update(self._bar, completed=trial.number + 1, best=shown)
        elif time.monotonic() - self._said >= PLAIN_EVERY or trial.number + 1 == trials:
            self._said = time.monotonic()
            self.say(f"{trial.number + 1:,}/{trials:,} trials, {shown or 'none has a score of its own yet'}")


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

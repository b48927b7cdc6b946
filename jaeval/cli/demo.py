"""`jaeval demo`: a merge search from its parents to a page, or a real model's scorecard; nothing to prepare."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.fitness.search.run import Searched
    from jaeval.results.run import Run

TASKS = ("procedural_math", "procedural_finance", "procedural_reasoning_mc")
FEWSHOT = 3
"""A base model of this size follows examples; without any it repeats itself up to its token limit."""
LIMIT = 10


class Which(StrEnum):
    """The demonstrations."""

    MERGE = "merge"
    GEMMA = "gemma"


def demo(
    which: Annotated[
        Which, typer.Argument(metavar="[merge|gemma]", help="A merge search in small, or Gemma 3 270M's scorecard.")
    ] = Which.MERGE,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, metavar="N", help="merge: how many merges are tried (default 192).")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, metavar="N", help="gemma: the first N items of each task (default 10)."),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="NAME", help="vllm; for gemma also transformers.")] = "vllm",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where all is written (default: a new folder below runs/)."),
    ] = None,
    json: Json = False,
) -> None:
    """Show the main job in small, on real engines and fresh items. No network is used.

    `merge`, in minutes on two processor cores: three checkpoints of half a million parameters come with jaeval. One
    calculates in English, one knows Japanese word problems, both grew from the same base. A search merges them, and the
    merge is confirmed on items that the search never saw.

    `gemma`: Gemma 3 270M (extra `demo`, Gemma Terms of Use) is converted once and answers items of mathematics, finance
    and reasoning.
    """
    if which is Which.GEMMA:
        _refuse("--trials", trials, which)
        _gemma(limit or LIMIT, engine, out, json)
    else:
        _refuse("--limit", limit, which)
        _merge(trials, engine, out, json)


def _refuse(option: str, given: int | None, which: Which) -> None:
    if given is not None:
        raise typer.BadParameter(f"{option} has no meaning for {which}")


def _merge(trials: int | None, engine: str, out: Path | None, json: bool) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: such small matrices gain nothing by two

    from jaeval.cli.console import print_json
    from jaeval.cli.progress import LiveProgress
    from jaeval.cli.search_progress import LiveSearch
    from jaeval.demo.merging import Merging

    folder = out or Path("runs") / f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    demonstration = Merging(folder, trials=trials, engine=engine)
    config = demonstration.config
    with LiveProgress() as progress:
        progress.say("1/4  The base and the two parents, on items that are kept for the report")
        demonstration.evaluate_parents(progress)
    with LiveSearch() as searching:
        searching.say(f"2/4  {config.trials} merges, each on {config.fitness.items} items that are kept for the search")
        searched = demonstration.search(searching)
    with LiveProgress() as progress:
        progress.say("3/4  The chosen merge, on the report's items")
        demonstration.evaluate_merged(searched, progress)
        progress.say("4/4  A leaderboard page of all four")
        page = demonstration.make_page()
    if json:
        runs = {name: run.to_json() for name, run in demonstration.runs.items()}
        print_json({"page": str(page), "runs": runs, "search": searched.summary})
        return
    _print(demonstration.runs, searched)
    typer.echo(
        "\nNext, open the page, see what the search tried and what the merge answered, or begin a search of your own:\n"
        f"  {page}\n"
        f"  {searched.folder / 'plots' / 'search.svg'}\n"
        f"  jaeval show {folder / 'runs' / 'merged'} --wrong\n"
        "  jaeval search nano --print > mine.yaml\n"
        "  jaeval search evollm-jp-7b --dry-run"
    )


def _print(runs: Mapping[str, Run], searched: Searched) -> None:
    from jaeval.cli.console import make_console, make_table, visible
    from jaeval.demo.merging import MERGED
    from jaeval.fitness.search.card import points

    leads = searched.summary["report"]["differences"]
    scores = {name: [score for score in run.scores if score.primary] for name, run in runs.items()}
    table = make_table("points on items that neither the search nor the choice saw, with 95 % intervals")
    table.add_column("checkpoint")
    for heading in (*(score.task for score in scores[MERGED]), "merged - it"):
        table.add_column(heading, justify="right")
    for name, found in scores.items():
        cells = [points({"value": score.value, "low": score.low, "high": score.high}) for score in found]
        lead = points(leads[name], sign=True) if name in leads else ""
        table.add_row(visible(name), *cells, lead, style="bold" if name == MERGED else None)
    make_console().print(table)


def _gemma(limit: int, engine: str, out: Path | None, json: bool) -> None:
    from jaeval.cli.progress import LiveProgress
    from jaeval.cli.scorecard import print_run
    from jaeval.demo.checkpoint import demonstration_checkpoint
    from jaeval.evaluation.run import evaluate

    progress = LiveProgress()
    checkpoint = demonstration_checkpoint(progress.say)
    with progress:
        run = evaluate(checkpoint, TASKS, limit=limit, num_fewshot=FEWSHOT, engine=engine, out=out, progress=progress)
    print_run(run, as_json=json)
    if not json:
        typer.echo(
            "\nNext, look at what it answered, evaluate a checkpoint of your own, or see what else can be asked:\n"
            f"  jaeval show {run.path} --wrong\n"
            "  jaeval run CHECKPOINT --suite procedural\n"
            "  jaeval tasks"
        )
    raise typer.Exit(1 if run.failed else 0)

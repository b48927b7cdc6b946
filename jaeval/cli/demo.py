"""`jaeval demo`: a real model, fresh questions, a scorecard; nothing to prepare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jaeval.cli.options import Json

TASKS = ("procedural_math", "procedural_finance", "procedural_reasoning_mc")


def demo(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The first N items of each task.")] = 20,
    engine: Annotated[str, typer.Option(help="vllm or transformers.")] = "vllm",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The run's folder (default: a new one below runs/).")
    ] = None,
    json: Json = False,
) -> None:
    """Evaluate Gemma 3 270M on freshly made mathematics, finance and reasoning items.

    The checkpoint comes with the extra `demo` (Gemma Terms of Use) and is converted once. No network is used.
    """
    from jaeval.cli.progress import LiveProgress
    from jaeval.cli.scorecard import print_run
    from jaeval.demo.checkpoint import demonstration_checkpoint
    from jaeval.evaluation.run import evaluate

    progress = LiveProgress()
    checkpoint = demonstration_checkpoint(progress.say)
    with progress:
        run = evaluate(checkpoint, TASKS, limit=limit, engine=engine, out=out, progress=progress)
    print_run(run, as_json=json)
    if not json:
        typer.echo(
            "\nNext, look at what it answered, evaluate a checkpoint of your own, or see what else can be asked:\n"
            f"  jaeval show {run.path} --wrong\n"
            "  jaeval run CHECKPOINT --suite procedural\n"
            "  jaeval tasks"
        )
    raise typer.Exit(1 if run.failed else 0)

"""`jaeval demo`: a real model, fresh questions, a scorecard; nothing to prepare."""

from __future__ import annotations

from typing import Annotated

import typer

from jaeval.cli.options import Json, Out

TASKS = ("procedural_math", "procedural_finance", "procedural_reasoning_mc")
FEWSHOT = 3
"""A base model of this size follows examples; without any it repeats itself up to its token limit."""


def demo(
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, metavar="N", help="The first N items of each task.")
    ] = 10,
    engine: Annotated[str, typer.Option(metavar="NAME", help="vllm or transformers.")] = "vllm",
    out: Out = None,
    json: Json = False,
) -> None:
    """Evaluate a small real model on freshly made items.

    The model is Gemma 3 270M; it comes with the extra `demo` (Gemma Terms of Use) and is converted once. The items are
    of mathematics, finance and reasoning. No network is used.
    """
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

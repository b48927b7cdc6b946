"""`jaeval score TASK RESPONSES.jsonl`: score responses that exist already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jaeval.cli.options import Json, Out, TasksDirs, TrustTaskCode


def score(
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task whose rules apply.", show_default=False)],
    responses: Annotated[
        Path,
        typer.Argument(
            metavar="RESPONSES.jsonl", help='Rows like {"id": …, "response": …, "target": …}.', show_default=False
        ),
    ],
    out: Out = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The split the responses answer, instead of the task's own."),
    ] = None,
    tasks_dir: TasksDirs = None,
    trust_task_code: TrustTaskCode = False,
    json: Json = False,
) -> None:
    """Score responses without a model. A row's own target replaces the data set's."""
    from jaeval.catalogue import Catalogue
    from jaeval.cli.scorecard import print_run
    from jaeval.evaluation.rescore import score_responses

    card = Catalogue(tasks_dir or (), trust_code=trust_task_code).card(task, field=None)
    run = score_responses(card, responses, out=out, split=split)
    print_run(run, as_json=json)
    raise typer.Exit(1 if run.failed else 0)

"""`jaeval export FORMAT RUN`: a run, or results that another tool wrote, in other tools' files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.results.redistribution import Texts
    from jaeval.results.submission import Submission

app = typer.Typer(help="Write a run in other tools' formats.", no_args_is_help=True, rich_markup_mode=None)


class Whose(StrEnum):
    """Whose texts are written: prompts, responses, right answers."""

    ALL = "all"
    OPEN = "open"
    NONE = "none"


Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.", show_default=False)]
Results = Annotated[
    Path,
    typer.Argument(metavar="RUN", help="A run's folder, or results that `jaeval import` reads.", show_default=False),
]
WhoseTexts = Annotated[
    Whose,
    typer.Option(
        "--texts", help="Write the texts of all tasks, of those whose data may be passed on (open), or of none."
    ),
]
NoTexts = Annotated[bool, typer.Option("--no-texts", help="Of items only hash and score: the same as --texts none.")]
Organization = Annotated[str, typer.Option("--organization", metavar="NAME", help="Who evaluated.")]
Collection = Annotated[
    str, typer.Option("--collection", metavar="NAME", help="The datastore's folder, such as a board's name.")
]


@app.callback()
def _formats() -> None:
    """Write a run in other tools' formats."""


@app.command("lm-eval")
def lm_eval(
    run: Run,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where to (default: RUN/lm-eval).")
    ] = None,
    texts: WhoseTexts = Whose.ALL,
    no_texts: NoTexts = False,
    json: Json = False,
) -> None:
    """Write lm-eval's results and samples files."""
    from jaeval.results.exports.lm_eval import export_lm_eval
    from jaeval.results.run import Run

    opened = Run.open(run)
    whose = whose_texts(texts, no_texts, opened.manifest.tasks)
    print_files(export_lm_eval(opened, out or run / "lm-eval", texts=whose), json)


@app.command("every-eval-ever")
def every_eval_ever(
    run: Results,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where to (default: RUN/every-eval-ever).")
    ] = None,
    collection: Collection = "jaeval",
    organization: Organization = "unknown",
    texts: WhoseTexts = Whose.ALL,
    no_texts: NoTexts = False,
    json: Json = False,
) -> None:
    """Write Every Eval Ever's JSON, checked against its schema, and its items."""
    from jaeval.results.exports.every_eval_ever import export_every_eval_ever

    submissions = read(run)
    folder = out or _default(run, "every-eval-ever")
    whose = whose_texts(texts, no_texts, tasks_with_items(submissions))
    files = []
    for submission in submissions:
        files += export_every_eval_ever(
            submission, folder, collection=collection, organization=organization, texts=whose
        )
    print_files(list(dict.fromkeys(files)), json)  # equal results are one file


@app.command("hugging-face")
def hugging_face(
    run: Results,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="The model's repository (default: RUN/hugging-face)."),
    ] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            "--dataset", metavar="TASK=OWNER/NAME:ID", help="A task's benchmark on the hub; may be given several times."
        ),
    ] = None,
    percent: Annotated[bool, typer.Option("--percent", help="Write scores times 100, as some benchmarks do.")] = False,
    json: Json = False,
) -> None:
    """Write the hub's .eval_results for one model."""
    from jaeval.errors import RunError
    from jaeval.results.exports.hugging_face import export_hugging_face, parse_benchmark

    benchmarks = dict(map(parse_benchmark, dataset or []))
    submissions = read(run)
    if len(submissions) != 1:
        raise RunError(f"holds {len(submissions)} submissions", file=run, remedy="Give the path of one")
    folder = out or _default(run, "hugging-face")
    exported = export_hugging_face(submissions[0], folder, benchmarks=benchmarks, percent=percent)
    if exported.left_out:
        typer.echo(f"no benchmark on the hub, or no score: {', '.join(exported.left_out)}", err=True)
    print_files(exported.files, json)


@app.command("long")
def long(
    run: Results,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where to (default: RUN/long).")
    ] = None,
    texts: WhoseTexts = Whose.ALL,
    no_texts: NoTexts = False,
    json: Json = False,
) -> None:
    """Write long tables of numbers and items, as Parquet and CSV."""
    from jaeval.results.exports.long_table import export_long_table

    submissions = read(run)
    whose = whose_texts(texts, no_texts, tasks_with_items(submissions))
    print_files(export_long_table(submissions, out or _default(run, "long"), texts=whose), json)


def read(path: Path) -> list[Submission]:
    """The submissions of a path. A file or run that cannot be read is an error."""
    from jaeval.results.imports import read_submissions

    return read_submissions(path)


def tasks_of(submissions: Sequence[Submission]) -> list[str]:
    """The tasks of submissions, each once."""
    return list(dict.fromkeys(score.task for submission in submissions for score in submission.scores))


def tasks_with_items(submissions: Sequence[Submission]) -> list[str]:
    """The tasks of those submissions that have items."""
    return tasks_of([one for one in submissions if next(iter(one.items()), None) is not None])


def whose_texts(texts: Whose, no_texts: bool, tasks: Iterable[str]) -> Texts:
    """Whose texts are written. Where all are, tasks whose data may not be passed on are named on standard error."""
    from jaeval.cli.console import visible
    from jaeval.results.redistribution import may_be_passed_on

    if no_texts:
        return "none"
    closed = [task for task in tasks if may_be_passed_on(task) is False] if texts is Whose.ALL else []
    if closed:
        text = f"these texts may not be passed on: {', '.join(closed)}. Publish with --texts open or --no-texts"
        typer.echo(f"jaeval: {visible(text)}", err=True)
    return texts.value


def print_files(files: Sequence[Path], as_json: bool) -> None:
    """Print the files written, as lines or as JSON."""
    from jaeval.cli.console import print_json, say

    if as_json:
        print_json([str(file) for file in files])
        return
    for file in files:
        say(file)


def _default(run: Path, name: str) -> Path:
    from jaeval.errors import RunError
    from jaeval.results.imports.runs import is_run

    if not is_run(run):
        raise RunError("is needed where the results are no run of jaeval", field="--out")
    return run / name

"""`jaeval import PATH…`: read results that other tools wrote, and keep them as one tidy folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jaeval.cli.export import (
    Collection,
    NoTexts,
    Organization,
    Whose,
    WhoseTexts,
    tasks_of,
    tasks_with_items,
    whose_texts,
)
from jaeval.cli.options import Json

if TYPE_CHECKING:
    from jaeval.errors import JaevalError
    from jaeval.results.submission import Submission


def import_results(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Results, or folders of them.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Keep them here: a new or empty folder. Without: only look."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out files that cannot be read, and name them.")
    ] = False,
    collection: Collection = "jaeval",
    organization: Organization = "unknown",
    texts: WhoseTexts = Whose.ALL,
    no_texts: NoTexts = False,
    json: Json = False,
) -> None:
    """Read results of lm-eval, jp-stable, japanese-lm-fin-harness, Every Eval Ever, or jaeval.

    lm-eval's results_*.json with the samples_*.jsonl beside them, and files of its older versions; models/ trees of
    jp-stable and japanese-lm-fin-harness; Every Eval Ever 0.3; run folders. Formats are told by content. DIR gets Every
    Eval Ever's JSON and long tables in Parquet, and `jaeval leaderboard build --results DIR` reads it as it reads PATH.
    """
    from jaeval.results.imports import read_submissions

    left_out: list[JaevalError] = []
    submissions = []
    for path in paths:
        submissions += read_submissions(path, bad=left_out.append if skip_bad else None)
    whose = whose_texts(texts, no_texts, tasks_with_items(submissions)) if out else "all"
    files = _keep(submissions, out, collection=collection, organization=organization, texts=whose) if out else []
    _report(submissions, left_out, files, as_json=json)
    raise typer.Exit(1 if left_out else 0)


def _keep(submissions: Sequence[Submission], out: Path, **settings: Any) -> list[Path]:
    from jaeval.errors import RunError
    from jaeval.results.exports.every_eval_ever import export_every_eval_ever
    from jaeval.results.exports.long_table import export_long_table

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError("is not an empty folder", file=out, field="--out", remedy="Old results would stay beside new")
    files = []
    for submission in submissions:
        files += export_every_eval_ever(submission, out, **settings)
    return files + export_long_table(submissions, out, kinds=("parquet",), texts=settings["texts"])


def _report(
    submissions: Sequence[Submission], left_out: Sequence[JaevalError], files: Sequence[Path], *, as_json: bool
) -> None:
    from jaeval.cli.console import counted, make_console, make_table, print_json, say, visible

    if as_json:
        print_json(
            {
                "submissions": [_described(submission) for submission in submissions],
                "left_out": [{"file": e.file, "field": e.field, "problem": e.problem} for e in left_out],
                "written": [str(file) for file in files],
            }
        )
        return
    table = make_table()
    for column in ("model", "format", "files", "tasks", "numbers", "missing", "items"):
        table.add_column(column, justify="left" if column in ("model", "format") else "right", overflow="fold")
    for (model, kind), found in _by_model(submissions).items():
        rows = [_described(submission) for submission in found]
        numbers = (sum(row["numbers"] for row in rows), sum(row["missing"] for row in rows))
        items = "yes" if any(row["items"] for row in rows) else ""
        table.add_row(visible(model), kind, *(f"{n:,}" for n in (len(found), len(tasks_of(found)), *numbers)), items)
    if submissions:
        make_console().print(table)
    for note in dict.fromkeys(f"{s.source}: {note}" for s in submissions for note in s.notes):
        say(note)
    for error in left_out:
        typer.echo(f"left out: {visible(error)}", err=True)
    models = {submission.model for submission in submissions}
    summary = f"{counted(len(submissions), 'submission')} of {counted(len(models), 'model')}"
    left = f"; {counted(len(left_out), 'file')} left out" if left_out else ""
    written = f"; {counted(len(files), 'file')} written" if files else ""
    say(summary + left + written)


def _by_model(submissions: Sequence[Submission]) -> dict[tuple[str, str], list[Submission]]:
    found: dict[tuple[str, str], list[Submission]] = {}
    for submission in submissions:
        found.setdefault((submission.model, submission.format), []).append(submission)
    return found


def _described(submission: Submission) -> dict[str, Any]:
    values = [score.value for score in submission.scores]
    return {
        "model": submission.model,
        "format": submission.format,
        "source": str(submission.source),
        "harness": submission.harness,
        "harness_version": submission.harness_version,
        "tasks": len(tasks_of([submission])),
        "numbers": sum(value is not None for value in values),
        "missing": sum(value is None for value in values),
        "items": next(iter(submission.items()), None) is not None,
        "notes": list(submission.notes),
    }

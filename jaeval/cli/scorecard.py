"""A run's scorecard on stdout."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from jaeval.results.run import Run
from jaeval.results.schema import Score


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Print a run's scorecard, or its JSON."""
    if as_json:
        print(json.dumps(run.to_json(), ensure_ascii=False, indent=2))
        return
    console = Console()
    if not console.is_terminal:  # a table in a file or a pipe keeps its columns
        console = Console(width=140)
    console.print(scorecard(run))
    console.print(summary(run), markup=False, highlight=False, soft_wrap=True)


def scorecard(run: Run) -> Table:
    """The scorecard as a Rich table: scores in percent where they lie between 0 and 1."""
    table = Table(title=run.manifest.checkpoint, title_justify="left", header_style="bold")
    for name in ("task", "metric"):
        table.add_column(name, overflow="fold")
    for name in ("score", "± se", "95 % interval", "n", "chance", "failed", "cut", "seconds", "tokens"):
        table.add_column(name, justify="right", no_wrap=True)
    for score in run.scores:
        table.add_row(*_cells(score), style=None if score.primary else "dim")
    return table


def _cells(score: Score) -> list[str]:
    metric = score.metric if score.filter == "none" else f"{score.metric} ({score.filter})"
    interval = "" if score.low is None else f"{_number(score.low)} to {_number(score.high)}"
    shared = [str(score.failed or ""), str(score.truncated or ""), f"{score.seconds or 0:.1f}", f"{score.tokens:,}"]
    return [
        score.task if score.primary else "",
        metric,
        "missing" if score.value is None else _number(score.value),
        "" if score.stderr is None else _number(score.stderr),
        interval,
        str(score.n),
        "" if score.chance is None else _number(score.chance),
        *(shared if score.primary else ["", "", "", ""]),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def summary(run: Run) -> str:
    """What stands below the scorecard: engine, time, what was cached, what went wrong, and where the run is."""
    manifest = run.manifest
    seconds = manifest.seconds
    dtype = manifest.fingerprint.get("dtype")
    parts = [f"{manifest.engine}{f' {dtype}' if dtype else ''}"]
    if "all" in seconds:
        parts.append(f"{seconds['all']:.1f} s in all, engine {seconds['engine']:.1f} s")
    parts.append(f"{manifest.requests:,} requests, {manifest.cached:,} known before")
    lines = [" · ".join(parts)]
    if manifest.truncated_prompts:
        lines.append(f"{manifest.truncated_prompts:,} prompts were longer than the context and lost their beginning")
    if cut := sum(score.truncated for score in run.scores if score.primary):
        lines.append(f"{cut:,} answers were cut at their token limit")
    if run.failed:
        lines.append(f"{run.failed:,} items failed; repeat the command with --resume to ask them again")
    lines.append(f"Run: {run.path}")
    return "\n".join(lines)

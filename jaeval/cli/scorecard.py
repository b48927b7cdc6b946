"""A run's scorecard on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaeval.cli.console import counted, make_console, print_json, visible

if TYPE_CHECKING:
    from rich.table import Table

    from jaeval.results.run import Run
    from jaeval.results.schema import Score

PIPE_WIDTH = 140
"""Columns of the table where there is no terminal."""


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Print a run's scorecard, or its JSON."""
    if as_json:
        print_json(run.to_json())
        return
    console = make_console(PIPE_WIDTH)
    console.print(scorecard(run))
    console.out(summary(run), highlight=False)


def scorecard(run: Run) -> Table:
    """The scorecard as a Rich table: scores in percent where they lie between -1 and 1."""
    from rich.table import Table

    table = Table(title=visible(run.manifest.checkpoint), title_justify="left", header_style="bold")
    for name in ("task", "metric"):
        table.add_column(name, overflow="fold")
    for name in ("score", "± se", "95 % interval", "n", "chance", "failed", "cut", "seconds", "tokens"):
        table.add_column(name, justify="right", no_wrap=True)
    for score in run.scores:
        table.add_row(*map(visible, _cells(score)), style=None if score.primary else "dim")
    return table


def _cells(score: Score) -> list[str]:
    percent = score.value is None or abs(score.value) <= 1  # a perplexity or a BLEU score is shown as it is

    def number(value: float | None) -> str:
        return "" if value is None else f"{value * 100 if percent else value:.1f}"

    shared = [
        str(score.failed or ""),
        str(score.truncated or ""),
        "" if score.seconds is None else f"{score.seconds:.1f}",
        f"{score.tokens:,}" if score.tokens else "",
    ]
    return [
        score.task if score.primary else "",
        score.metric if score.filter == "none" else f"{score.metric} ({score.filter})",
        "missing" if score.value is None else number(score.value),
        number(score.stderr),
        "" if score.low is None else f"{number(score.low)} to {number(score.high)}",
        str(score.n),
        number(score.chance),
        *(shared if score.primary else ["", "", "", ""]),
    ]


def summary(run: Run) -> str:
    """What stands below the scorecard: engine, time, what was cached, what went wrong, and where the run is."""
    manifest = run.manifest
    seconds = manifest.seconds
    dtype = manifest.fingerprint.get("dtype")
    parts = [f"{manifest.engine}{f' {dtype}' if dtype else ''}"]
    if "all" in seconds:
        parts.append(f"{seconds['all']:.1f} s in all, engine {seconds.get('engine', 0.0):.1f} s")
        parts.append(f"{counted(manifest.requests, 'request')}, {manifest.cached:,} known before")
    lines = [" · ".join(parts)]
    if (cut := manifest.truncated_prompts) > 0:
        lines.append(f"{counted(cut, 'prompt')} longer than the context lost the beginning")
    if cut := sum(score.truncated for score in run.scores if score.primary):
        lines.append(f"{counted(cut, 'answer')} cut at the token limit")
    if run.failed:
        lines.append(f"{counted(run.failed, 'item')} failed; repeat the command with --resume to ask again")
    lines.append(f"Run: {run.path}")
    return visible("\n".join(lines))

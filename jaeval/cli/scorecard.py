"""A run's scorecard on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaeval.cli.console import counted, make_console, make_table, print_json, say, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from jaeval.results.run import Run
    from jaeval.results.schema import Efficiency, Score


ALWAYS = ("task", "metric", "score", "± se", "95 % interval", "n")
DETAILS = (("chance", "failed", "cut"), ("seconds", "tokens"))
"""Columns that give way on a narrow terminal, the last group first; what failed or was cut is told below the table."""
LEAST_NAME = 14
"""Columns that a task's and a metric's name have at least; a longer one is folded."""


def print_run(run: Run, *, as_json: bool = False) -> None:
    """Print a run's scorecard, or its JSON."""
    if as_json:
        print_json(run.to_json())
        return
    console = make_console()
    unbounded = console.options.update(max_width=1000)
    tables = [scorecard(run, *more) for more in (DETAILS, DETAILS[:1], ())]
    fitting = (table for table in tables if console.measure(table, options=unbounded).minimum <= console.width)
    console.print(next(fitting, tables[-1]))
    if run.composites:
        console.print(composites(run))
    say(summary(run))


def scorecard(run: Run, *details: Sequence[str]) -> Table:
    """The scorecard as a Rich table: scores in percent where they lie between -1 and 1.

    Args:
        run: the run.
        details: further columns, of `DETAILS`; one without an entry is left out.
    """
    rows = [_cells(score) for score in run.scores]
    columns = [*ALWAYS, *(name for names in details for name in names if any(row[name] for row in rows))]
    table = make_table(visible(run.manifest.checkpoint))
    for name in columns:
        if name in ("task", "metric"):
            table.add_column(name, overflow="fold", min_width=LEAST_NAME)
        else:
            table.add_column(name, justify="right", no_wrap=True)
    for score, row in zip(run.scores, rows, strict=True):
        table.add_row(*(visible(row[name]) for name in columns), style=None if score.primary else "dim")
    return table


def _in_percent(value: float | None) -> bool:
    return value is None or abs(value) <= 1  # a perplexity or a BLEU score is shown as it is


def _number(value: float | None, percent: bool) -> str:
    return "" if value is None else f"{value * 100 if percent else value:.1f}"


def _cells(score: Score) -> dict[str, str]:
    percent = _in_percent(score.value)

    def number(value: float | None) -> str:
        return _number(value, percent)

    cells = {
        "task": score.task,
        "metric": score.metric if score.filter == "none" else f"{score.metric} ({score.filter})",
        "score": "missing" if score.value is None else number(score.value),
        "± se": number(score.stderr),
        "95 % interval": "" if score.low is None else f"{number(score.low)} to {number(score.high)}",
        "n": str(score.n),
        "chance": number(score.chance),
        "failed": str(score.failed or ""),
        "cut": str(score.truncated or ""),
        "seconds": "" if score.seconds is None else f"{score.seconds:.1f}",
        "tokens": f"{score.tokens:,}" if score.tokens else "",
    }
    if not score.primary:  # what is told of a task is told once
        cells |= dict.fromkeys(("task", "failed", "cut", "seconds", "tokens"), "")
    return cells


def composites(run: Run) -> Table:
    """The numbers over several tasks as a Rich table."""
    table = make_table()
    table.add_column("over several tasks", overflow="fold", min_width=LEAST_NAME)
    for name in ("score", "± se", "95 % interval", "n", "tasks", "chance"):
        table.add_column(name, justify="right", no_wrap=True)
    for entry in run.composites:
        percent = _in_percent(entry.value)
        name = f"{entry.name} ({entry.best})" if entry.best else entry.name
        if entry.missing:
            name = f"{name}: {', '.join(entry.missing)} missing"
        table.add_row(
            visible(name),
            "missing" if entry.value is None else _number(entry.value, percent),
            _number(entry.stderr, percent),
            "" if entry.low is None else f"{_number(entry.low, percent)} to {_number(entry.high, percent)}",
            f"{entry.n:,}",
            str(entry.parts),
            _number(entry.chance, percent),
        )
    return table


def effort(work: Efficiency) -> str:
    """How much the engine computed against the least possible, and how fast.

    Example:
        >>> from jaeval.results.schema import Efficiency
        >>> effort(Efficiency(prefilled=1200, least=1000, generated=500, seconds=10.0, busy=9.9))
        'Prefilled 1,200 tokens, 1.20 times the least possible · 50 new tokens/s, 99 % of what the engine alone gives'
    """
    parts = []
    if work.least:
        parts.append(f"Prefilled {work.prefilled:,} tokens, {work.prefilled / work.least:.2f} times the least possible")
    if work.generated and work.seconds:
        parts.append(f"{work.generated / work.seconds:,.0f} new tokens/s")
    share = "" if not work.busy or not work.seconds else f"{100 * work.busy / work.seconds:.0f} %"
    if share and work.generated:
        parts[-1] += f", {share} of what the engine alone gives"
    elif share:
        parts.append(f"engine busy {share} of the time")
    return " · ".join(parts)


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
    if work := manifest.efficiency:
        lines.append(effort(work))
    if (cut := manifest.truncated_prompts) > 0:
        lines.append(f"{counted(cut, 'prompt')} longer than the context lost the beginning")
    if cut := sum(score.truncated for score in run.scores if score.primary):
        lines.append(f"{counted(cut, 'answer')} cut at the token limit")
    if run.failed:
        lines.append(f"{counted(run.failed, 'item')} failed; repeat the command with --resume to ask again")
    lines.append(f"Run: {run.path}")
    return "\n".join(lines)

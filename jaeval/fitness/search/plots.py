"""Plots of a search as SVG: scores by trial, numbers of the best, and the report. No plotting library is needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from jaeval.fitness.search.log import Trial
from jaeval.fitness.search.space import MergeSpace
from jaeval.results.run import write_atomically

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 44
INK, PALE, BEST, FAILED = "#22303c", "#8fa3b3", "#0b6e4f", "#c1432e"
ROW = 24
BEST_SHARE = 0.1
"""The share of trials that the plot of numbers shows apart."""


def write_plots(folder: Path, space: MergeSpace, trials: Sequence[Trial], summary: Mapping[str, Any]) -> None:
    """Write `search.svg`, `numbers.svg` and, where something was reported, `report.svg`.

    Raises:
        RunError: the disk is full.
    """
    folder.mkdir(exist_ok=True)
    drawn = {"search.svg": plot_search(trials, summary["chosen"]), "numbers.svg": plot_numbers(space, trials)}
    if summary["report"] is not None:
        drawn["report.svg"] = plot_report(summary["report"])
    for name, text in drawn.items():
        write_atomically(folder / name, lambda temporary, text=text: temporary.write_text(text, encoding="utf-8"))


def plot_search(trials: Sequence[Trial], chosen: int) -> str:
    """Each trial's score, the best so far as a line, failures as crosses at the bottom."""
    own = [trial for trial in trials if trial.failure is None]
    ticks = _ticks([trial.score for trial in own])
    low, high = ticks[0], ticks[-1]

    def x(number: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (number + 0.5) / max(len(trials), 1)

    def y(score: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (score - low) / (high - low)

    parts = [_text(LEFT, 20, "Score on the search items, by trial", size=14)]
    for tick in ticks:
        parts.append(_line(LEFT, y(tick), WIDTH - RIGHT, y(tick), "#e3e9ee"))
        parts.append(_text(LEFT - 8, y(tick) + 4, f"{100 * tick:g}", anchor="end"))
    best, steps = -float("inf"), []
    for trial in trials:
        if trial.failure is not None:
            left, top = x(trial.number), HEIGHT - BOTTOM - 6
            parts.append(_line(left - 3, top - 3, left + 3, top + 3, FAILED))
            parts.append(_line(left - 3, top + 3, left + 3, top - 3, FAILED))
            continue
        title = f"trial {trial.number}: {100 * trial.score:.1f}"
        mark, size = (BEST, 5) if trial.number == chosen else (PALE, 2.5)
        parts.append(
            f'<circle cx="{x(trial.number):.1f}" cy="{y(trial.score):.1f}" r="{size}" fill="{mark}">'
            f"<title>{escape(title)}</title></circle>"
        )
        best = max(best, trial.score)
        steps.append(f"{x(trial.number):.1f},{y(best):.1f}")
    parts.append(f'<polyline points="{" ".join(steps)}" fill="none" stroke="{BEST}" stroke-width="1.5"/>')
    parts.append(_text(LEFT, HEIGHT - 14, f"trials 0 to {len(trials) - 1}; line: the best so far; dot: the chosen one"))
    return _svg(WIDTH, HEIGHT, parts, "Scores by trial")


def plot_numbers(space: MergeSpace, trials: Sequence[Trial]) -> str:
    """Where each number of the best tenth lies within its bounds, and all trials' behind them."""
    own = sorted((trial for trial in trials if trial.failure is None), key=lambda trial: -trial.score)
    best = own[: max(1, round(BEST_SHARE * len(own)))]
    left = 20 + 7 * max((len(parameter.name) for parameter in space.parameters), default=10)
    width, height = left + 420, TOP + ROW * len(space.parameters) + BOTTOM
    parts = [_text(16, 20, f"Numbers of the best {len(best)} of {len(own)} trials, within their bounds", size=14)]
    for place, parameter in enumerate(space.parameters):
        y = TOP + ROW * (place + 0.5)

        def x(trial: Trial, parameter: Any = parameter) -> float:
            share = (trial.genotype[parameter.name] - parameter.low) / (parameter.high - parameter.low)
            return left + 400 * float(share)

        parts.append(_text(left - 10, y + 4, parameter.name, anchor="end"))
        parts.append(_line(left, y, left + 400, y, "#e3e9ee"))
        for trials_shown, colour, size in ((own, "#d5dee6", 2.0), (best, BEST, 3.0)):
            dots = [f'<circle cx="{x(trial):.1f}" cy="{y:.1f}" r="{size}"/>' for trial in trials_shown]
            parts.append(f'<g fill="{colour}">{"".join(dots)}</g>')
    return _svg(width, height, parts, "Numbers of the best trials")


def plot_report(report: Mapping[str, Any]) -> str:
    """The reported scores with their intervals."""
    scores: Mapping[str, Mapping[str, Any]] = report["scores"]
    ends = [
        end for found in scores.values() for end in (found["low"], found["value"], found["high"]) if end is not None
    ]
    ticks = _ticks(ends)
    low, high = ticks[0], ticks[-1]
    left = 24 + 8 * max(map(len, scores))
    height = TOP + 32 * len(scores) + BOTTOM

    def x(score: float) -> float:
        return left + (WIDTH - left - 40) * (score - low) / (high - low)

    parts = [_text(16, 20, f"Report: {report['n']:,} items, 95 % intervals", size=14)]
    for tick in ticks:
        parts.append(_line(x(tick), TOP, x(tick), height - BOTTOM, "#e3e9ee"))
        parts.append(_text(x(tick), height - BOTTOM + 18, f"{100 * tick:g}", anchor="middle"))
    for place, (name, found) in enumerate(scores.items()):
        y = TOP + 32 * (place + 0.5)
        colour = BEST if name == "merged" else INK
        parts.append(_text(left - 10, y + 4, name, anchor="end"))
        if found["low"] is not None:
            parts.append(_line(x(found["low"]), y, x(found["high"]), y, colour, 2))
        title = f"{name}: {100 * found['value']:.1f}"
        parts.append(
            f'<circle cx="{x(found["value"]):.1f}" cy="{y:.1f}" r="5" fill="{colour}">'
            f"<title>{escape(title)}</title></circle>"
        )
    return _svg(WIDTH, height, parts, "Reported scores")


def _ticks(values: Iterable[float]) -> list[float]:
    """Round numbers around some values, three to seven of them.

    Example:
        >>> _ticks([0.02, 0.675])
        [0.0, 0.2, 0.4, 0.6, 0.8]
    """
    known = list(values) or [0.0, 1.0]
    low, high = min(known), max(known)
    span = max(high - low, 0.02)
    step = 10.0 ** math.floor(math.log10(span))
    step = next(step * part for part in (0.2, 0.5, 1, 2) if span / (step * part) <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 2)
    return [round(place * step, 12) for place in range(first, last + 1)]


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" font-family="sans-serif"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )

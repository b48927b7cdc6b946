"""Two charts side by side as SVG, both axes logarithmic: seconds and memory against the number of items."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Line = Sequence[tuple[float, float]]
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
"""Told apart by colour-blind readers (Okabe and Ito)."""
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 420, 320, 62, 40, 48, 24


def charts(panels: Sequence[tuple[str, str, Mapping[str, Line]]], across: str) -> str:
    """Draw.

    Args:
        panels: title, unit and lines by name; all numbers above 0.
        across: what the horizontal axis counts.
    """
    parts = [_panel(place * (WIDTH + GAP), *panel, across) for place, panel in enumerate(panels)]
    width = len(panels) * (WIDTH + GAP)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" '
            'font-size="12" role="img">',
            f"<title>{escape(', '.join(title for title, _, _ in panels))}</title>",
            f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that hold all values, at least one decade apart.

    Example:
        >>> decades([3, 250])
        (0, 3)
    """
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _panel(offset: float, title: str, unit: str, lines: Mapping[str, Line], across: str) -> str:
    points = [point for line in lines.values() for point in line]
    x_low, x_high = decades([x for x, _ in points])
    y_low, y_high = decades([y for _, y in points])
    right, foot = WIDTH - 14, HEIGHT - BOTTOM

    def x_of(value: float) -> float:
        return offset + LEFT + (math.log10(value) - x_low) / (x_high - x_low) * (right - LEFT)

    def y_of(value: float) -> float:
        return foot - (math.log10(value) - y_low) / (y_high - y_low) * (foot - TOP)

    drawn = [f'<text x="{offset + LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>']
    for power in range(x_low, x_high + 1):
        x = x_of(10.0**power)
        drawn.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{foot}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{x:.1f}" y="{foot + 17}" text-anchor="middle">{_number(10.0**power)}</text>')
    for power in range(y_low, y_high + 1):
        y = y_of(10.0**power)
        end = offset + right
        drawn.append(f'<line x1="{offset + LEFT}" y1="{y:.1f}" x2="{end}" y2="{y:.1f}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{offset + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(10.0**power)}</text>')
    middle = offset + (LEFT + right) / 2
    drawn.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{escape(across)}</text>')
    drawn.append(f'<text x="{offset + LEFT - 6}" y="{TOP - 10}" text-anchor="end">{escape(unit)}</text>')
    for place, (name, line) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in sorted(line))
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3.5" fill="{colour}"/>' for x, y in line]
        height = TOP + 14 + 16 * place
        drawn.append(f'<rect x="{offset + LEFT + 10}" y="{height - 9}" width="10" height="10" fill="{colour}"/>')
        drawn.append(f'<text x="{offset + LEFT + 26}" y="{height}">{escape(name)}</text>')
    return "\n".join(drawn)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"

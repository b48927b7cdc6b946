"""What every subcommand prints with: text exactly as it is, JSON that any parser reads."""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPE_WIDTH = 140
"""Columns of a table where there is no terminal."""
PICTURES = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"},
    127: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}
"""Control characters and their pictures: ␛ for ESC, and so on."""


def make_console() -> Console:
    """A console on standard output that takes text literally: `[bold]` and `:smile:` are not read as markup."""
    from rich.console import Console

    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def make_table(title: str | None = None) -> Table:
    """A table without columns yet, in the one style that all tables of the command line have."""
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        title_justify="left",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )


def visible(text: object) -> str:
    r"""Text with its control characters drawn, so that what a model or a stranger wrote cannot steer the terminal.

    Example:
        >>> visible("答え\x1b[2J")
        '答え␛[2J'
    """
    return str(text).translate(PICTURES)


def say(text: object, **style: Any) -> None:
    """Print text as it is, tabs and long lines included, its control characters drawn.

    Args:
        text: what to print.
        style: as `typer.style` takes it, for instance `fg="green"`; only seen on a terminal, and not with NO_COLOR.
    """
    line = visible(text)
    typer.echo(typer.style(line, **style) if style and not os.environ.get("NO_COLOR") else line)


def print_json(value: Any) -> None:
    """Print one JSON document: Japanese text as it is, NaN and infinities, which JSON does not know, as null."""
    typer.echo(json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "item"), counted(1200, "item")
        ('1 item', '1,200 items')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""Options that several subcommands share, and how their values are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from jaeval.errors import EngineError

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
TasksDirs = Annotated[
    list[Path] | None, typer.Option("--tasks-dir", help="A further folder of tasks; may be given several times.")
]
TrustTaskCode = Annotated[bool, typer.Option("--trust-task-code", help="Let code in --tasks-dir run. Read it first.")]


def names(text: str | None) -> list[str]:
    """Comma-separated names as a list.

    Example:
        >>> names("a, b")
        ['a', 'b']
    """
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def arguments(pairs: list[str] | None, option: str) -> dict[str, Any]:
    """`key=value` pairs, the values read as YAML scalars: numbers, true and false, null, lists, else text.

    Raises:
        EngineError: a pair has no `=`, or a key stands twice.
    """
    import yaml

    found: dict[str, Any] = {}
    for pair in pairs or []:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise EngineError("is not KEY=VALUE", field=f"{option} {pair}")
        if key in found:
            raise EngineError("stands twice", field=f"{option} {key}")
        try:
            found[key.strip().replace("-", "_")] = yaml.safe_load(value) if value else ""
        except yaml.YAMLError as error:
            raise EngineError("its value cannot be read", field=f"{option} {pair}") from error
    return found

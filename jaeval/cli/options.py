"""Options that several subcommands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from jaeval.errors import EngineError, TaskError

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="The run's folder (default: a new one below runs/)."),
]
TasksDirs = Annotated[
    list[Path] | None,
    typer.Option("--tasks-dir", metavar="DIR", help="A further folder of tasks; may be given several times."),
]
ApiKeyEnv = Annotated[
    str | None,
    typer.Option("--api-key-env", metavar="NAME", help="The environment variable that holds the server's key."),
]
ApiKeyFile = Annotated[
    Path | None, typer.Option("--api-key-file", metavar="FILE", help="The file that holds the server's key.")
]
TrustTaskCode = Annotated[bool, typer.Option("--trust-task-code", help="Let code in --tasks-dir run. Read it first.")]


def names(text: str | None, option: str) -> list[str] | None:
    """Comma-separated names as a list; None where the option was not given.

    Raises:
        TaskError: the option was given and names nothing.

    Example:
        >>> names("a, b", "--tasks")
        ['a', 'b']
    """
    if text is None:
        return None
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise TaskError("names nothing", field=option, remedy="Separate names by commas: A,B")
    return found


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


def arguments_of(wanted: Sequence[str], engine: str, **given: str | float | Path | None) -> dict[str, Any]:
    """The arguments of an engine that have options of their own; those that were not given are left out.

    Args:
        wanted: the engines that they are for.
        engine: the engine that was chosen.
        given: by their names in Python.

    Raises:
        EngineError: one is given, and another engine was chosen.

    Example:
        >>> arguments_of(("ray",), "ray", workers=2, ray_address=None)
        {'workers': 2}
    """
    found = {
        name: str(value) if isinstance(value, Path) else value for name, value in given.items() if value is not None
    }
    if found and engine not in wanted:
        option = "--" + next(iter(found)).replace("_", "-")
        raise EngineError(f"is not for --engine {engine}", field=option, remedy=f"Add --engine {' or '.join(wanted)}")
    return found

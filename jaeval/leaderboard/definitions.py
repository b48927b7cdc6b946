"""Where definitions of leaderboards are, and how one is read."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from jaeval.errors import BoardError
from jaeval.leaderboard.spec import ModelEntry, Spec
from jaeval.results.definition import read_definition

Model = TypeVar("Model", bound=BaseModel)


def shipped() -> dict[str, Path]:
    """The definitions that come with jaeval, by name."""
    return {file.stem: file for file in sorted(_folder().glob("*.yaml"))}


@lru_cache
def _folder() -> Path:
    package = Path(__file__).parents[1]
    installed = package / "leaderboards"  # in the wheel; in a checkout it stands beside the package
    return installed if installed.is_dir() else package.parent / "leaderboards"


def read_spec(spec: str | Path) -> Spec:
    """Read a definition.

    Args:
        spec: the name of one that comes with jaeval, or a YAML file.

    Raises:
        BoardError: there is none, or it cannot be read; names the file and the field.
    """
    known = shipped()
    file = known.get(str(spec), Path(spec).expanduser())
    if not file.is_file():
        raise BoardError(f"no leaderboard {str(spec)!r}", remedy=f"Name a YAML file, or {', '.join(known)}")
    found = _validated(Spec, _read_yaml(file), file)
    details = dict(found.models)
    if found.models_file:
        extra = file.parent / found.models_file
        listed = _read_yaml(extra)
        details = {name: _validated(ModelEntry, entry, extra, name) for name, entry in listed.items()} | details
    name = found.name or _safe_name(file)
    return found.model_copy(update={"name": name, "models": details})


def _safe_name(file: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", file.stem)[:100] or "board"


def _read_yaml(file: Path) -> dict[str, Any]:
    return {str(key): value for key, value in read_definition(file, "definition", BoardError).items()}


def _validated(model: type[Model], value: Any, file: Path, prefix: str = "") -> Model:
    try:
        return model.model_validate(value)
    except (ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            raise BoardError("is nested too deeply", file=file) from error
        first = error.errors()[0]
        field = ".".join(map(str, (*([prefix] if prefix else []), *first["loc"]))) or None
        raise BoardError(first["msg"].removeprefix("Value error, "), file=file, field=field) from error

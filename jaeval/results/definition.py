"""Definitions that people write as YAML files: of boards and of searches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from jaeval.errors import JaevalError

LARGEST = 1_000_000
"""Bytes of a definition; more is none."""


def read_definition(file: Path, kind: str, error: type[JaevalError]) -> dict[Any, Any]:
    """The mapping that a YAML file holds; what its fields mean is the caller's affair.

    Args:
        file: the file.
        kind: what it should be, for the errors: a definition, a configuration.
        error: what is raised.

    Raises:
        JaevalError: of the type `error`; it is too large, cannot be read, or is no mapping.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise error(f"is too large for a {kind}", file=file)
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(f"cannot be read ({problem.strerror})", file=file) from problem
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise error(f"is no YAML ({str(problem).splitlines()[0]})", file=file) from problem
    if not isinstance(found, dict):
        raise error("is not a mapping of fields", file=file)
    return found

"""What a command left behind, and the kind of function that runs one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finished:
    """What a command left: its exit code, and what it wrote on standard output and standard error."""

    code: int
    out: str
    err: str


Command = Callable[..., Finished]

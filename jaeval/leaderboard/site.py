"""A board's site put in its place whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jaeval.errors import BoardError
from jaeval.leaderboard.leaderboard import Leaderboard
from jaeval.results.run import write_atomically as write_file_atomically


def write_atomically(leaderboard: Leaderboard, out: Path, *, inline_items: bool = False) -> list[Path]:
    """Write a board's page and items into a folder.

    The new folder is made beside the old one, with what else was in that, and then takes its place.

    Args:
        leaderboard: built.
        out: the site's folder.
        inline_items: put the items into the page instead of beside it.

    Returns:
        The files written, the page first.

    Raises:
        BoardError: the folder cannot be written.
        JaevalError: items cannot be read.
    """
    from jaeval.leaderboard.page import write_site

    board = leaderboard.built
    out = out.expanduser()
    if out.exists() and not out.is_dir():
        raise BoardError("is no folder", file=out, field="--out")
    fresh, old = (out.with_name(f".{out.name}.{what}.{os.getpid()}") for what in ("new", "old"))
    withheld = [column.key for column in board.columns if column.withheld]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.is_dir():
            shutil.copytree(out, fresh, symlinks=True)
        files = write_site(board, leaderboard.submissions, fresh, inline_items=inline_items, withheld=withheld)
        if out.is_dir():
            out.rename(old)
        fresh.rename(out)
    except OSError as error:
        if old.is_dir() and not out.exists():
            old.rename(out)
        raise BoardError(f"cannot be written ({error.strerror or error})", file=out, field="--out") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return [out / file.relative_to(fresh) for file in files]


def write_file(file: Path, content: bytes) -> None:
    """Write one file, whole or not at all.

    Raises:
        BoardError: it cannot be written.
    """
    from jaeval.errors import RunError

    try:
        write_file_atomically(file, lambda temporary: temporary.write_bytes(content))
    except RunError as error:
        raise BoardError(error.problem, file=file, field="--out") from error

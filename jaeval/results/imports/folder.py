"""Where results are found: a file, a run, or a folder of any of them, searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from jaeval.errors import JaevalError
from jaeval.results.imports.border import Place, ResultFileError, read_json
from jaeval.results.imports.every_eval_ever import is_every_eval_ever, read_every_eval_ever
from jaeval.results.imports.jp_stable import is_jp_stable, read_jp_stable
from jaeval.results.imports.lm_eval import read_lm_eval
from jaeval.results.imports.lm_eval_file import is_lm_eval, parse_lm_eval
from jaeval.results.imports.pfnet import is_missing, is_pfnet, read_missing, read_pfnet
from jaeval.results.imports.runs import is_run, read_run
from jaeval.results.submission import Submission

MAX_DEPTH = 20
"""Folders inside folders that are searched."""


def read_submissions(path: Path, *, bad: Callable[[JaevalError], None] | None = None) -> list[Submission]:
    """All submissions in a file or folder, in the order of their paths.

    Read are jaeval's runs, lm-eval's results and samples, the `models/` trees of jp-stable and of
    japanese-lm-fin-harness, and Every Eval Ever's JSON. Hidden files and folders are passed over. Symbolic links inside
    a folder are refused, for they may lead out of it; one given as `path` is followed.

    Args:
        path: what to read.
        bad: is told of each file that cannot be read; the others go on. Without it the first such file raises.

    Raises:
        ResultFileError: no such file or folder; and without `bad`: a file is malformed, or none of the known formats.
        RunError: without `bad`: a run is unfinished or damaged.
    """

    def refuse(problem: JaevalError) -> None:
        if bad is None:
            raise problem
        bad(problem)

    path = Path(path).expanduser()
    if not path.exists():
        raise ResultFileError("no such file or folder", file=path)
    found: list[Submission] = []
    told = 0
    for candidate in candidates(path, refuse):
        try:
            found += read_candidate(candidate)
        except JaevalError as problem:
            told += 1
            refuse(problem)
    if not found and not told:
        refuse(ResultFileError("holds no results", file=path, remedy="jaeval import --help lists what is read"))
    return found


def candidates(path: Path, refuse: Callable[[JaevalError], None], depth: int = 0) -> Iterator[Path]:
    """Run folders, JSON files and scripts without a result, sorted; what is inside a run is the run's own."""
    if not path.is_dir() or is_run(path):
        yield path
        return
    if depth > MAX_DEPTH:
        refuse(ResultFileError(f"more than {MAX_DEPTH} folders deep", file=path))
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        refuse(ResultFileError(f"cannot be read ({error.strerror})", file=path))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            if entry.suffix == ".json" or entry.is_dir():
                remedy = "Give what it leads to as a path of its own, if you trust it"
                refuse(ResultFileError("is a symbolic link, which is not followed", file=entry, remedy=remedy))
        elif entry.is_dir():
            yield from candidates(entry, refuse, depth + 1)
        elif entry.suffix == ".json" or is_missing(entry):
            yield entry


def read_candidate(path: Path) -> list[Submission]:
    """The submissions of one run folder or results file."""
    if path.is_dir():
        return [read_run(path)]
    if path.suffix == ".sh":
        return [read_missing(path)]
    content = read_json(path)
    if is_lm_eval(content):
        file = parse_lm_eval(content, path)
        if is_pfnet(file, path):
            return [read_pfnet(file, path)]
        if is_jp_stable(file):
            return [read_jp_stable(file, path)]
        return [read_lm_eval(file, path)]
    if is_every_eval_ever(content):
        return [read_every_eval_ever(content, path)]
    raise Place(path).problem("is none of the formats that are read", "jaeval import --help lists them")

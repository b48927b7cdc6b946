"""A leaderboard in Python: its table, its weights, and the number that it gives to a model's scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jaeval.errors import BoardError, JaevalError
from jaeval.leaderboard.board import Board, LeftOut
from jaeval.leaderboard.columns import Slot, slots_of
from jaeval.leaderboard.definitions import read_spec
from jaeval.leaderboard.spec import Spec
from jaeval.results.submission import Submission, TaskScore

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Leaderboard:
    """A definition, and once it is built, the board.

    >>> from jaeval import Leaderboard
    >>> leaderboard = Leaderboard.open("ja-core").build(["runs"])  # doctest: +SKIP
    >>> leaderboard.table()  # doctest: +SKIP

    The same object tells a search what to look for: `weights`, and `score`, which makes one number of a candidate's
    scores by the board's own rule.

    Attributes:
        spec: the definition.
        board: what was built; None before.
        submissions: for each model on the board one submission, with the items behind its row, their tasks called as
            the board's columns are.
    """

    spec: Spec
    board: Board | None = None
    submissions: Mapping[str, Submission] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, spec: str | Path) -> Self:
        """Read a definition: the name of one that comes with jaeval, or a YAML file.

        Raises:
            BoardError: there is none, or it cannot be read; names the file and the field.
        """
        return cls(read_spec(spec))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The columns before any result is read, and how their scores are found."""
        return slots_of(self.spec)

    @property
    def weights(self) -> dict[str, float]:
        """Each task's share of the overall number, by the column's key; they add up to 1."""
        return {slot.column.key: slot.column.weight for slot in self.slots if slot.column.weight}

    def build(self, paths: Iterable[str | Path], *, bad: Callable[[JaevalError], None] | None = None) -> Self:
        """Read results and make the board.

        Args:
            paths: run folders, result files of other harnesses, or folders of any of them.
            bad: is told of each file that cannot be read; the board is made of the others, and names what was left out.
                Unless given, the first such file raises.

        Returns:
            A leaderboard with the board.

        Raises:
            BoardError: no result is on the board.
            JaevalError: a file cannot be read.
        """
        from jaeval.leaderboard.build import build_board
        from jaeval.results.imports import read_submissions

        roots = [Path(path).expanduser() for path in paths]
        left_out: list[LeftOut] = []

        def refuse(problem: JaevalError) -> None:
            if bad is None:
                raise problem
            bad(problem)
            left_out.append(_left_out(problem, roots))

        read = [(root, read_submissions(root, bad=None if bad is None else refuse)) for root in roots]
        if not read:
            raise BoardError("no results given", file=self.spec.name, field="--results")
        built = build_board(self.spec, self.slots, read, left_out)
        return replace(self, board=built.board, submissions=built.submissions)

    def table(self) -> pd.DataFrame:
        """The board as a pandas table in points, best model first: see `jaeval.leaderboard.table.wide_table`.

        Raises:
            BoardError: it is not built yet.
        """
        from jaeval.leaderboard.table import wide_table

        return wide_table(self.built)

    @property
    def built(self) -> Board:
        """The board. Raises `BoardError` before `build`."""
        if self.board is None:
            raise BoardError("is not built yet", file=self.spec.name, remedy="Call build(paths) first")
        return self.board

    def score(self, task_scores: Mapping[str, float]) -> float:
        """The overall number of a model with these scores, by the board's rule.

        Args:
            task_scores: by task, under any name that the board knows it by; fractions, or in the definition's unit.

        Raises:
            BoardError: a task is missing whose score the board's rule needs.

        Example:
            >>> Leaderboard.open("jp-stable").score(
            ...     {"jcommonsenseqa": 0.5, "jnli": 0.5, "marc_ja": 0.5, "jsquad": 0.5}
            ...     | {"jaqket_v2": 0.5, "xlsum_ja": 0.25, "xwinograd_ja": 0.75, "mgsm": 0.5}
            ... )
            0.5
        """
        from jaeval.leaderboard.build import rule_of
        from jaeval.leaderboard.measure import Measured

        scores = {name: [TaskScore(name, "", value=value, primary=True)] for name, value in task_scores.items()}
        measured = {}
        for slot in self.slots:
            for prompt in slot.names:
                for found in replace(slot, metrics={}, filter=None).find(prompt, scores)[:1]:
                    measured[slot.column.key, prompt] = Measured(found.value)
        total, _ = rule_of(self.spec, [slot.column for slot in self.slots]).total(measured)
        if total.value is None:
            missing = ", ".join(total.missing) or "every task"
            raise BoardError(f"no score of {missing}", file=self.spec.name, remedy="Missing is never zero")
        return total.value


def _left_out(problem: JaevalError, roots: Iterable[Path]) -> LeftOut:
    """A file that could not be read, named without the folders above the results."""
    what = problem.file or "?"
    for root in roots:
        if Path(what).is_relative_to(root) and Path(what) != root:
            what = Path(what).relative_to(root).as_posix()
            break
    else:
        what = Path(what).name
    told = ": ".join(part for part in (problem.field, problem.problem) if part)
    return LeftOut(what, {"ja": f"読めない: {told}", "en": f"cannot be read: {told}"})

"""Suites: named sets of tasks with their weights."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.errors import TaskError


@dataclass(frozen=True, slots=True)
class SuiteTask:
    """A task of a suite.

    Attributes:
        task: its name.
        weight: its share in the suite's number, relative to the others.
        limit: the first so many items; None takes all.
    """

    task: str
    weight: float = 1.0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A named set of tasks.

    Attributes:
        name: as `--suite` takes it.
        title: one line for people.
        tasks: its tasks.
    """

    name: str
    title: str
    tasks: tuple[SuiteTask, ...]


SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            "procedural",
            "Fresh items from seeded generators: no data to fetch, nothing to have seen before",
            (
                SuiteTask("procedural_math"),
                SuiteTask("procedural_finance"),
                SuiteTask("procedural_reasoning"),
                SuiteTask("procedural_reasoning_mc"),
            ),
        ),
    )
}
DEFAULT_SUITE = "procedural"


def find_suite(name: str) -> Suite:
    """The suite of a name. Raises `TaskError` where there is none."""
    if name not in SUITES:
        raise TaskError(f"no suite {name!r}", field="--suite", remedy=f"Use {', '.join(SUITES)}")
    return SUITES[name]

"""Which tasks a run evaluates, and which numbers are made of their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jaeval.catalogue import Catalogue, TaskCard
from jaeval.errors import TaskError
from jaeval.results.schema import CompositeRecord
from jaeval.suites import DEFAULT_SUITE, Suite, find_suite


@dataclass(frozen=True, slots=True)
class Choice:
    """The tasks of a run.

    Attributes:
        cards: the tasks.
        suite: the suite's name, where one was chosen.
        split: the suite's split.
        limits: how many items are asked of the tasks that the suite does not ask in full.
        composites: the numbers made of several tasks.
    """

    cards: list[TaskCard]
    suite: str | None = None
    split: str | None = None
    limits: dict[str, int] = field(default_factory=dict)
    composites: list[CompositeRecord] = field(default_factory=list)


def choose_tasks(catalogue: Catalogue, tasks: Sequence[str] | None, suite: str | None) -> Choice:
    """Find the tasks of some names (of tasks or groups), of a suite, or of the default suite.

    Raises:
        TaskError: tasks and a suite are both named, or a name is unknown.
    """
    if tasks and suite:
        raise TaskError("name tasks or a suite, not both", field="--suite")
    if tasks:
        return Choice(catalogue.expand(list(tasks)), composites=group_records(catalogue, tasks))
    found = find_suite(suite or DEFAULT_SUITE)
    cards = catalogue.expand([entry.task for entry in found.tasks])
    limits = {
        card.name: entry.limit
        for entry in found.tasks
        if entry.limit is not None
        for card in catalogue.expand([entry.task])
    }
    return Choice(cards, found.name, found.split, limits, suite_records(found, catalogue))


def suite_records(suite: Suite, catalogue: Catalogue) -> list[CompositeRecord]:
    """How a suite's numbers are made; a group among its tasks counts as its members."""
    records = []
    for part in suite.parts:
        weights: dict[str, float | None] = {}
        for entry in part.tasks:
            members = catalogue.expand([entry.task])
            share = None if entry.weight is None else entry.weight / len(members)
            weights |= {card.name: share for card in members}
        records.append(CompositeRecord(name=f"{suite.name}: {part.name}", rule=part.rule, weights=weights))
    if suite.prompts:
        parts: dict[str, float | None] = {record.name: 1.0 for record in records}
        records.append(CompositeRecord(name=f"{suite.name}: best prompt", rule="best", weights=parts))
        records.append(CompositeRecord(name=f"{suite.name}: mean over prompts", rule="mean of parts", weights=parts))
    return records


def group_records(catalogue: Catalogue, names: Sequence[str]) -> list[CompositeRecord]:
    """How the scores of groups are made: of the groups named, and of those that they hold."""
    records: dict[str, CompositeRecord] = {}

    def visit(name: str) -> None:
        if name in records or name not in catalogue.groups or name in catalogue.cards:
            return
        for member in catalogue.groups[name]:
            visit(member)
        if name in catalogue.group_scores:
            weight = None if catalogue.group_scores[name] else 1.0
            weights = {card.name: weight for card in catalogue.expand([name])}
            records[name] = CompositeRecord(name=name, rule="mean", weights=weights)

    for name in names:
        visit(name)
    return list(records.values())

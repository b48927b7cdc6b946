"""A definition's columns: which scores fill them, and with what weight."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jaeval.errors import BoardError, TaskError
from jaeval.leaderboard.board import Column
from jaeval.leaderboard.spec import Spec, TaskEntry
from jaeval.results.submission import TaskScore

ONE_PROMPT = ""
"""The version of the prompt where there is one only."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column and how its scores are found.

    Attributes:
        column: what is shown. Its weights add up to 1 over the board.
        names: what submissions call the task, by version of the prompt (`ONE_PROMPT` where there is one).
        metrics: in order of preference, with their scales; empty takes the primary metric.
        filter: None takes any.
    """

    column: Column
    names: dict[str, tuple[str, ...]]
    metrics: dict[str, float]
    filter: str | None = None

    def find(self, prompt: str, scores: Mapping[str, Sequence[TaskScore]]) -> list[TaskScore]:
        """The scores that fit the column, the best fit first; more than one where a name stands for several tasks.

        Args:
            prompt: which version of it.
            scores: a submission's, by task and by benchmark.
        """
        for pattern in self.names.get(prompt, ()):
            named = [scores[pattern]] if pattern in scores else []
            if not named and "*" in pattern:
                named = [scores[task] for task in sorted(scores) if fnmatch.fnmatchcase(task, pattern)]
            if found := [score for group in named for score in self._fitting(group)]:
                return found
        return []

    def _fitting(self, scores: Sequence[TaskScore]) -> list[TaskScore]:
        allowed = [score for score in scores if self.filter in (None, score.filter)]
        for metric in self.metrics:
            if found := [score for score in allowed if score.metric == metric]:
                return self._one_of_each(found)
        if self.metrics:
            return []
        return self._one_of_each([score for score in allowed if score.primary] or allowed[:1])

    @staticmethod
    def _one_of_each(scores: Sequence[TaskScore]) -> list[TaskScore]:
        chosen: dict[str, TaskScore] = {}
        for score in scores:
            if score.task not in chosen or (score.primary and not chosen[score.task].primary):
                chosen[score.task] = score
        return list(chosen.values())


def slots_of(spec: Spec) -> tuple[Slot, ...]:
    """The columns of a definition.

    Raises:
        BoardError: the suite does not exist, or holds tasks that the catalogue lacks.
    """
    entries = _from_suite(spec.suite, spec) if spec.suite else spec.tasks
    shares = _shares(entries)
    return tuple(_slot(entry, shares[entry.task]) for entry in entries)


def _shares(entries: list[TaskEntry]) -> dict[str, float]:
    """Each task's share of the overall number: domains count alike, tasks by their weight within their domain."""
    sums: dict[str, float] = {}
    for entry in entries:
        if entry.weight:
            sums[entry.domain] = sums.get(entry.domain, 0.0) + entry.weight
    return {entry.task: entry.weight / sums[entry.domain] / len(sums) if entry.weight else 0.0 for entry in entries}


def _slot(entry: TaskEntry, share: float) -> Slot:
    prompts = {prompt: tuple(names) for prompt, names in entry.prompts.items()}
    column = Column(
        key=entry.task,
        task=entry.task,
        metric=next(iter(entry.metrics), ""),
        filter=entry.filter or "",
        title=entry.title.model_dump() if entry.title else {"ja": entry.task, "en": entry.task},
        description=entry.description.model_dump() if entry.description else {"ja": "", "en": ""},
        domain=entry.domain,
        weight=share,
        chance=entry.chance,
        higher_is_better=entry.higher_is_better,
        scale=next(iter(entry.metrics.values()), 100.0),
        prompts=tuple(sorted(prompts)),
        items=entry.items,
        withheld=entry.withheld,
    )
    return Slot(column, prompts or {ONE_PROMPT: tuple(entry.names or [entry.task])}, entry.metrics, entry.filter)


def _from_suite(name: str, spec: Spec) -> list[TaskEntry]:
    from jaeval.catalogue import Catalogue
    from jaeval.evaluation.choose import choose_tasks
    from jaeval.results.redistribution import may_be_passed_on
    from jaeval.suites import find_suite

    catalogue = Catalogue()
    try:
        suite, chosen = find_suite(name), choose_tasks(catalogue, None, name)
    except TaskError as error:
        raise BoardError(error.problem, file=spec.name, field="suite", remedy=error.remedy) from error
    if suite.prompts:
        raise BoardError("its parts are versions of one prompt: list its tasks", file=spec.name, field="suite")
    members = {task for record in chosen.composites for task in record.weights}
    if unknown := next((task for task in spec.titles if task not in members), None):
        raise BoardError(f"the suite has no task {unknown!r}", file=spec.name, field="titles")
    entries: dict[str, TaskEntry] = {}
    for part, record in zip(suite.parts, chosen.composites, strict=True):
        for task, weight in record.weights.items():
            header = catalogue[task].header
            size = header.get("size")
            items = min(size, chosen.limits.get(task, size)) if isinstance(size, int) else None
            title = str(header.get("title") or task)
            titled = spec.titles.get(task)
            entries[task] = TaskEntry.model_validate(
                {
                    "task": task,
                    "title": titled.model_dump() if titled else {"ja": title, "en": title},
                    "domain": part.name,
                    "weight": float(items or 1) if weight is None else weight,
                    "chance": header.get("chance"),
                    "items": items,
                    "withheld": may_be_passed_on(task) is False,
                }
            )
    return list(entries.values())

"""How a search ends: freeze the best, score them on `selection`, choose one, write it, touch `report` once.

Every step is a line of the protocol's log, written before the next begins, so that a killed end is taken up where it
stopped and nobody can look at the report twice and not know it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from jaeval.fitness.search.child import write_child
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.folder import PROTOCOL, SearchFolder
from jaeval.fitness.search.log import Scored, Trial, append_line, read_lines
from jaeval.fitness.search.pool import Build, Candidate, CandidatePool
from jaeval.fitness.search.progress import SearchProgress
from jaeval.fitness.search.space import MergeSpace
from jaeval.fitness.search.stages import Stage, Stages
from jaeval.fitness.search.summary import write_summary
from jaeval.results.schema import Strict

CHILD = "merged"
"""The folder of the merged checkpoint, and its name among the reported."""


class Step(Strict):
    """A line of the protocol's log.

    Attributes:
        step: what was done.
        time: when, ISO 8601.
        trials: that were frozen.
        trial: that was scored on `selection`, or chosen.
        who: the parent that was reported, or `merged`.
        scored: what the fitness said.
    """

    step: Literal["frozen", "selection", "chosen", "report opened", "report"]
    time: str
    trials: list[int] | None = None
    trial: int | None = None
    who: str | None = None
    scored: Scored | None = None


class Protocol:
    """The end of one search.

    Args:
        folder: the search's.
        config: the search's.
        space: what was searched.
        stages: makes the objectives.
        pool: scores.
        build: makes the tensors of the chosen one, to be written.
        listener: told how it goes on.
    """

    def __init__(
        self,
        folder: SearchFolder,
        config: SearchConfig,
        space: MergeSpace,
        stages: Stages,
        pool: CandidatePool,
        build: Build,
        listener: SearchProgress,
    ) -> None:
        self._folder, self._config, self._space = folder, config, space
        self._stages, self._pool, self._build, self._listener = stages, pool, build, listener
        self._steps = read_lines(folder.path / PROTOCOL, Step)

    @property
    def closed(self) -> bool:
        """Whether the best were frozen: then there are no further trials."""
        return bool(self._steps)

    def finish(self, trials: Sequence[Trial]) -> tuple[int, dict[str, Any]]:
        """Go through what is left of the protocol.

        Args:
            trials: all; one of them at least has a score of its own.

        Returns:
            The number of the trial that was chosen, and what the model card says.

        Raises:
            JaevalError: a frozen candidate or a parent cannot be scored, or something cannot be written.
        """
        frozen = self._freeze(trials)
        selected = self._select(trials, frozen)
        chosen = self._choose(frozen, selected)
        child = write_child(
            self._folder.path / CHILD, self._space, self._config, trials[chosen], self._build(trials[chosen].genotype)
        )
        reported = self._report(str(child.resolve()))
        return chosen, write_summary(self._folder, self._config, self._space, trials, selected, chosen, reported)

    def _freeze(self, trials: Sequence[Trial]) -> list[int]:
        for step in self._steps:
            if step.trials is not None:
                return step.trials
        top = 1 if self._config.selection is None else self._config.selection.top
        own = sorted((trial for trial in trials if trial.failure is None), key=lambda t: (-t.score, t.number))
        distinct = {trial.weight_hash or f"trial {trial.number}": trial for trial in reversed(own)}
        best = sorted((trial for trial in distinct.values()), key=lambda t: (-t.score, t.number))[:top]
        frozen = [trial.number for trial in best]
        self._log(step="frozen", trials=frozen)
        return frozen

    def _select(self, trials: Sequence[Trial], frozen: Sequence[int]) -> dict[int, Scored]:
        """Each frozen trial's score on `selection`; empty without that stage."""
        if self._config.selection is None:
            return {}
        found = {step.trial: step.scored for step in self._steps if step.step == "selection" and step.scored}
        missing = {number: trials[number].genotype for number in frozen if number not in found}
        for number, score in self._scores("selection", missing):
            self._log(step="selection", trial=number, scored=score)
            found[number] = score
        return {number: found[number] for number in frozen}

    def _choose(self, frozen: Sequence[int], selected: dict[int, Scored]) -> int:
        for step in self._steps:
            if step.step == "chosen" and step.trial is not None:
                return step.trial
        # `frozen` is sorted by the search's score: that decides between equals.
        chosen = max(frozen, key=lambda number: selected[number].score) if selected else frozen[0]
        self._log(step="chosen", trial=chosen)
        return chosen

    def _report(self, child: str) -> dict[str, Scored]:
        """The scores on `report` of the chosen one, its parents and the base."""
        if self._config.report is None:
            return {}
        folders = {CHILD: child, **self._config.parents}
        if self._config.base_folder not in folders.values():
            folders["base"] = self._config.base_folder
        found = {step.who: step.scored for step in self._steps if step.step == "report" and step.scored}
        if missing := {name: folder for name, folder in folders.items() if name not in found}:
            self._log(step="report opened")
        for name, score in self._scores("report", missing):
            self._log(step="report", who=name, scored=score)
            found[name] = score
        return {name: found[name] for name in folders}

    def _scores(self, stage: Stage, candidates: Mapping[Any, Candidate]) -> Iterator[tuple[Any, Scored]]:
        """Each candidate's name and score, as they are completed."""
        if candidates:
            self._folder.asks(stage, self._stages(stage))
        waiting, under_way = deque(candidates.items()), 0
        while waiting or under_way:
            while waiting and under_way < self._pool.size:
                name, candidate = waiting.popleft()
                self._listener.say(f"{stage}: {f'trial {name}' if isinstance(name, int) else name}")
                self._pool.submit(stage, name, candidate)
                under_way += 1
            name, fields = self._pool.completed()
            under_way -= 1
            yield name, Scored.model_validate(fields)

    def _log(self, **fields: Any) -> None:
        step = Step(time=datetime.now().astimezone().isoformat(timespec="seconds"), **fields)
        append_line(self._folder.path / PROTOCOL, step.model_dump(mode="json", exclude_none=True))
        self._steps.append(step)

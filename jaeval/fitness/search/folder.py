"""A search's folder: whose search it is, its logs, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from jaeval import __version__
from jaeval.errors import SearchError
from jaeval.fitness.search.config import SearchConfig
from jaeval.fitness.search.log import Trial, append_line, read_lines
from jaeval.fitness.search.stages import Objective, Stage
from jaeval.results.run import read_json, write_json
from jaeval.results.schema import Strict

MANIFEST, TRIALS, PROTOCOL = "search.json", "trials.jsonl", "protocol.jsonl"
MAY_CHANGE = {"trials", "budget", "out"}
"""What a resumed search may say otherwise: it may go on for longer, and its folder may have moved."""


class Asked(Strict):
    """What one stage asks: names of the items in their frozen order, each one's task, and the tasks' weights."""

    digest: str
    items: list[str]
    tasks: list[str]
    weights: dict[str, float]


class SearchManifest(Strict):
    """Whose search a folder holds.

    Attributes:
        config: the configuration.
        hashes: the hash of the weights of each parent and of the base.
        parameters: names of the numbers, in order.
        asked: what each stage that was begun asks.
        version: jaeval's.
    """

    config: SearchConfig
    hashes: dict[str, str]
    parameters: list[str]
    asked: dict[str, Asked] = Field(default_factory=dict)
    version: str = __version__


class SearchFolder:
    """The folder of a search that goes on.

    Args:
        path: the folder.
        resume: take up the search that is there; without one there, it begins.

    Raises:
        SearchError: it holds a search and `resume` was not asked, or other files, or it cannot be made.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        try:
            held = sorted(entry.name for entry in path.iterdir()) if path.exists() else []
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SearchError(f"cannot be used ({error.strerror})", file=path, field="out") from error
        self.manifest: SearchManifest | None = None
        if MANIFEST in held:
            if not resume:
                raise SearchError(
                    "holds a search already", file=path, field="out", remedy="Add --resume, or another out"
                )
            self.manifest = read_json(path / MANIFEST, SearchManifest)
        elif foreign := [name for name in held if not name.startswith(".")]:
            raise SearchError(
                f"holds other files ({', '.join(foreign[:3])})", file=path, field="out", remedy="Use an empty folder"
            )

    def begin(self, manifest: SearchManifest) -> None:
        """Write whose search this is, or check that it is the one in the folder.

        Raises:
            SearchError: the search in the folder is another; names what differs.
        """
        earlier = self.manifest
        if earlier is not None:
            before = earlier.config.model_dump(exclude=MAY_CHANGE) | {"hashes": earlier.hashes}
            now = manifest.config.model_dump(exclude=MAY_CHANGE) | {"hashes": manifest.hashes}
            # A folder of checkpoints may have moved: the weights' hashes say whether they are the same.
            for side in (before, now):
                side["parents"], side["base"] = list(side["parents"]), None
            if differing := [key for key in now if before[key] != now[key]]:
                raise SearchError(
                    f"the search in it differs in {', '.join(differing)}",
                    file=self.path,
                    field="--resume",
                    remedy="Restore the configuration, or begin another search in another out",
                )
            manifest = manifest.model_copy(update={"asked": earlier.asked})
        self.manifest = manifest
        write_json(self.path / MANIFEST, manifest)

    def asks(self, stage: Stage, objective: Objective) -> Asked:
        """Record what a stage asks, or check that it asks what it asked before.

        Raises:
            SearchError: tasks, data or prompts have changed since.
        """
        assert self.manifest is not None
        now = Asked(
            digest=objective.digest,
            items=list(objective.items),
            tasks=list(objective.tasks),
            weights=dict(objective.weights),
        )
        before = self.manifest.asked.get(stage)
        if before is not None and before != now:
            raise SearchError(
                f"the stage {stage} asks something else than when it was begun",
                file=self.path,
                field="--resume",
                remedy="Tasks, data or prompts have changed: begin another search in another out",
            )
        self.manifest = self.manifest.model_copy(update={"asked": {**self.manifest.asked, stage: now}})
        write_json(self.path / MANIFEST, self.manifest)
        return now

    def trials(self) -> list[Trial]:
        """The trials so far, by number. Where several were scored at a time, a kill may have left gaps.

        Raises:
            SearchError: the log is damaged.
        """
        found: dict[int, Trial] = {}
        for place, trial in enumerate(read_lines(self.path / TRIALS, Trial), 1):
            if trial.number in found:
                raise SearchError(
                    f"trial {trial.number} stands there twice", file=self.path / TRIALS, field=f"line {place}"
                )
            found[trial.number] = trial
        return [found[number] for number in sorted(found)]

    def add(self, trial: dict[str, Any]) -> None:
        """Append a trial; it is on the disk when this returns."""
        append_line(self.path / TRIALS, trial)

"""A run: a folder that holds where its numbers come from, one row for each item, and the numbers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from jaeval.errors import RunError
from jaeval.results.aggregate import Tally, aggregate
from jaeval.results.composite import compose
from jaeval.results.schema import Composite, ItemRow, Manifest, Results, Score, TaskRecord, to_json

if TYPE_CHECKING:
    import pandas as pd

Model = TypeVar("Model", bound=BaseModel)
MANIFEST, RESULTS, ITEMS, JOURNAL = "manifest.json", "results.json", "items.parquet", "journal.sqlite"
PACKED_TOGETHER = 1000
"""Items that become one group of rows in the file."""


class Run:
    """A finished run. Open one with `Run.open(folder)`; `jaeval.evaluate` returns one.

    Attributes:
        path: its folder.
        manifest: where its numbers come from.
        scores: its numbers.
        composites: its numbers over several tasks: a suite's parts, groups of tasks, versions of a prompt.
    """

    def __init__(
        self, path: Path, manifest: Manifest, scores: list[Score], composites: Sequence[Composite] = ()
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.scores = scores
        self.composites = list(composites)

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Read a run folder.

        Raises:
            RunError: it is not a run, it is unfinished, or a file in it is damaged.
        """
        folder = Path(path).expanduser()
        if not folder.is_dir():
            raise RunError("no such run folder", file=folder)
        if not (folder / MANIFEST).is_file():
            raise RunError("is not a run", file=folder, remedy=f"A run folder holds {MANIFEST}, {RESULTS} and {ITEMS}")
        manifest = read_json(folder / MANIFEST, Manifest)
        if not (folder / RESULTS).is_file() or not (folder / ITEMS).is_file():
            remedy = f"Finish it: jaeval run … --out {shlex.quote(str(folder))} --resume"
            raise RunError("the run is not finished", file=folder, remedy=remedy)
        results = read_json(folder / RESULTS, Results)
        for place, score in enumerate(results.scores):
            if score.task not in manifest.tasks:
                raise RunError(
                    f"{score.task!r} is not in {MANIFEST}", file=folder / RESULTS, field=f"scores.{place}.task"
                )
        return cls(folder, manifest, results.scores, results.composites)

    @classmethod
    def write(
        cls, path: Path, manifest: Manifest, rows: Iterable[ItemRow], seconds: dict[str, float] | None = None
    ) -> Run:
        """Write a run's three files at once; see `RunWriter`.

        Raises:
            RunError: the disk is full, or the folder cannot be written.
        """
        writer = RunWriter(manifest.tasks)
        for row in rows:
            writer.add(row)
        return writer.write(path, manifest, seconds)

    def items(self, task: str | None = None) -> Iterator[ItemRow]:
        """The items in order, of one task or of all.

        Raises:
            RunError: the items cannot be read.
        """
        import pyarrow.parquet as pq

        file = self.path / ITEMS
        try:
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(batch_size=512):
                    for record in batch.to_pylist():
                        if task is None or record["task"] == task:
                            yield ItemRow.from_record(record)
        except KeyError as error:
            raise RunError("the column is missing", file=file, field=str(error.args[0])) from error
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise RunError(f"cannot be read ({error})", file=file) from error

    def table(self) -> pd.DataFrame:
        """The scorecard as a pandas table: one row for each task, metric and filter, with the fields of `Score`."""
        import pandas as pd

        return pd.DataFrame([score.model_dump() for score in self.scores], columns=list(Score.model_fields))

    def recompute(self) -> list[Score]:
        """The scores anew from the items; equal to `scores` unless somebody changed a file."""
        seconds = {score.task: score.seconds for score in self.scores if score.seconds is not None}
        return aggregate(self.items(), self.manifest.tasks, seconds)

    @property
    def failed(self) -> int:
        """Items without an answer."""
        return sum(score.failed for score in self.scores if score.primary)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints: folder, manifest without the tasks' settings, scores."""
        manifest = self.manifest.model_dump(mode="json")
        for task in manifest["tasks"].values():
            del task["config"]
        return {
            "path": str(self.path),
            "manifest": manifest,
            "scores": [score.model_dump() for score in self.scores],
            "composites": [composite.model_dump() for composite in self.composites],
            "failed": self.failed,
        }


class RunWriter:
    """Writes a run whose items come task by task, in any order of tasks: they are kept packed, and tallied at once.

    Args:
        tasks: how each task was evaluated, in the order in which the file will hold their items.
    """

    def __init__(self, tasks: dict[str, TaskRecord]) -> None:
        self._tallies = {name: Tally(name, task) for name, task in tasks.items()}
        self._tables: dict[str, list[Any]] = {name: [] for name in tasks}
        self._waiting: list[ItemRow] = []

    def add(self, row: ItemRow) -> None:
        """Take one item.

        Raises:
            RunError: its task is not one of the run's.
        """
        if row.task not in self._tallies:
            raise RunError(f"its task {row.task!r} is not in the manifest", field=f"item {row.doc_id}")
        self._tallies[row.task].add(row)
        if self._waiting and self._waiting[-1].task != row.task:
            self._pack()
        self._waiting.append(row)
        if len(self._waiting) >= PACKED_TOGETHER:
            self._pack()

    def write(self, path: Path, manifest: Manifest, seconds: dict[str, float] | None = None) -> Run:
        """Write the three files, each atomically, the results last.

        Args:
            path: the run's folder.
            manifest: where the numbers come from.
            seconds: each task's share of the engine's time.

        Raises:
            RunError: the disk is full, the folder cannot be written, or an aggregation refuses its values.
        """
        import pyarrow.parquet as pq

        self._pack()
        shares = seconds or {}
        scores = [score for name, tally in self._tallies.items() for score in tally.scores(shares.get(name))]
        composites = compose(manifest.composites, scores)

        def write_items(temporary: Path) -> None:
            with pq.ParquetWriter(temporary, items_schema(), compression="zstd") as parquet:
                for tables in self._tables.values():
                    for table in tables:
                        parquet.write_table(table)

        write_atomically(path / ITEMS, write_items)
        write_json(path / MANIFEST, manifest)
        write_json(path / RESULTS, Results(scores=scores, composites=composites))
        return Run(path, manifest, scores, composites)

    def _pack(self) -> None:
        import pyarrow as pa

        if rows := self._waiting:
            self._tables[rows[0].task].append(
                pa.Table.from_pylist([row.to_record() for row in rows], schema=items_schema())
            )
            self._waiting = []


def items_schema() -> Any:
    """The columns of `items.parquet`: numbers, and texts in which what is nested stands as JSON."""
    import pyarrow as pa

    numbers = {"doc_id", "prefilled_tokens", "generated_tokens"}
    return pa.schema([(field.name, pa.int64() if field.name in numbers else pa.string()) for field in fields(ItemRow)])


def read_json(file: Path, model: type[Model]) -> Model:
    """Read a JSON file into a pydantic model. Raises `RunError` naming the file and the field."""
    try:
        return model.model_validate_json(file.read_bytes())
    except OSError as error:
        raise RunError(f"cannot be read ({error.strerror})", file=file) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or None
        raise RunError(first["msg"], file=file, field=field, remedy="It is damaged, or of another version") from error


def write_json(file: Path, content: BaseModel) -> None:
    """Write a pydantic model as JSON, atomically."""
    text = to_json(content.model_dump(mode="json"), indent=2)
    write_atomically(file, lambda temporary: temporary.write_text(text + "\n", encoding="utf-8"))


def write_atomically(file: Path, write: Any) -> None:
    """Have `write(temporary)` make a file and put it in its place, whole or not at all.

    Raises:
        RunError: the disk is full, or the folder cannot be written.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(file)
    except OSError as error:
        raise RunError(
            f"cannot be written ({error.strerror or error})",
            file=file,
            remedy="Free disk space or choose another --out; with --resume nothing that was answered is asked again",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)

"""A run's folder while the run goes on: fresh, or taken up again."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from jaeval.errors import RunError
from jaeval.results.run import JOURNAL, MANIFEST, RESULTS, Run, read_json, write_json
from jaeval.results.schema import Manifest

SPENDING = "spending.jsonl"
SAME = ("weight_hash", "engine", "fingerprint", "settings", "suite", "plan_hash")
"""What must not have changed between a run's beginning and its resumption."""


class RunFolder:
    """Guards the way into a run's folder.

    Args:
        path: the folder.
        resume: take up the run that is there.

    Raises:
        RunError: it holds a run and `resume` was not asked, or something that is no run, or it cannot be made.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.earlier: Manifest | None = None
        try:
            held = sorted(entry.name for entry in path.iterdir()) if path.exists() else []
        except OSError as error:
            raise RunError(f"cannot be read ({error.strerror})", file=path, field="--out") from error
        if MANIFEST in held and not resume:
            raise RunError(
                "holds a run already", file=path, field="--out", remedy="Add --resume, or choose another folder"
            )
        if MANIFEST in held:
            self.earlier = read_json(path / MANIFEST, Manifest)
        elif foreign := [name for name in held if not name.startswith(".")]:
            raise RunError(
                f"holds other files ({', '.join(foreign[:3])})", file=path, field="--out", remedy="Use an empty folder"
            )
        self._made = not path.exists()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot be made ({error.strerror})", file=path, field="--out") from error

    @property
    def journal(self) -> Path:
        """The run's own journal. It goes away when every item has been answered."""
        return self.path / JOURNAL

    @property
    def spending(self) -> Path:
        """What a service was paid for this run, until the run is finished and its manifest says it."""
        return self.path / SPENDING

    def check_same(self, manifest: Manifest) -> None:
        """Check that a resumed run is the run in the folder. A fresh one passes.

        Raises:
            RunError: the run in the folder asked something else; the error names what differs.
        """
        if self.earlier is None:
            return
        for name in SAME:
            if getattr(self.earlier, name) != getattr(manifest, name):
                raise RunError(
                    f"the run in it differs in {_difference(self.earlier, manifest, name)}",
                    file=self.path,
                    field="--resume",
                    remedy="Repeat the first command as it was, or choose another --out",
                )

    def begin(self, manifest: Manifest) -> Manifest:
        """Write the manifest of a run that begins or is taken up again.

        Returns:
            The manifest, with the first beginning and one more resumption where there was one before.

        Raises:
            RunError: the folder cannot be written.
        """
        if self.earlier is not None:
            manifest = manifest.model_copy(
                update={"started": self.earlier.started, "resumed": self.earlier.resumed + 1}
            )
        write_json(self.path / MANIFEST, manifest)
        return manifest

    def finished(self) -> Run | None:
        """The run in the folder where it was finished without failures: then there is nothing left to do."""
        if self.earlier is None or self.earlier.finished is None or not (self.path / RESULTS).is_file():
            return None
        run = Run.open(self.path)
        return None if run.failed else run

    def leave(self) -> None:
        """Remove the folder again where it was made here and nothing was written: an error came first."""
        if self._made:
            with suppress(OSError):  # not empty: there is a run in it
                self.path.rmdir()

    def clean(self) -> None:
        """Remove journal and accounts, once every answer stands in the items."""
        for suffix in ("", "-wal", "-shm"):
            self.journal.with_name(self.journal.name + suffix).unlink(missing_ok=True)
        self.spending.unlink(missing_ok=True)


def default_folder(checkpoint: str, now: datetime) -> Path:
    """`runs/NAME-DATE-TIME` below the current folder, with a number behind it where that is taken."""
    name = f"{Path(checkpoint).name or 'checkpoint'}-{now:%Y%m%d-%H%M%S}"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    return next(path for name in names if not (path := Path("runs") / name).exists())


def _difference(earlier: Manifest, manifest: Manifest, name: str) -> str:
    before, now = getattr(earlier, name), getattr(manifest, name)
    if isinstance(before, dict) and isinstance(now, dict):
        keys = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
        return ", ".join(f"{key} ({before.get(key)!r}, now {now.get(key)!r})" for key in keys[:3])
    if name == "plan_hash" and list(earlier.tasks) != list(manifest.tasks):
        return f"tasks ({', '.join(earlier.tasks)}, now {', '.join(manifest.tasks)})"
    return f"{name} ({str(before)[:16]}, now {str(now)[:16]})"

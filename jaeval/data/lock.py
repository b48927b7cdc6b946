"""The dataset lock: which files jaeval reads, from which commit, under which licence, with which SHA-256.

The lock is `lock.yaml` beside this file. Its border is pydantic, so that a bad entry fails when the lock is read, with
the path of the field. Everything a caller needs of a data set's origin is `Dataset.folder` and `Dataset.url`.

A file's bytes are pinned by the strongest hash that is known: its SHA-256; else the object id that git gives it in the
locked commit (`git_blob`, a SHA-1); else by the hub's revision or by an address alone. The SHA-256 of the last kind is
written down when the file is first fetched and checked from then on.
"""

from __future__ import annotations

import builtins
import hashlib
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self
from urllib.parse import quote

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from jaeval.errors import DataError

LOCK_FILE = "lock.yaml"
HUB = "https://huggingface.co"


def _inside(path: str) -> str:
    """Refuse a path that could leave the folder it is joined to."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ValueError("must be a relative path without '..'")
    return path


RelativePath = Annotated[str, AfterValidator(_inside)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PinnedFile(_Strict):
    """One sequence of bytes.

    Attributes:
        path: its path in the repository.
        bytes: its size, where known.
        sha256: its SHA-256, in hexadecimal.
        git_blob: where its SHA-256 is not known, the id of its git object in the locked commit.
        address: where it is fetched from, if not from the repository.
    """

    path: RelativePath
    bytes: int | None = Field(default=None, gt=0)
    sha256: Sha256 | None = None
    git_blob: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None
    address: Annotated[str, Field(pattern=r"^https://")] | None = None

    @property
    def pin(self) -> str | None:
        """The hash that its bytes must have, as `hash_like` gives it; None where the revision alone pins them."""
        return self.sha256 or (f"git blob {self.git_blob}" if self.git_blob else None)

    def hash_like(self, content: builtins.bytes) -> str:
        """Hash bytes in the way the file is pinned: git's object id for a `git_blob`, else the SHA-256."""
        if self.sha256 is None and self.git_blob is not None:
            return f"git blob {hashlib.sha1(b'blob %d%c' % (len(content), 0) + content).hexdigest()}"
        return hashlib.sha256(content).hexdigest()


class Source(PinnedFile):
    """The upstream file that a derived file is made from, and the rule in `jaeval.data.derived` that makes it."""

    rule: str


class DataFile(PinnedFile):
    """A file that a reader opens. `derived` is set where upstream ships the content in another form."""

    derived: Source | None = None


class Dataset(_Strict):
    """One data set of the lock.

    Attributes:
        kind: where its repository is: "github", or "hub" for a data set of the Hugging Face hub.
        name: what a task's `metadata.data` and the command line call it.
        repository: `OWNER/REPO`.
        commit: the full commit hash, 40 hexadecimal digits; the hub calls it a revision.
        licence: an SPDX identifier, or words where there is none.
        redistributable: whether the licence lets the files be passed on.
        note: what a person should know before fetching, or how to get what may not be fetched.
    """

    kind: Literal["github", "hub"] = "github"
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    repository: RelativePath = Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")
    commit: str = Field(pattern=r"^[0-9a-f]{40}$")
    licence: str
    licence_url: str = Field(pattern=r"^https://")
    redistributable: bool
    note: str | None = None
    files: tuple[DataFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _paths_are_unique(self) -> Self:
        paths = [file.path for file in self.files]
        if len(set(paths)) != len(paths):
            raise ValueError("two files have the same path")
        loose = [file.path for file in self.files if file.pin is None and file.address is None]
        if loose and self.kind == "github":
            raise ValueError(f"{loose[0]} needs sha256 or git_blob")
        return self

    @property
    def folder(self) -> str:
        """Where the files lie in a mirror or the cache: `OWNER/REPO/COMMIT`."""
        return f"{self.repository}/{self.commit}"

    @property
    def size(self) -> int:
        """Bytes of all files of known size together."""
        return sum(file.bytes or 0 for file in self.files)

    def url(self, file: PinnedFile) -> str:
        """The address that serves exactly this commit's `file`."""
        if file.address:
            return file.address
        if self.kind == "hub":
            return f"{HUB}/datasets/{self.repository}/resolve/{self.commit}/{quote(file.path)}"
        return f"https://raw.githubusercontent.com/{self.folder}/{quote(file.path)}"

    def file(self, path: str) -> DataFile:
        """The entry for `path`.

        Raises:
            DataError: the data set has no such file.
        """
        for file in self.files:
            if file.path == path:
                return file
        raise DataError(
            f"no file {path!r}",
            file=LOCK_FILE,
            field=self.name,
            remedy=f"It has: {', '.join(file.path for file in self.files)}",
        )


class Lock(_Strict):
    """All data sets, by name."""

    schema_version: Literal[1]
    datasets: tuple[Dataset, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = self.names
        if len(set(names)) != len(names):
            raise ValueError("two data sets have the same name")
        return self

    @property
    def names(self) -> list[str]:
        """The names of all data sets, in the order of the file."""
        return [dataset.name for dataset in self.datasets]

    def dataset(self, name: str) -> Dataset:
        """The data set called `name`.

        Raises:
            DataError: the lock has no such name.
        """
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise DataError(f"no data set {name!r}", file=LOCK_FILE, remedy=f"Choose one of: {', '.join(self.names)}")


def parse_lock(text: str, *, file: str = LOCK_FILE) -> Lock:
    """Read a lock from YAML text; `file` is named in errors.

    Raises:
        DataError: the text is no YAML, or an entry is malformed; the error names the path of the first bad field.
    """
    try:
        return Lock.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise DataError(f"not YAML: {error}", file=file) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        raise DataError(first["msg"], file=file, field=where, remedy="Mend the lock entry") from error


@cache
def packaged_lock() -> Lock:
    """The lock that ships with jaeval."""
    return parse_lock(resources.files("jaeval.data").joinpath(LOCK_FILE).read_text(encoding="utf-8"))

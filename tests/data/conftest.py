"""An invented data set of two files, and places to look for it."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jaeval.data import store
from jaeval.data.locations import Locations
from jaeval.data.lock import Lock

FILES = {"items/日本.tsv": "問題\t1\n".encode(), "more.json": b'{"more": [1, 2, 3]}'}
FOLDER = "someone/some-data/" + "a" * 40


@dataclass(frozen=True)
class Sample:
    """A lock with the data set `sample`, its folder in a mirror, and its contents by path."""

    lock: Lock
    folder: str
    files: dict[str, bytes]

    def write(self, root: Path) -> Path:
        """Lay the files out as a mirror under `root`."""
        for path, content in self.files.items():
            target = root / self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return root


@pytest.fixture
def sample() -> Sample:
    repository, _, commit = FOLDER.rpartition("/")
    pinned = [
        {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in FILES.items()
    ]
    entry = {
        "name": "sample",
        "title": "An invented data set",
        "repository": repository,
        "commit": commit,
        "licence": "CC0-1.0",
        "licence_url": "https://example.org/licence",
        "redistributable": True,
        "files": pinned,
    }
    return Sample(Lock.model_validate({"schema_version": 1, "datasets": [entry]}), FOLDER, dict(FILES))


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    """An empty cache and no mirror, online."""
    return Locations(cache=tmp_path / "cache")


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test where a socket is opened or a name is looked up."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def needs_data() -> Callable[..., None]:
    """Skip the test where a data set of the lock is not on this machine."""

    def check(*names: str) -> None:
        for name in names:
            if not store.is_present(name):
                pytest.skip(f"data set {name} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")

    return check

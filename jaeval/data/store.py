"""Hand out the files of the lock: found in a mirror, in the cache, or on the network, and checked on every load.

A folder mirror is read in place. No socket is opened while the mirror folder or the cache has the file, nor ever when
`Locations.offline` is set. `lock` and `where` default to the packaged lock and to the environment's settings.

A file that the lock pins by no hash is checked against the `SHA256SUMS` of the folder it lies in: a mirror
brings one, and the cache's is written as files are fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from jaeval.data.derived import derive
from jaeval.data.download import download, replacing
from jaeval.data.locations import Locations, locations
from jaeval.data.lock import DataFile, Dataset, Lock, PinnedFile, packaged_lock
from jaeval.errors import DataError

SUMS_FILE = "SHA256SUMS"


@dataclass(frozen=True)
class FileState:
    """What `verify` found for one file.

    Attributes:
        dataset: the data set's name.
        path: the file's path in the lock.
        state: `ok`, `missing` (not on this machine) or `changed` (its hash is not the expected one).
        file: where it was found.
        expected: the SHA-256, or git's object id, that it should have; None where only its revision is pinned.
        found: the same of what lies there.
    """

    dataset: str
    path: str
    state: Literal["ok", "missing", "changed"]
    file: Path | None
    expected: str | None
    found: str | None


def read(name: str, path: str, *, lock: Lock | None = None, where: Locations | None = None) -> bytes:
    """The verified bytes of one file of data set `name`, fetched first where it is on no disk.

    Raises:
        DataError: no such data set or file, a changed byte, or a file that cannot be had (offline, not found, cut).
    """
    dataset = (lock or packaged_lock()).dataset(name)
    return _obtain(dataset, dataset.file(path), where or locations())[1]


def fetch(name: str, *, lock: Lock | None = None, where: Locations | None = None) -> dict[str, Path]:
    """Make every file of data set `name` present and verified; return where each path of the lock lies.

    Raises:
        DataError: as `read`.
    """
    dataset, places = (lock or packaged_lock()).dataset(name), where or locations()
    return {file.path: _obtain(dataset, file, places)[0] for file in dataset.files}


def is_present(name: str, *, lock: Lock | None = None, where: Locations | None = None) -> bool:
    """Whether every file of `name` lies on this machine with the right size. Reads no contents and opens no socket."""
    dataset, places = (lock or packaged_lock()).dataset(name), where or locations()
    found = ((_locate(dataset, file, places), file.bytes) for file in dataset.files)
    return all(path is not None and size in (None, path.stat().st_size) for path, size in found)


def verify(names: Iterable[str], *, lock: Lock | None = None, where: Locations | None = None) -> list[FileState]:
    """Check every file of the named data sets on this machine. Opens no socket.

    Raises:
        DataError: no such data set, or a file cannot be read.
    """
    pinned, places = lock or packaged_lock(), where or locations()
    return [_state(dataset, file, places) for dataset in map(pinned.dataset, names) for file in dataset.files]


def mirror(
    dest: Path, names: Iterable[str], *, lock: Lock | None = None, where: Locations | None = None
) -> dict[str, Path]:
    """Copy data sets to `dest`, laid out as a mirror, and list them in its `SHA256SUMS` (`sha256sum -c` reads it).

    Files and lines that `dest` already holds of other data sets stay.

    Returns:
        The copies by their path in the mirror, `OWNER/REPO/COMMIT/PATH`.

    Raises:
        DataError: as `read`, or `dest` cannot be written.
    """
    pinned, places = lock or packaged_lock(), where or locations()
    copies: dict[str, Path] = {}
    try:
        sums = _read_sums(dest / SUMS_FILE)
        for dataset in map(pinned.dataset, names):
            for file in dataset.files:
                key = f"{dataset.folder}/{file.path}"
                _, content = _obtain(dataset, file, places)
                copies[key] = dest / key
                sums[key] = hashlib.sha256(content).hexdigest()
                _write(copies[key], content)
        _write(dest / SUMS_FILE, "".join(f"{sums[key]}  {key}\n" for key in sorted(sums)).encode())
    except OSError as error:
        raise DataError(f"cannot be written: {error}", file=dest, remedy="Choose a folder you may write to") from error
    return copies


def _obtain(dataset: Dataset, file: PinnedFile, where: Locations) -> tuple[Path, bytes]:
    """The file's place and its verified bytes."""
    path = _locate(dataset, file, where) or _bring(dataset, file, where)
    content = _read_bytes(path)
    expected, found = _expected(dataset, file, path, where), file.hash_like(content)
    if expected and found != expected:
        raise DataError(
            f"the file was changed: expected {expected}, found {found}",
            file=path,
            remedy=f"Delete it, then run `jaeval data pull {dataset.name}`"
            if path.is_relative_to(where.cache)
            else f"Restore it from {dataset.url(file)}",
        )
    return path, content


def _expected(dataset: Dataset, file: PinnedFile, path: Path, where: Locations) -> str | None:
    """The hash a file must have: the lock's, else the one in the `SHA256SUMS` of the mirror or cache it lies in."""
    if file.pin:
        return file.pin
    root = where.folder if where.folder and path.is_relative_to(where.folder) else where.cache
    return _read_sums(root / SUMS_FILE).get(f"{dataset.folder}/{file.path}")


def _locate(dataset: Dataset, file: PinnedFile, where: Locations) -> Path | None:
    """The first place on this machine that has the file."""
    roots = [where.folder, where.cache] if where.folder else [where.cache]
    return next((path for root in roots if (path := root / dataset.folder / file.path).is_file()), None)


def _bring(dataset: Dataset, file: PinnedFile, where: Locations) -> Path:
    """Put the file into the cache: from a mirror's address, derived from its source, or from the origin."""
    key = f"{dataset.folder}/{file.path}"
    target = where.cache / key
    mirrored = where.address and not where.offline
    if mirrored and download(f"{where.address}/{quote(key)}", target, file) is None:
        return _written_down(key, target, file, where)
    if isinstance(file, DataFile) and file.derived:
        _, source = _obtain(dataset, file.derived, where)
        _keep(target, derive(file.derived.rule, source), file)
        return target
    if where.offline:
        raise _cannot_fetch(dataset, file, "not on this machine, and the network is refused (offline is set)", target)
    hub = dataset.kind == "hub" and file.address is None
    try:
        refusal = download(dataset.url(file), target, file, token=where.token if hub else None)
    except DataError as error:  # the network, or other bytes than the lock's: upstream has changed
        raise _cannot_fetch(dataset, file, error.problem, target) from error
    if refusal:
        login = " Set HF_TOKEN to a token of an account that may read it." if hub else ""
        raise _cannot_fetch(dataset, file, f"it {refusal}", target, login)
    return _written_down(key, target, file, where)


def _written_down(key: str, target: Path, file: PinnedFile, where: Locations) -> Path:
    """Note the SHA-256 of a file that the lock pins by no hash, so that it is checked from now on."""
    if not file.pin:
        sums = where.cache / SUMS_FILE
        known = _read_sums(sums) | {key: file.hash_like(target.read_bytes())}
        _write(sums, "".join(f"{known[entry]}  {entry}\n" for entry in sorted(known)).encode())
    return target


def _keep(target: Path, content: bytes, pinned: PinnedFile) -> None:
    """Write derived bytes to the cache if they are the locked ones."""
    found = pinned.hash_like(content)
    if found != pinned.pin:
        raise DataError(f"derived wrongly: expected {pinned.pin}, found {found}", file=target)
    try:
        _write(target, content)
    except OSError as error:
        raise DataError(f"cannot be written: {error}", file=target, remedy="Set JAEVAL_DATA_DIR to a folder") from error


def _cannot_fetch(dataset: Dataset, file: PinnedFile, problem: str, target: Path, hint: str = "") -> DataError:
    remedy = (
        f"Put {dataset.url(file)} there, or into a folder named by JAEVAL_DATA_MIRROR as {dataset.folder}/{file.path}."
        f"{hint} Licence: {dataset.licence} ({dataset.licence_url}). {dataset.note or ''}"
    )
    return DataError(problem, file=target, field=dataset.name, remedy=remedy)


def _state(dataset: Dataset, file: DataFile, where: Locations) -> FileState:
    path = _locate(dataset, file, where)
    if path is None:
        return FileState(dataset.name, file.path, "missing", None, file.pin, None)
    expected, found = _expected(dataset, file, path, where), file.hash_like(_read_bytes(path))
    return FileState(dataset.name, file.path, "ok" if expected in (None, found) else "changed", path, expected, found)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error}", file=path, remedy="Check its permissions") from error


def _read_sums(path: Path) -> dict[str, str]:
    """The lines of a `SHA256SUMS` file, path to hash."""
    if not path.is_file():
        return {}
    sums: dict[str, str] = {}
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, key = line.partition("  ")
        if not key:
            raise DataError("expected a hash, two spaces and a path", file=path, field=f"line {n}")
        sums[key.removeprefix("./")] = digest
    return sums


def _write(target: Path, content: bytes) -> None:
    with replacing(target) as file:
        file.write(content)

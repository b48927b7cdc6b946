"""One file from the network to the disk: whole and right, or not at all."""

from __future__ import annotations

import http.client
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from jaeval.data.lock import PinnedFile
from jaeval.errors import DataError

TIMEOUT_S = 30.0
LARGEST = 4 << 30
"""The most bytes that are taken of a file whose size is not locked."""
REFUSED = {
    401: "needs a login",
    403: "is not open to you",
    404: "was not found",
    410: "is gone",
    451: "is blocked by law",
}
"""Answers that repeating the request will not change."""
_CHUNK = 1 << 16
_FAILURES = (URLError, TimeoutError, ConnectionError, http.client.HTTPException, ssl.SSLError)


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file to write that becomes `target` when the block ends well, and vanishes when it does not.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def download(
    url: str, target: Path, pinned: PinnedFile, *, token: str | None = None, timeout_s: float = TIMEOUT_S
) -> str | None:
    """Download `url` to `target`, never more than the locked size of it, and check its hash before it is there.

    HTTPS certificates are verified. A progress bar is shown when standard error is a terminal.

    Args:
        url: an http(s) address.
        target: the file to make; its folder is made too.
        pinned: the size and hash that the bytes must have.
        token: sent to this server alone, never to one that it redirects to.
        timeout_s: seconds without an answer or a byte before giving up.

    Returns:
        None where the file is there now, else why the server refuses it (`REFUSED`): nothing is written then.

    Raises:
        DataError: the server cannot be reached, the transfer is cut, the bytes are not those of the lock, or `target`
            cannot be written.
    """
    request = Request(url, headers={"User-Agent": "jaeval"})
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    limit = pinned.bytes or LARGEST
    try:
        with urlopen(request, timeout=timeout_s) as response, replacing(target) as file:
            size = _copy(response, file, limit=limit, label=target.name)
            if pinned.bytes and size < pinned.bytes:
                raise DataError(f"cut short at {size} of {pinned.bytes} bytes", file=url, remedy="Try again")
            file.flush()
            found = f"more than {limit} bytes" if size > limit else pinned.hash_like(Path(file.name).read_bytes())
            if size > limit or (pinned.pin and found != pinned.pin):
                raise DataError(
                    f"not the locked file: expected {pinned.pin}, found {found}",
                    file=url,
                    remedy="Nothing was kept. Get the file from the commit that the lock names",
                )
    except HTTPError as error:
        if error.code in REFUSED:
            return f"{REFUSED[error.code]} at {url} ({error.code})"
        raise DataError(f"the server answered {error.code} {error.reason}", file=url, remedy="Try again") from error
    except _FAILURES as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(
            f"could not be downloaded: {reason}", file=url, remedy="Check the network and try again"
        ) from error
    except OSError as error:
        raise DataError(f"cannot be written: {error}", file=target, remedy="Set JAEVAL_DATA_DIR to a folder") from error
    return None


def _copy(response: BinaryIO, file: BinaryIO, *, limit: int, label: str) -> int:
    """Copy at most `limit` bytes and a chunk; return the number of bytes seen."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    size = 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=limit)
        while size <= limit and (chunk := response.read(_CHUNK)):
            size += len(chunk)
            file.write(chunk)
            progress.update(task, completed=size)
    return size

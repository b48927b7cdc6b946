"""What can go wrong between here and a server, and what follows from it.

Texts made here name a status, a kind of error or an address. They never hold what was sent, what came back, or a key.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from typing import Any

LONGEST_WAIT_S = 3600.0
"""The longest `Retry-After` that is waited for."""
BUSY = frozenset({429, 503, 529})
AGAIN = frozenset({408, 409, 425})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_. ]{0,40}")


class NotAnsweredError(Exception):
    """A request was not answered, and may be asked again.

    Args:
        reason: why, without what was sent or came back.
        busy: the server has too much to do: ask less of it.
        unreachable: the server was not there, so the request itself was never tried.
        wait: seconds that the server asked for.
    """

    def __init__(
        self, reason: str, *, busy: bool = False, unreachable: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.busy, self.unreachable, self.wait = reason, busy, unreachable, wait


class RefusedError(Exception):
    """A server will not answer this request, now or later; others go on."""


class DeniedError(Exception):
    """A server will answer none of our requests: wrong key, wrong address, wrong model."""


def raise_for_status(status: int, headers: Mapping[str, str], body: Any) -> None:
    """Raise what a status means; a good one passes.

    Args:
        status: HTTP status.
        headers: the answer's headers.
        body: the answer's JSON, or None where it is none.
    """
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise DeniedError(f"HTTP {status}: it wants another key, or none was given")
    if status in (404, 405) or 300 <= status < 400:
        raise DeniedError(f"HTTP {status}: there is no such address or model")
    if status in BUSY:
        raise NotAnsweredError(f"HTTP {status}", busy=True, wait=retry_after(headers.get("Retry-After")))
    if status >= 500 or status in AGAIN:
        wait = retry_after(headers.get("Retry-After"))
        raise NotAnsweredError(f"HTTP {status}", busy=wait is not None, wait=wait)
    raise RefusedError(f"the server refused it (HTTP {status}{_kind(body)})")


def retry_after(text: str | None) -> float | None:
    """The seconds of a `Retry-After` header, given as seconds or as a date; None where it says nothing.

    Example:
        >>> retry_after("2.5"), retry_after("soon"), retry_after("99999")
        (2.5, None, 3600.0)
    """
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    if seconds != seconds:
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_S)


def _kind(body: Any) -> str:
    """The type and parameter that an error names. Its message may repeat the prompt, so it is left out."""
    error = body.get("error", body) if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    names = [error.get(key) for key in ("type", "param")]
    found = [name for name in names if isinstance(name, str) and _NAME.fullmatch(name)]
    return "".join(f", {name}" for name in found)

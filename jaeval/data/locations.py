"""Where data files are looked for. The only place in this room that reads the environment.

| variable | meaning |
|---|---|
| `JAEVAL_DATA_MIRROR` | a folder, or a `file://`, `http://` or `https://` address, laid out `OWNER/REPO/COMMIT/PATH` |
| `JAEVAL_DATA_DIR` | the local cache, same layout; default `~/.cache/jaeval/data` |
| `JAEVAL_OFFLINE`, `HF_HUB_OFFLINE` | `1`, `true`, `yes` or `on`: open no socket |
| `HF_TOKEN` | sent to the hub for data sets that need a login; never shown or stored |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from jaeval.errors import DataError

_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class Locations:
    """Where to look, in this order: `folder`, `cache`, `address`, then the data set's own address on the network.

    Attributes:
        cache: the folder that downloads go to.
        folder: a mirror that is read in place, if any.
        address: a mirror that is downloaded from, without a final slash, if any.
        offline: whether the network is refused, mirrors over HTTP included.
        token: a login for the hub.
    """

    cache: Path
    folder: Path | None = None
    address: str | None = None
    offline: bool = False
    token: str | None = field(default=None, repr=False)


def locations(environ: Mapping[str, str] | None = None) -> Locations:
    """Read the settings from `environ` (default: the process's environment).

    Raises:
        DataError: the mirror is neither an existing folder nor an http(s) or file address.
    """
    env = os.environ if environ is None else environ
    cache = Path(env.get("JAEVAL_DATA_DIR") or Path.home() / ".cache" / "jaeval" / "data").expanduser()
    offline = any(env.get(name, "").strip().lower() in _TRUE for name in ("JAEVAL_OFFLINE", "HF_HUB_OFFLINE"))
    token = env.get("HF_TOKEN", "").strip() or None
    mirror = env.get("JAEVAL_DATA_MIRROR", "").strip()
    if not mirror:
        return Locations(cache=cache, offline=offline, token=token)
    scheme = urlsplit(mirror).scheme.lower() if "://" in mirror else ""
    if scheme in {"http", "https"}:
        return Locations(cache=cache, address=mirror.rstrip("/"), offline=offline, token=token)
    if scheme not in {"", "file"}:
        raise DataError(
            f"cannot read a mirror over {scheme!r}",
            field="JAEVAL_DATA_MIRROR",
            remedy="Use a folder or an http(s) or file address",
        )
    folder = Path(url2pathname(urlsplit(mirror).path)) if scheme == "file" else Path(mirror).expanduser()
    if not folder.is_dir():
        raise DataError("no such folder", file=folder, field="JAEVAL_DATA_MIRROR", remedy="Correct it or unset it")
    return Locations(cache=cache, folder=folder, offline=offline, token=token)

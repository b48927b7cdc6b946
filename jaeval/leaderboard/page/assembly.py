"""Scripts, styles and texts put together: the page's own files, and Tabulator as it came, checked by its hash."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources

from jaeval.errors import JaevalError

TABULATOR_VERSION = "6.5.3"
_PAGE = resources.files("jaeval.leaderboard.page")


def _own(ending: str) -> list[str]:
    files = [entry for entry in (_PAGE / "assets").iterdir() if entry.name.endswith(ending)]
    return [entry.read_text(encoding="utf-8") for entry in sorted(files, key=lambda entry: entry.name)]


@cache
def vendored(name: str) -> str:
    """A file of Tabulator. Raises `JaevalError` where it is not the file that was published."""
    folder = _PAGE / "vendor" / "tabulator"
    hashes = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != hashes.get(name):
        raise JaevalError("is not the published file", file=name, field="sha256", remedy="Reinstall jaeval")
    return content.decode("utf-8")


@cache
def styles() -> str:
    """One style sheet, Tabulator's first, so that the page's own rules win."""
    return "\n".join([_unmapped(vendored("tabulator_simple.min.css")), own_styles()])


@cache
def own_styles() -> str:
    """The page's own style sheet."""
    return "\n".join(_own(".css"))


@cache
def scripts() -> tuple[str, str]:
    """Tabulator, and the page's own script: its files in the order of their names, inside one function."""
    own = "\n".join(['(() => {\n"use strict";', *_own(".js"), "})();"])
    return _unmapped(vendored("tabulator.min.js")), own


@cache
def texts() -> dict[str, dict[str, str]]:
    """The texts of the interface, by key and language."""
    read: dict[str, dict[str, str]] = json.loads((_PAGE / "assets" / "texts.json").read_text(encoding="utf-8"))
    return read


def _unmapped(content: str) -> str:
    """Without the line that sends a browser's tools to a source map, which is not there."""
    lines = content.splitlines(keepends=True)
    return "".join(line for line in lines if "sourceMappingURL=" not in line[:60])

"""Texts of strangers made fit to be shown: of bounded length, without characters that act on what is around them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

LABEL = 160
"""Characters of a name that are shown."""
PROSE = 4_000
"""Characters of a description."""
BODY = 20_000
"""Characters of a prompt or a response."""

LONGEST_LINK = 500
"""Characters of an address."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[a-z0-9_]{1,48}")


def label(text: str, limit: int = LABEL) -> str:
    """One line: white space folded, what a reader cannot see or what turns the text's direction as `\ufffd`."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:  # nearly all
        return text.strip()
    line = " ".join(text[: 4 * limit].split())
    line = _DIRECTION.sub("\ufffd", _CONTROL.sub("\ufffd", line))
    return line if len(line) <= limit and len(text) <= 4 * limit else line[: limit - 1] + "…"


def prose(text: str, limit: int = PROSE) -> str:
    """Several lines, the end cut off with "…" where the text is longer than the limit."""
    head = _CONTROL.sub("\ufffd", text[:limit].replace("\r\n", "\n").replace("\r", "\n"))
    return head if len(text) <= limit else head + "…"


def both(text: dict[str, str], limit: int = 600) -> dict[str, str]:
    """A text in Japanese and English; where one is missing the other stands for it."""
    known = next((part for part in (text.get("ja"), text.get("en"), *text.values()) if part), "")
    return {language: prose(text.get(language) or known, limit) for language in ("ja", "en")}


def slug(name: str) -> str:
    """A name as a file name and as a part of an address: `[a-z0-9_-]`, at most 60 characters, one for each name.

    A name that is already such a word stays; any other loses something and gets eight digits of its hash, after a
    hyphen, which no word has.
    """
    if _WORD.fullmatch(name):
        return name
    words = re.sub(r"[^a-z0-9]+", "-", name[:400].lower()).strip("-")[:48].strip("-")
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{words}-{digest}" if words else f"x-{digest}"


def slugs(names: Sequence[str]) -> list[str]:
    """Slugs of distinct names, each once: should two be equal after all, the later gets a number."""
    taken: dict[str, int] = {}
    for name in names:
        word, count = slug(name), 1
        while word in taken:
            count += 1
            word = f"{slug(name)}-{count}"
        taken[word] = count
    return list(taken)


def file_stem(name: str) -> str:
    """The name of a board's files: its own name where that is a plain file name and not the site's index."""
    return (
        name
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name) and name.lower() != "index"
        else f"board-{slug(name)}"
    )


def link(url: str) -> str:
    """The address if it is one of a web page, else nothing."""
    if len(url) > LONGEST_LINK or re.search(r"[\s\x00-\x1f\x7f\ud800-\udfff]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def flat(settings: dict[str, Any], limit: int = 40) -> list[tuple[str, str]]:
    """Settings as pairs of short texts, by name."""
    pairs = sorted((label(str(key)), label(str(value))) for key, value in settings.items() if value is not None)
    return pairs[:limit]

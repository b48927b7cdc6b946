"""`docs/speed.md`: each benchmark owns a section of it and replaces that one only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

HEAD = """# Speed

Written by `make bench`; each section is replaced by the script that its comment names.
"""


def replace_section(page: Path, owner: str, section: str) -> None:
    """Put a section in its place, at the end where the page has none of this owner.

    Args:
        page: the file; made where it is missing.
        owner: the script's name.
        section: Markdown.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else HEAD
    begin, end = f"<!-- {owner} -->", f"<!-- end of {owner} -->"
    block = f"{begin}\n{section.strip()}\n{end}"
    before, found, rest = text.partition(begin)
    if found:
        _, closed, after = rest.partition(end)
        if not closed:
            raise ValueError(f"{page}: {begin} is never closed")
        text = before + block + after
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A Markdown table; the first `left` columns are texts, the others numbers."""
    rule = ["---" if place < left else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])

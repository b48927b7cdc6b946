"""Texts in CSV files: a spreadsheet must not take what a model answered for a formula."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell, in half and in full width (OWASP, "CSV injection")."""

LINE_END = "\r\n"
"""For `csv.writer`: with it a lone carriage return inside a text is quoted, with "\\n" it would end the row."""


def neutral(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe is put before such a start.

    Numbers are none of its affair: write them as numbers.

    Example:
        >>> neutral('=HYPERLINK("http://example.com")'), neutral("答え")
        ('\\'=HYPERLINK("http://example.com")', '答え')
    """
    return f"'{cell}" if cell.startswith(STARTS) else cell

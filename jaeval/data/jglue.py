"""What the readers of JGLUE share: the orders in which their documents may stand."""

from __future__ import annotations

from typing import Literal, TypeAlias

from jaeval.data.mgsm import jpstable_order
from jaeval.data.rows import Row

Order: TypeAlias = Literal["published", "jpstable"]
"""The file's order, or that of the jp-stable harness, on which its draws hang (`jaeval.data.jpstable_shots`)."""


def in_order(rows: list[Row], order: Order) -> list[Row]:
    """The rows of a file in one of the orders."""
    return jpstable_order(rows) if order == "jpstable" else rows

"""Which split owns a question: training, or one of the three that evaluate."""

from __future__ import annotations

import hashlib
from typing import Literal, TypeAlias

Owner: TypeAlias = Literal["training", "search", "selection", "report"]
OWNERS: tuple[Owner, ...] = ("training", "search", "selection", "report")


def owner(question: str) -> Owner:
    """The split that owns a question, by a hash of its text: no seed puts one question into two splits.

    >>> owner("田中さんはりんごを3個持っています。2個もらいました。全部で何個ですか。")
    'search'
    """
    return OWNERS[hashlib.sha256(f"nano {question}".encode()).digest()[0] % len(OWNERS)]

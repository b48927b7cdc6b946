"""Invented files of every data set's schema, for tests where the real data are not on this machine."""

from __future__ import annotations

import invented_finance
import invented_math
import invented_reasoning

INVENTED = {**invented_math.FILES, **invented_finance.FILES, **invented_reasoning.FILES}
"""Contents by data set and path in the lock."""


def invented_bytes(name: str, path: str) -> bytes:
    """What stands for a file of the lock."""
    content = INVENTED[name, path]
    return content if isinstance(content, bytes) else content.encode()

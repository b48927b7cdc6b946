"""Values as Every Eval Ever keeps them: texts in `details`, names in folders."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

VERSION = "0.3.0"
WRITTEN_BY = "jaeval"
"""What marks a file that jaeval exported: its `details` are read back."""
RESERVED = {"con", "prn", "aux", "nul", "data", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
"""Names that Windows keeps for devices, and the datastore for itself."""
UNPORTABLE = re.compile('[<>:"/\\\\|?*\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]')
MOST_BYTES = 120


def encoded(value: Any) -> str:
    """A value as a text that `decoded` turns back: a text as it is, unless it reads as JSON; all else as JSON.

    Example:
        >>> encoded("bfloat16"), encoded(5), encoded("5")
        ('bfloat16', '5', '"5"')
    """
    if isinstance(value, str):
        return value if decoded(value) is value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)


def decoded(text: str) -> Any:
    """The value of an encoded text.

    Example:
        >>> decoded("bfloat16"), decoded("5"), decoded('"5"')
        ('bfloat16', 5, '5')
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def portable(name: str) -> str:
    """A name that every file system takes as one folder, near to what it was.

    Example:
        >>> portable("日本語/モデル: 7b"), portable("..")
        ('日本語_モデル_ 7b', '_')
    """
    text = UNPORTABLE.sub("_", name).strip().rstrip(". ") or "_"
    if text.lower().split(".")[0] in RESERVED:
        text = f"_{text}"
    if len(text.encode("utf-8")) > MOST_BYTES:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        text = text.encode("utf-8")[: MOST_BYTES - 13].decode("utf-8", "ignore") + f"-{digest}"
    return text

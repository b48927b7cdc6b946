"""Keys of servers: read from the environment or a file, and never shown, logged or stored."""

from __future__ import annotations

import os
from pathlib import Path

from jaeval.errors import EngineError


class Key:
    """A secret. Its text leaves by `headers` alone: `str`, `repr` and pickling do not give it.

    Args:
        text: the secret.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")

    def headers(self) -> dict[str, str]:
        """The HTTP header that carries it."""
        return {"Authorization": f"Bearer {self._text}"}


def read_key(variable: str | None, file: str | Path | None) -> Key | None:
    """Read a key from an environment variable or from a file's first line; None where neither is named.

    Raises:
        EngineError: both are named, or there is no key in the one that is. The text never holds the key.
    """
    if variable and file:
        raise EngineError("name one of --api-key-env and --api-key-file, not both", field="--api-key-env")
    if variable:
        text, where = os.environ.get(variable, ""), f"--api-key-env {variable}"
        missing = "the variable is not set"
    elif file:
        where = f"--api-key-file {file}"
        try:
            lines = Path(file).expanduser().read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise EngineError(f"cannot be read ({type(error).__name__})", field=where) from None
        text, missing = lines[0] if lines else "", "the file is empty"
    else:
        return None
    text = text.strip()
    if not text:
        raise EngineError(missing, field=where)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise EngineError("holds characters that no key has", field=where)
    return Key(text)
